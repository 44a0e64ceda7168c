"""The frame reader against RFC 6455, by examples, at random cuts, and beside an independent one."""

from __future__ import annotations

import itertools
import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.protocol import CLIENT, Protocol

from binance_streams_runtime.wire.frames import Closed, FrameReader, Item, Ping, Pong, Violation
from tests.runtime.wire import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    close_frame,
    frame,
    length_of,
)

LIMIT = 1 << 20


def read(data: bytes, max_message: int = LIMIT) -> list[Item]:
    return FrameReader(max_message).feed(data)


def code_of(items: list[Item]) -> int | None:
    """The close code of the violation that ends ``items``, or None."""
    return items[-1].code if items and isinstance(items[-1], Violation) else None


# What is allowed


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 128, 65535, 65536, 70000])
def test_text_of_every_length_form_is_read(size: int) -> None:
    payload = b"x" * size
    assert read(frame(payload) + frame("next")) == [payload, b"next"]


def test_pings_between_fragments_come_first_and_the_message_stays_whole() -> None:
    data = (
        frame("Hel", final=False)
        + frame("one", PING)
        + frame("l", CONTINUATION, final=False)
        + frame("two", PONG)
        + frame("o", CONTINUATION)
        + frame("after")
    )
    assert read(data) == [Ping(b"one"), Pong(b"two"), b"Hello", b"after"]


def test_empty_fragments_make_an_empty_message() -> None:
    data = frame("", final=False) + frame("", CONTINUATION, final=False) + frame("", CONTINUATION)
    assert read(data) == [b""]


def test_binary_messages_are_messages() -> None:
    assert read(frame(b"\x00\xff", BINARY)) == [b"\x00\xff"]


def test_the_example_of_the_rfc_is_read() -> None:
    """Section 5.7: "Hel" and "lo", then an unmasked ping with "Hello"."""
    data = bytes.fromhex("010348656c80026c6f890548656c6c6f")
    assert read(data) == [b"Hello", Ping(b"Hello")]


@pytest.mark.parametrize(
    "code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1014, 3000, 4000, 4999]
)
def test_allowed_close_codes_are_told(code: int) -> None:
    assert read(close_frame(code, "Grüße")) == [Closed(code, "Grüße")]


def test_a_close_frame_without_a_code_is_1005() -> None:
    assert read(frame(b"", CLOSE)) == [Closed(1005, "")]


# What is forbidden


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(frame("x", reserved=4), 1002, id="rsv1-compression-not-asked-for"),
        pytest.param(frame("x", reserved=2), 1002, id="rsv2"),
        pytest.param(frame("x", reserved=1), 1002, id="rsv3"),
        pytest.param(frame("x", mask=b"abcd"), 1002, id="masked"),
        pytest.param(frame("x" * 200, mask=b"abcd"), 1002, id="masked-16-bit"),
        pytest.param(frame("x", CONTINUATION), 1002, id="continuation-of-nothing"),
        pytest.param(frame("", CONTINUATION, final=False), 1002, id="open-continuation-of-nothing"),
        pytest.param(frame("a", final=False) + frame("b"), 1002, id="text-in-text"),
        pytest.param(frame("a", final=False) + frame("b", BINARY), 1002, id="binary-in-text"),
        pytest.param(frame("x", PING, final=False), 1002, id="fragmented-ping"),
        pytest.param(frame("x", CLOSE, final=False), 1002, id="fragmented-close"),
        pytest.param(frame("x" * 126, PING), 1002, id="ping-of-126"),
        pytest.param(frame("x" * 126, PONG), 1002, id="pong-of-126"),
        pytest.param(frame("x" * 126, CLOSE), 1002, id="close-of-126"),
        pytest.param(frame("x" * 125, form=16), 1002, id="125-in-16-bits"),
        pytest.param(frame("", form=16), 1002, id="0-in-16-bits"),
        pytest.param(frame("x" * 125, form=64), 1002, id="125-in-64-bits"),
        pytest.param(frame("x" * 65535, form=64), 1002, id="65535-in-64-bits"),
        pytest.param(b"\x81" + length_of(2**63, form=64), 1002, id="highest-bit-of-64"),
        pytest.param(frame(b"\x03", CLOSE), 1002, id="close-of-one-byte"),
        pytest.param(frame(b"\x03\xe8\xff", CLOSE), 1007, id="close-reason-no-utf-8"),
        pytest.param(frame(b"\x03\xe8\xed\xa0\x80", CLOSE), 1007, id="close-reason-surrogate"),
    ],
)
def test_forbidden_frames_end_reading(data: bytes, code: int) -> None:
    items = read(frame("before") + data + frame("after"))
    assert items[0] == b"before"
    assert code_of(items) == code
    assert b"after" not in items


