"""ccxt's order book: ``watch_order_book``."""

from __future__ import annotations

import asyncio
from typing import Any

from benchmarks.books.progress import Progress
from benchmarks.contend import Task
from benchmarks.contenders.ccxt_pro import MARKET


def _best(book: Any) -> object:
    bid, ask = book["bids"][0], book["asks"][0]
    return bid[0], bid[1], ask[0], ask[1]


def run(task: Task) -> None:
    """Set the markets and the addresses."""
    import ccxt.pro

    progress = Progress(task, _best)

    async def main() -> None:
        exchange = ccxt.pro.binance({"enableRateLimit": False})
        if task.authority:
            exchange.cafile = task.authority
        exchange.set_markets([MARKET])
        exchange.urls["api"]["ws"]["spot"] = task.base + "/ws"
        exchange.urls["api"]["public"] = task.rest + "/api/v3"
        # It returns when the snapshot is there.
        await exchange.watch_order_book("BTC/USDT", 5000)
        task.meter.ready()
        while not task.meter.is_finished:
            book = await exchange.watch_order_book("BTC/USDT", 5000)
            progress(book["nonce"], book)
        task.meter.report()

    asyncio.run(main())
