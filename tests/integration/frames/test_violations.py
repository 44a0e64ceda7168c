"""Frames that are too large, too small, forbidden, not UTF-8, or compressed."""

from __future__ import annotations

import threading
import tracemalloc
from collections.abc import Callable

import pytest

from binance_streams import Disconnected, Undecodable
from tests.support.clients import Connect
from tests.support.frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    TEXT,
    close_frame,
    frame,
    trade,
    trade_frame,
    wrapped,
)
from tests.support.limits import LIMIT, in_time, wait_until
from tests.support.raw_server import Peer, RawServer
from tests.support.scripts import in_turn, sending, serving, when
from tests.support.watching import Notices, at_once, ids, outline, take

MIB = 2**20


def assert_refused(connect: Connect, data: bytes, code: int) -> Disconnected:
    """The server gets the reason in a close frame; the stream goes on over a new connection."""
    farewells: list[tuple[int, bytes]] = []

    def rude(peer: Peer) -> None:
        peer.send(data)
        farewells.append(peer.read_frame())
        peer.drain()

    notices = Notices()
    # Notices are among the events only from the beginning of the iteration on.
    is_iterated = threading.Event()
    first = when(is_iterated, serving(1, 3, then=rude))
    with RawServer(in_turn(first, serving(7, 9))) as server:
        subscription = connect(server.url, on_notice=notices).trade("BTCUSDT")
        items = subscription.with_notices()
        is_iterated.set()
        assert outline(take(items, 8)) == [1, 2, 3, "Disconnected", (4, 6), 7, 8, 9]
        wait_until(lambda: farewells)
        (lost,) = notices.wait_for(Disconnected)
    assert (lost.code, lost.streams, lost.retry_in) == (code, ("btcusdt@trade",), 0.0)
    assert farewells == [(CLOSE, code.to_bytes(2, "big"))]
    return lost


@pytest.mark.parametrize(("size", "opcode"), [(2**62, TEXT), (16 * MIB + 1, BINARY)])
def test_a_frame_too_large_is_refused_by_its_header(
    connect: Connect, size: int, opcode: int
) -> None:
    """Nothing is allocated for it."""
    header = bytes([0x80 | opcode, 127]) + size.to_bytes(8, "big")
    tracemalloc.start()
    try:
        assert_refused(connect, header, 1009)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * MIB


def fragmented(text: str) -> bytes:
    """A message in as many fragments as it has bytes."""
    data = text.encode()
    parts = [bytes([CONTINUATION, 1, byte]) for byte in data]
    parts[0] = bytes([TEXT, 1, data[0]])
    parts[-1] = bytes([0x80 | CONTINUATION, 1, data[-1]])
    return b"".join(parts)


def test_a_hundred_thousand_tiny_fragments(connect: Connect) -> None:
    """They make one message, here one with many blanks."""
    message = wrapped("btcusdt@trade", trade(4)[:-1] + " " * 100_000 + "}")
    with RawServer(serving(1, 3, then=sending(fragmented(message)))) as server:
        events = take(iter(connect(server.url).trade("BTCUSDT")), 4)
        assert ids(events) == [1, 2, 3, 4]


def test_fragments_are_limited_together(connect: Connect) -> None:
    notices = Notices()
    endless = bytes([TEXT, 1, 0x20]) + bytes([CONTINUATION, 1, 0x20]) * 100_000
    with RawServer(in_turn(serving(1, 3, then=sending(endless)), serving(4, 6))) as server:
        client = connect(server.url, on_notice=notices, max_message=50_000)
        assert ids(take(iter(client.trade("BTCUSDT")), 6)) == [1, 2, 3, 4, 5, 6]
        (lost,) = notices.wait_for(Disconnected)
        assert lost.code == 1009


