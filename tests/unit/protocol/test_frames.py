"""The frame reader against RFC 6455, by examples, at random cuts, and beside an independent one."""

from __future__ import annotations

import itertools
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.protocol import CLIENT, Protocol

from binance_streams_runtime.protocol.frames import (
    Binary,
    Closed,
    FrameReader,
    Item,
    Ping,
    Pong,
    Violation,
)
from tests.support.frames import (
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
from tests.support.limits import in_time

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


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536])
def test_binary_messages_are_distinguished_from_text(size: int) -> None:
    payload = b"\xff" * size
    assert read(frame(payload, BINARY) + frame("text")) == [Binary(payload), b"text"]


def test_the_first_fragment_says_what_a_message_is() -> None:
    data = b""
    for opcode in (BINARY, TEXT, BINARY):
        data += frame("a", opcode, final=False) + frame("", PING) + frame("b", CONTINUATION)
    assert read(data) == [Ping(b""), Binary(b"ab"), Ping(b""), b"ab", Ping(b""), Binary(b"ab")]


def test_the_example_of_the_rfc_is_read() -> None:
    """Section 5.7: "Hel" and "lo", then an unmasked ping with "Hello"."""
    data = bytes.fromhex("010348656c80026c6f890548656c6c6f")
    assert read(data) == [b"Hello", Ping(b"Hello")]


@pytest.mark.parametrize(
    "code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1014, 3000, 4000, 4999]
)
def test_allowed_close_codes_are_reported(code: int) -> None:
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


def test_the_limit_is_for_each_message_anew() -> None:
    message = frame("x" * 60, final=False) + frame("x" * 40, CONTINUATION)
    assert read(3 * message, max_message=100) == 3 * [b"x" * 100]


@pytest.mark.parametrize("last", [close_frame(1000), frame("x", 3)])
def test_nothing_is_read_after_the_end(last: bytes) -> None:
    reader = FrameReader(LIMIT)
    assert len(reader.feed(last + frame("x"))) == 1
    assert reader.feed(frame("y")) == []


# Time and memory


def test_a_million_tiny_fragments_are_no_work() -> None:
    """Work that grew with the square of their number would not end within the limit."""
    count = 1_000_000
    body = frame("x", CONTINUATION, final=False) * count
    data = frame("x", final=False) + body + frame("", CONTINUATION)
    assert in_time(lambda: read(data, max_message=1 << 24)) == [b"x" * (count + 1)]


def test_a_large_message_in_tiny_pieces_is_no_work() -> None:
    """Joining what is there with each piece would not end within the limit."""
    message = b"x" * (1 << 24)
    data = frame(message)
    reader = FrameReader(1 << 24)

    def feed() -> list[Item]:
        pieces = (data[start : start + 64] for start in range(0, len(data), 64))
        return [item for piece in pieces for item in reader.feed(piece)]

    assert in_time(feed) == [message]


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
    piece = frame("ab", CONTINUATION, final=False) * 10_000
    tracemalloc.start()
    try:
        for _ in range(5):
            assert reader.feed(piece) == []
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 3 * 100_000


# At random

# Lengths on both sides of where their form changes: 7, 16 and 64 bits.
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
def _messages(draw: st.DrawFn) -> list[bytes]:
    """The frames of a message in one or more fragments, with control frames in between."""
    parts = draw(st.lists(_payloads, min_size=1, max_size=4))
    opcode = draw(st.sampled_from([TEXT, BINARY]))
    frames = []
    for index, part in enumerate(parts):
        is_last = index == len(parts) - 1
        frames.append(frame(part, CONTINUATION if index else opcode, final=is_last))
        if not is_last:
            frames += draw(st.lists(_control, max_size=2))
    return frames


_valid = st.lists(st.one_of(_messages(), _control.map(lambda data: [data])), max_size=6).map(
    lambda messages: [data for frames in messages for data in frames]
)
_ends = st.one_of(
    st.just(b""),
    st.sampled_from([1000, 1008, 3000]).map(close_frame),
    st.binary(max_size=20),
    st.sampled_from([frame("x", reserved=4), frame("x", CONTINUATION), frame("x", mask=b"1234")]),
)


@st.composite
def _cuts(draw: st.DrawFn, frames: list[bytes]) -> list[int]:
    """Where to cut the frames: anywhere, and in and beside their headers of up to 10 bytes."""
    starts = list(itertools.accumulate(map(len, frames), initial=0))
    anywhere = st.integers(0, starts[-1])
    at_header = st.builds(int.__add__, st.sampled_from(starts), st.integers(-1, 11))
    cuts = draw(st.lists(st.one_of(anywhere, at_header), max_size=12))
    return [min(max(cut, 0), starts[-1]) for cut in cuts]


def in_pieces(data: bytes, cuts: list[int]) -> list[Item]:
    reader = FrameReader(LIMIT)
    edges = [0, *sorted(cuts), len(data)]
    return [
        item for start, stop in itertools.pairwise(edges) for item in reader.feed(data[start:stop])
    ]


@settings(max_examples=150)
@given(_valid, _ends, st.data())
def test_where_the_bytes_are_cut_makes_no_difference(
    valid: list[bytes], end: bytes, drawn: st.DataObject
) -> None:
    frames = [*valid, end]
    data = b"".join(frames)
    assert in_pieces(data, drawn.draw(_cuts(frames))) == read(data)


def reference(data: bytes) -> list[Item]:
    """What websockets' own reader sees in a valid stream."""
    protocol = Protocol(CLIENT, max_size=LIMIT)
    protocol.receive_data(data)
    items: list[Item] = []
    # The message that has begun, and whether it is binary.
    message = b""
    is_binary = False
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
            if event.opcode is not Opcode.CONT:
                message, is_binary = b"", event.opcode is Opcode.BINARY
            message += payload
            if event.fin:
                items.append(Binary(message) if is_binary else message)
    assert protocol.parser_exc is None or isinstance(protocol.parser_exc, EOFError)
    return items


@settings(max_examples=150)
@given(_valid, st.sampled_from([b"", close_frame(1001, "bye")]), st.data())
def test_an_independent_reader_sees_the_same(
    valid: list[bytes], end: bytes, drawn: st.DataObject
) -> None:
    """Whatever the cuts, forms of length, fragments, and control frames between them."""
    frames = [*valid, end]
    data = b"".join(frames)
    assert in_pieces(data, drawn.draw(_cuts(frames))) == reference(data)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536])
@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_a_frame_cut_once_in_its_header_is_read_like_the_whole(size: int, opcode: int) -> None:
    """A reader that must wait for the rest of a header looks at it again as a whole."""
    frames = [frame("before"), frame(b"x" * size, opcode), frame("after")]
    data = b"".join(frames)
    for cut in range(min(24, len(data) + 1)):
        assert in_pieces(data, [cut]) == reference(data)


def test_one_byte_at_a_time_is_read_like_the_whole() -> None:
    frames = [
        frame("a" * 126, final=False),
        frame("ping", PING),
        frame("b" * 65536, CONTINUATION, final=False),
        frame("pong", PONG),
        frame("", CONTINUATION),
        frame("c" * 125, BINARY),
        frame("d" * 65536),
        close_frame(1000, "bye"),
    ]
    data = b"".join(frames)
    assert in_pieces(data, list(range(1, len(data)))) == reference(data)


@settings(max_examples=200)
@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=5))
def test_no_bytes_break_the_reader(data: bytes, cuts: list[int]) -> None:
    items = in_pieces(data, [min(cut, len(data)) for cut in cuts])
    ends = [item for item in items if isinstance(item, (Closed, Violation))]
    assert ends in ([], items[-1:])
