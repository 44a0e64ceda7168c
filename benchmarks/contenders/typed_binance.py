"""typed-binance: asyncio, validated TypedDicts from one loop per stream."""

from __future__ import annotations

import asyncio
from typing import Any

from benchmarks.contend import Task
from benchmarks.reads import by_key, time_by_key


def run(task: Task) -> None:
    """Set the address, an argument of the client."""
    from typed_binance import Binance

    handle = task.meter.handler(by_key[task.kind], time_by_key)
    client = Binance.new(public=True, urls={"spot": {"streams": task.base + "/stream"}})

    def subscribe(streams: Any, name: str) -> Any:
        symbol, _, kind = name.partition("@")
        kind, _, interval = kind.partition("_")
        if kind == "kline":
            return streams.kline(symbol, interval=interval)
        method = {
            "aggTrade": "agg_trade", "trade": "trade", "bookTicker": "book_ticker",
            "depth": "diff_depth", "miniTicker": "mini_ticker", "ticker": "ticker",
        }[kind]  # fmt: skip
        return getattr(streams, method)(symbol)

    async def main() -> None:
        async with client.spot.streams as streams:
            subscribed = 0
            all_subscribed = asyncio.Event()

            async def follow(name: str) -> None:
                nonlocal subscribed
                async with subscribe(streams, name) as stream:
                    subscribed += 1
                    if subscribed == len(task.streams):
                        all_subscribed.set()
                    async for event in stream:
                        handle(event)
                        if task.meter.is_finished:
                            task.meter.report()

            async def start() -> None:
                await all_subscribed.wait()
                task.meter.ready()

            await asyncio.gather(start(), *(follow(name) for name in task.streams))

    asyncio.run(main())