def test_empty_fragments_are_no_work(connect: Connect) -> None:
    text = wrapped("btcusdt@trade", trade(4)).encode()
    data = (
        frame(b"", TEXT, final=False)
        + frame(b"", CONTINUATION, final=False) * 100_000
        + frame(text, CONTINUATION)
    )
    with RawServer(serving(1, 3, then=sending(data))) as server:
        assert ids(take(iter(connect(server.url).trade("BTCUSDT")), 4)) == [1, 2, 3, 4]


# One of each kind; all that is forbidden is tested without a connection.
FORBIDDEN = {
    "masked": frame("{}", mask=b"1234"),
    "unfinished-ping": frame(b"x", PING, final=False),
    "reserved-bit": frame("{}", reserved=1),
    "reserved-opcode": frame("{}", 11),
    "close-code": close_frame(999),
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_what_the_rfc_forbids_is_1002(connect: Connect, name: str) -> None:
    lost = assert_refused(connect, FORBIDDEN[name], 1002)
    assert "the server broke the protocol" in lost.reason


def test_what_came_before_in_the_same_bytes_is_delivered(connect: Connect) -> None:
    """And nothing that comes after."""
    data = trade_frame(4) + FORBIDDEN["masked"] + trade_frame(5)
    is_iterated = threading.Event()
    first = when(is_iterated, serving(1, 3, then=sending(data)))
    with RawServer(in_turn(first, serving(8, 8))) as server:
        subscription = connect(server.url, backoff=at_once).trade("BTCUSDT")
        items = subscription.with_notices()
        is_iterated.set()
        seen = outline(take(items, 7))
        assert seen == [1, 2, 3, 4, "Disconnected", (5, 7), 8]


BAD_UTF_8 = {
    "lone-continuation": b"\x80",
    "truncated": b"\xe2\x82",
    "overlong": b"\xc0\xaf",
    "surrogate": b"\xed\xa0\x80",
    "above-10ffff": b"\xf4\x90\x80\x80",
    "never-a-byte": b"\xff",
}


def in_symbol(bad: bytes) -> bytes:
    return wrapped("btcusdt@trade", trade(4, "BTC~USDT")).encode().replace(b"~", bad)


def in_name(bad: bytes) -> bytes:
    return wrapped("btc~usdt@trade", trade(4)).encode().replace(b"~", bad)


def beyond_all(bad: bytes) -> bytes:
    return bad


@pytest.mark.parametrize("place", [in_symbol, in_name, beyond_all])
@pytest.mark.parametrize("bad", BAD_UTF_8)
def test_what_is_no_utf_8_is_reported_and_the_reader_lives(
    connect: Connect, bad: str, place: Callable[[bytes], bytes]
) -> None:
    message = place(BAD_UTF_8[bad])
    notices = Notices()
    data = frame(message) + trade_frame(4)
    with RawServer(serving(1, 3, then=sending(data))) as server:
        client = connect(server.url, on_notice=notices)
        assert ids(take(iter(client.trade("BTCUSDT")), 4)) == [1, 2, 3, 4]
        (reported,) = notices.wait_for(Undecodable)
        assert reported.raw == message
        assert notices.of(Disconnected) == []


def test_a_close_reason_that_is_no_utf_8(connect: Connect) -> None:
    assert_refused(connect, frame(b"\x03\xe8\xff\xfe", CLOSE), 1007)


def test_compression_is_neither_offered_nor_taken(connect: Connect) -> None:
    heads: list[bytes] = []
    compressed = frame(b"\xaa\x56\x4a\x2c\x2d\xc9\x08\x00", reserved=4)

    def deflate(peer: Peer) -> None:
        heads.append(peer.head)
        peer.send(compressed)
        peer.drain()

    with RawServer(in_turn(serving(1, 3, then=deflate), serving(4, 4))) as server:
        subscription = connect(server.url).trade("BTCUSDT")
        reported = in_time(lambda: [subscription.get(LIMIT).trade_id for _ in range(4)])
        assert reported == [1, 2, 3, 4]
    assert b"extensions" not in heads[0].lower()
    assert_refused(connect, compressed, 1002)