@pytest.mark.parametrize("opcode", [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
def test_unknown_opcodes_end_reading(opcode: int) -> None:
    assert code_of(read(frame("", opcode))) == 1002


@pytest.mark.parametrize(
    "code", [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535]
)
def test_forbidden_close_codes_are_1002(code: int) -> None:
    assert code_of(read(close_frame(code))) == 1002


@pytest.mark.parametrize("size", [LIMIT + 1, 2**31, 2**32, 2**62])
@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_a_message_too_big_is_refused_by_its_header(size: int, opcode: int) -> None:
    reader = FrameReader(LIMIT)
    tracemalloc.start()
    try:
        items = reader.feed(bytes([0x80 | opcode]) + length_of(size, form=64))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert code_of(items) == 1009
    assert peak < 100_000


def test_fragments_together_must_not_exceed_the_limit() -> None:
    reader = FrameReader(100)
    assert reader.feed(frame("x" * 60, final=False)) == []
    assert code_of(reader.feed(b"\x80" + length_of(41))) == 1009


def test_the_limit_itself_is_allowed() -> None:
    for form in (frame("x" * 100), frame("x" * 60, final=False) + frame("x" * 40, CONTINUATION)):
        assert read(form, max_message=100) == [b"x" * 100]
    assert code_of(read(frame("x" * 101), max_message=100)) == 1009


@pytest.mark.parametrize("last", [close_frame(1000), frame("x", 3)])
def test_nothing_is_read_after_the_end(last: bytes) -> None:
    reader = FrameReader(LIMIT)
    assert len(reader.feed(last + frame("x"))) == 1
    assert reader.feed(frame("y")) == []


# Time and memory


def test_a_hundred_thousand_tiny_fragments_take_linear_time() -> None:
    def seconds(count: int) -> float:
        body = frame("x", CONTINUATION, final=False) * count
        data = frame("x", final=False) + body + frame("", CONTINUATION)
        began = time.process_time()
        assert read(data) == [b"x" * (count + 1)]
        return time.process_time() - began

    small = min(seconds(10_000) for _ in range(3))
    # Ten times as many; quadratic would be a hundred times the time.
    assert seconds(100_000) < 50 * small


def test_a_large_message_in_tiny_pieces_takes_linear_time() -> None:
    def seconds(size: int) -> float:
        data = frame(b"x" * size)
        reader = FrameReader(1 << 24)
        began = time.process_time()
        items = [
            item
            for start in range(0, len(data), 64)
            for item in reader.feed(data[start : start + 64])
        ]
        assert items == [b"x" * size]
        return time.process_time() - began

    small = min(seconds(200_000) for _ in range(3))
    assert seconds(2_000_000) < 50 * small


def test_endless_empty_fragments_keep_nothing() -> None:
    reader = FrameReader(LIMIT)
    reader.feed(frame("", final=False))
    piece = frame("", CONTINUATION, final=False) * 10_000
    tracemalloc.start()
    try:
        for _ in range(10):
            assert reader.feed(piece) == []
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 10_000


def test_tiny_fragments_take_no_more_than_their_bytes() -> None:
    reader = FrameReader(LIMIT)
    reader.feed(frame("ab", final=False))
    piece = frame("ab", CONTINUATION, final=False) * 50_000
    tracemalloc.start()
    try:
        for _ in range(5):
            assert reader.feed(piece) == []
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 3 * 500_000


# At random

_payloads = st.one_of(
    st.binary(max_size=20),
    st.integers(120, 132).map(lambda size: b"a" * size),
    st.integers(65530, 65540).map(lambda size: b"b" * size),
)
_control = st.builds(
    lambda payload, opcode: frame(payload, opcode),
    st.binary(max_size=125),
    st.sampled_from([PING, PONG]),
)


@st.composite
def _messages(draw: st.DrawFn) -> bytes:
    """A message in one or more fragments, with control frames in between."""
    parts = draw(st.lists(_payloads, min_size=1, max_size=4))
    opcode = draw(st.sampled_from([TEXT, BINARY]))
    frames = []
    for index, part in enumerate(parts):
        is_last = index == len(parts) - 1
        frames.append(frame(part, CONTINUATION if index else opcode, final=is_last))
        if not is_last and draw(st.booleans()):
            frames.append(draw(_control))
    return b"".join(frames)


_valid = st.lists(st.one_of(_messages(), _control), max_size=6).map(b"".join)
_ends = st.one_of(
    st.just(b""),
    st.sampled_from([1000, 1008, 3000]).map(close_frame),
    st.binary(max_size=20),
    st.sampled_from([frame("x", reserved=4), frame("x", CONTINUATION), frame("x", mask=b"1234")]),
)


def in_pieces(data: bytes, cuts: list[int]) -> list[Item]:
    reader = FrameReader(LIMIT)
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [
        item for start, stop in itertools.pairwise(edges) for item in reader.feed(data[start:stop])
    ]


@settings(max_examples=150)
@given(_valid, _ends, st.lists(st.integers(0, 10**6), max_size=12))
def test_where_the_bytes_are_cut_makes_no_difference(
    valid: bytes, end: bytes, cuts: list[int]
) -> None:
    data = valid + end
    assert in_pieces(data, cuts) == read(data)


def reference(data: bytes) -> list[Item]:
    """What websockets' own reader sees in a valid stream."""
    protocol = Protocol(CLIENT, max_size=LIMIT)
    protocol.receive_data(data)
    items: list[Item] = []
    message: bytes | None = None
    for event in protocol.events_received():
        assert isinstance(event, Frame)
        payload = bytes(event.data)
        if event.opcode is Opcode.PING:
            items.append(Ping(payload))
        elif event.opcode is Opcode.PONG:
            items.append(Pong(payload))
        elif event.opcode is Opcode.CLOSE:
            items.append(Closed(int.from_bytes(payload[:2], "big"), payload[2:].decode()))
        else:
            message = (message or b"") + payload
            if event.fin:
                items.append(message)
                message = None
    assert protocol.parser_exc is None or isinstance(protocol.parser_exc, EOFError)
    return items


@settings(max_examples=100)
@given(_valid, st.sampled_from([b"", close_frame(1001, "bye")]))
def test_an_independent_reader_sees_the_same(valid: bytes, end: bytes) -> None:
    assert read(valid + end) == reference(valid + end)


@settings(max_examples=200)
@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=5))
def test_no_bytes_break_the_reader(data: bytes, cuts: list[int]) -> None:
    items = in_pieces(data, cuts)
    ends = [item for item in items if isinstance(item, (Closed, Violation))]
    assert ends in ([], items[-1:])
