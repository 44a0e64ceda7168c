"""A wait may be cancelled at any moment, and nothing is lost."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from binance_streams import AsyncSubscription, Trade
from tests.support.frames import trade_frame
from tests.support.limits import MARGIN, wait_until
from tests.support.loops import LOOPS, client, run, until
from tests.support.raw_server import Peer, RawServer

Work = Callable[[], Coroutine[Any, Any, None]]
Cancel = Callable[[Work, random.Random], Awaitable[None]]


def ways_to_take(
    trades: AsyncSubscription[Trade[Any]], take: Callable[[Trade[Any]], None]
) -> list[Work]:
    """All ways of waiting for events; each passes on what it gets without a further wait."""

    async def one() -> None:
        take(await anext(trades))

    async def get() -> None:
        take(await trades.get())

    async def loop() -> None:
        async for trade in trades:
            take(trade)

    async def with_notices() -> None:
        async for item in trades.with_notices():
            assert isinstance(item, Trade)
            take(item)

    async def batches() -> None:
        async for batch in trades.batches(max_items=7, max_wait=0.0002):
            for trade in batch:
                take(trade)

    async def batch_at_once() -> None:
        for trade in await anext(trades.batches(max_wait=0)):
            take(trade)

    return [one, get, loop, with_notices, batches, batch_at_once]


async def cancelled_task(work: Work, draw: random.Random) -> None:
    task = asyncio.ensure_future(work())
    for _ in range(draw.randrange(4)):
        await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def timeout(work: Work, draw: random.Random) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(draw.choice((0, 0.0002))):
            await work()


async def wait_for(work: Work, draw: random.Random) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(work(), draw.choice((0, 0.0002)))


async def task_group(work: Work, draw: random.Random) -> None:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(work())
        for _ in range(draw.randrange(4)):
            await asyncio.sleep(0)
        task.cancel()


WAYS: list[Cancel] = [cancelled_task, timeout, wait_for, task_group]


@pytest.mark.parametrize("loop", LOOPS)
def test_a_storm_of_cancelled_waits_loses_nothing(loop: str) -> None:
    """Every event is taken once, in order, whatever waited for it and however that was ended."""
    count = 10_000
    draw = random.Random(7)
    taken: list[int] = []

    def has_taken(number: int) -> bool:
        return len(taken) >= number

    def serve(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        sizes = random.Random(8)
        number = 0
        while number < count:
            # No more than what is taken: there is always a wait for the next.
            wait_until(partial(has_taken, number - 10))
            size = min(count - number, sizes.choice((1, 1, 1, 2, 5, 40)))
            peer.send(b"".join(trade_frame(number + index) for index in range(size)))
            number += size
        peer.drain()

    async def main() -> None:
        async with client(server.url) as made:
            trades = made.trade("BTCUSDT")
            works = ways_to_take(trades, lambda trade: taken.append(trade.trade_id))
            while len(taken) < count:
                await draw.choice(WAYS)(draw.choice(works), draw)

    with RawServer(serve) as server:
        run(main, loop)
    assert taken == list(range(count))


def test_a_cancelled_wait_is_not_confirmed() -> None:
    """And the next one goes on as if there had been none before."""

    def serve(peer: Peer) -> None:
        peer.shake()
        peer.read_request()
        peer.drain()

    async def main() -> None:
        async with client(server.url) as made:
            trades = made.trade("BTCUSDT")
            for _ in range(3):
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(trades.wait(), 0.001)
            assert trades.state == "pending"

    with RawServer(serve) as server:
        run(main)


def test_leaving_by_cancellation_takes_no_longer() -> None:
    """Also if the task is cancelled again meanwhile: nothing is left behind, within 2 s."""

    def serve(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        peer.hold()

    begun = 0.0

    async def use(is_ready: asyncio.Event) -> None:
        async with client(server.url) as made:
            await made.trade("BTCUSDT")
            is_ready.set()
            await made.trade("BTCUSDT").get()

    async def main() -> None:
        nonlocal begun
        is_ready = asyncio.Event()
        task = asyncio.ensure_future(use(is_ready))
        await is_ready.wait()
        begun = time.monotonic()
        task.cancel()
        for _ in range(3):
            await asyncio.sleep(0)
        task.cancel()
        await until(task.done)
        assert task.cancelled()

    with RawServer(serve) as server:
        run(main)
        assert time.monotonic() - begun < 2 + MARGIN


def test_a_cancellation_that_a_signal_interrupts_can_be_repeated() -> None:
    """As the second Ctrl-C does, which raises while the first is cancelling the main task."""

    def serve(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        peer.drain()

    async def main() -> None:
        async with client(server.url) as made:
            trades = made.trade("BTCUSDT")
            await trades
            task = asyncio.ensure_future(trades.get())
            await asyncio.sleep(0.01)
            loop: Any = asyncio.get_running_loop()
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(loop, "call_soon", interrupt)
                with pytest.raises(KeyboardInterrupt):
                    task.cancel()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    with RawServer(serve) as server:
        run(main)


def interrupt(*arguments: object, **options: object) -> None:
    raise KeyboardInterrupt
