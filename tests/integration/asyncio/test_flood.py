"""Events that come faster than they are handled."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from binance_streams import AsyncClient
from binance_streams_runtime.driver import loop_driver
from tests.support.frames import trade_frame
from tests.support.limits import LIMIT
from tests.support.loops import LOOPS, client, run, until
from tests.support.raw_server import Peer, RawServer

COUNT = 40_000
MAXSIZE = 4096


def flood(peer: Peer) -> None:
    peer.shake()
    peer.confirm()
    for first in range(0, COUNT, 1000):
        peer.send(b"".join(map(trade_frame, range(first, first + 1000))))
    peer.drain()


async def iterate(made: AsyncClient[Any]) -> None:
    number = 0
    async for trade in made.trade("BTCUSDT"):
        assert trade.trade_id == number
        number += 1
        if number == COUNT:
            break


async def take_batches(made: AsyncClient[Any]) -> None:
    number = 0
    async for batch in made.trade("BTCUSDT").batches():
        assert [trade.trade_id for trade in batch] == list(range(number, number + len(batch)))
        number += len(batch)
        if number == COUNT:
            break


async def call(made: AsyncClient[Any]) -> None:
    seen: list[int] = []

    async def on_event(trade: Any) -> None:
        seen.append(trade.trade_id)
        if trade.trade_id % 100 == 0:
            await asyncio.sleep(0)

    made.trade("BTCUSDT", on_event=on_event)
    await until(lambda: len(seen) == COUNT)
    assert seen == list(range(COUNT))


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("way", [iterate, take_batches, call])
def test_a_flood_is_read_no_faster_than_it_is_handled(
    way: Any, loop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So nothing is dropped though the queue is far too small for all of it."""
    # However slow the machine is, tasks come back, and the loop does not stand still.
    monkeypatch.setattr(loop_driver, "_MAX_LEFT_UNREAD", LIMIT)
    monkeypatch.setattr(loop_driver, "_LOOK", LIMIT)

    async def main() -> None:
        async with client(server.url, numbers=str, maxsize=MAXSIZE) as made:
            await way(made)
            stats = await made.stats()
            assert stats.streams["btcusdt@trade"].dropped == 0

    with RawServer(flood) as server:
        run(main, loop)


def test_what_is_never_taken_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A task that took events of a flood, and does something else now, is not waited for long."""

    async def main() -> None:
        async with client(server.url, numbers=str, maxsize=MAXSIZE) as made:
            trades = made.trade("BTCUSDT")
            await trades.get()
            async with asyncio.timeout(LIMIT):
                while (await trades.stats()).messages < COUNT:
                    await asyncio.sleep(0)
            assert (await trades.stats()).dropped == COUNT - MAXSIZE - 1

    with RawServer(flood) as server:
        run(main)
