"""A client whose events nobody takes: what is kept, dropped and reported."""

from __future__ import annotations

from typing import Any

import pytest

from binance_streams import Dropped, ParameterError, QueueOverflow, Unread
from tests.support.clients import Connect
from tests.support.frames import frame, wrapped
from tests.support.limits import LIMIT, failure, wait_until
from tests.support.raw_server import Peer, RawServer
from tests.support.watching import Notices

MIB = 1024 * 1024

LEVELS = ",".join(f'["650{level:02}.00000000","0.{level:02}000000"]' for level in range(40))


def depth(number: int, symbol: str = "BTCUSDT") -> bytes:
    payload = (
        f'{{"e":"depthUpdate","E":1700000000000,"s":"{symbol}","U":{number},"u":{number},'
        f'"b":[{LEVELS}],"a":[{LEVELS}]}}'
    )
    return frame(wrapped(f"{symbol.lower()}@depth@100ms", payload))


def sends_depth(count: int) -> Any:
    def serve(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        for first in range(1, count + 1, 50):
            peer.send(b"".join(depth(number) for number in range(first, first + 50)))
        peer.drain()

    return serve


def test_a_forgotten_subscription_keeps_its_newest_events_within_the_bound(
    connect: Connect,
) -> None:
    notices = Notices()
    with RawServer(sends_depth(1000)) as server:
        client = connect(server.url, on_notice=notices, max_unread_bytes=MIB)
        forgotten = client.diff_book_depth("BTCUSDT", speed=100)
        # Counted first, and kept or dropped a moment later.
        wait_until(lambda: forgotten.stats().waiting + forgotten.stats().dropped == 1000)
        unread, dropped = notices.wait_for(Unread)[0], notices.wait_for(Dropped)[0]
        assert notices.all.index(unread) < notices.all.index(dropped)
        assert unread.stream == "btcusdt@depth@100ms"
        assert (dropped.overflow, dropped.limit) == ("drop_oldest", "max_unread_bytes")
        stats = client.stats()
        one = stats.streams["btcusdt@depth@100ms"]
        assert one.dropped == 1000 - one.waiting
        assert stats.unread_bytes == one.unread_bytes
        # A read may return some MiB beyond the bound; they are cut by the next look.
        wait_until(lambda: client.stats().unread_bytes <= MIB)
        kept = forgotten.stats().waiting
        ids = [forgotten.get(LIMIT).first_update_id for _ in range(kept)]
        assert ids == list(range(1001 - kept, 1001))


def test_a_client_that_is_not_read_fast_enough_drops_too(connect: Connect) -> None:
    notices = Notices()
    with RawServer(sends_depth(1000)) as server:
        client = connect(server.url, on_notice=notices, max_unread_bytes=MIB)
        # First, or what comes until then is dropped by the subscription.
        messages = iter(client)
        subscription = client.diff_book_depth("BTCUSDT", speed=100)
        next(messages)
        wait_until(lambda: subscription.stats().messages == 1000)
        dropped = notices.wait_for(Dropped)[0]
        assert (dropped.stream, dropped.limit) == ("*", "max_unread_bytes")
        assert client.stats().dropped > 0


def test_raise_ends_the_stream_with_the_reason(connect: Connect) -> None:
    with RawServer(sends_depth(1000)) as server:
        client = connect(server.url, max_unread_bytes=MIB)
        subscription = client.diff_book_depth("BTCUSDT", speed=100, overflow="raise")
        wait_until(lambda: subscription.state == "ended")
        error = failure(lambda: list(subscription))
        assert isinstance(error, QueueOverflow)
        assert "max_unread_bytes" in str(error)


def test_block_loses_nothing(connect: Connect) -> None:
    with RawServer(sends_depth(1000)) as server:
        client = connect(server.url, max_unread_bytes=MIB)
        subscription = client.diff_book_depth("BTCUSDT", speed=100, overflow="block")
        events = iter(subscription)
        assert [next(events).first_update_id for _ in range(1000)] == list(range(1, 1001))
        assert subscription.stats().dropped == 0


@pytest.mark.parametrize("value", [0, -1, MIB - 1, True, 1.5e9, "1", None])
def test_a_bound_that_is_none_is_refused(connect: Connect, value: object) -> None:
    with pytest.raises(ParameterError, match="max_unread_bytes"):
        connect("ws://127.0.0.1:1", max_unread_bytes=value)
