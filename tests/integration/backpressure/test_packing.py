"""Events that wait far back in a queue of a client take a fraction of their memory."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from binance_streams import Message
from binance_streams_runtime.pipeline.memory import memory_of
from tests.support.clients import Connect
from tests.support.frames import frame, trade_frame, wrapped
from tests.support.front_ends import FrontEnd
from tests.support.limits import LIMIT, wait_until
from tests.support.raw_server import Peer, RawServer

MIB = 1024 * 1024


COUNT = 20_000


def sends_trades(peer: Peer) -> None:
    peer.shake()
    peer.confirm()
    for first in range(1, COUNT + 1, 100):
        peer.send(b"".join(trade_frame(id) for id in range(first, first + 100)))
    peer.drain()


@pytest.mark.parametrize("reader", ["subscription", "get", "client", "callback", "client callback"])
def test_whoever_reads_late_gets_all(connect: Connect, front_end: FrontEnd, reader: str) -> None:
    """As objects, so many would not fit into the bound."""
    seen: list[Any] = []
    may_go_on = threading.Event()

    def slow(item: Any) -> None:
        may_go_on.wait(LIMIT)
        seen.append(item)

    async def slow_in_a_loop(item: Any) -> None:
        if not may_go_on.is_set():
            await asyncio.to_thread(may_go_on.wait, LIMIT)
        seen.append(item)

    callback = slow if front_end.name == "sync" else slow_in_a_loop
    with RawServer(sends_trades) as server:
        on_event = callback if reader == "client callback" else None
        # The server says nothing more, however long reading takes.
        client = connect(
            server.url, max_unread_bytes=8 * MIB, on_event=on_event, idle_timeout=10 * LIMIT
        )
        trades = client.trade("BTCUSDT", on_event=callback if reader == "callback" else None)
        wait_until(lambda: trades.stats().messages == COUNT)
        may_go_on.set()
        if reader == "subscription":
            events = iter(trades)
            seen.extend(next(events) for _ in range(COUNT))
        elif reader == "get":
            seen.extend(trades.get(LIMIT) for _ in range(COUNT))
        elif reader == "client":
            messages = iter(client)
            seen.extend(next(messages) for _ in range(COUNT))
        wait_until(lambda: len(seen) == COUNT)
    events_seen = [item.data if isinstance(item, Message) else item for item in seen]
    assert [event.trade_id for event in events_seen] == list(range(1, COUNT + 1))
    assert COUNT * memory_of(events_seen[-1]) > 8 * MIB
    assert {isinstance(item, Message) for item in seen} == {"client" in reader}


def test_large_events_wait_in_a_fraction_of_their_memory(connect: Connect) -> None:
    levels = ",".join(f'["650{level:02}.00000000","0.{level:02}000000"]' for level in range(40))

    def depth(number: int) -> bytes:
        payload = (
            f'{{"e":"depthUpdate","E":1700000000000,"s":"BTCUSDT","U":{number},"u":{number},'
            f'"b":[{levels}],"a":[{levels}]}}'
        )
        return frame(wrapped("btcusdt@depth@100ms", payload))

    def serve(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        for first in range(1, 2001, 50):
            peer.send(b"".join(depth(number) for number in range(first, first + 50)))
        peer.drain()

    with RawServer(serve) as server:
        client = connect(server.url)
        unread = client.diff_book_depth("BTCUSDT", speed=100)
        wait_until(lambda: unread.stats().messages == 2000)
        one = memory_of(unread.get(LIMIT))
        assert one > 20_000
        assert client.stats().unread_bytes < 2000 * one / 4
        assert unread.stats().dropped == 0
