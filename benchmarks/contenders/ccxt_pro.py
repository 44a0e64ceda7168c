"""ccxt's WebSocket half (ccxt.pro): asyncio, lists of unified dicts from ``watch_trades``."""

from __future__ import annotations

import asyncio
from typing import Any

from benchmarks.contend import NotPossible, Task

MARKET = {
    "id": "BTCUSDT", "lowercaseId": "btcusdt", "symbol": "BTC/USDT", "base": "BTC",
    "quote": "USDT", "baseId": "BTC", "quoteId": "USDT", "type": "spot", "spot": True,
    "contract": False, "option": False, "linear": None, "inverse": None, "active": True,
    "precision": {"amount": 1e-5, "price": 1e-2}, "limits": {}, "info": {},
}  # fmt: skip


def _trade(d: Any) -> object:
    info = d["info"]
    return (
        info["E"], d["symbol"], d["id"], d["price"], d["amount"], d["timestamp"], info["m"]
    )  # fmt: skip


def run(task: Task) -> None:
    """Set the markets and the address, an entry of ``urls``, so that no REST is needed."""
    if len(task.streams) > 1:
        raise NotPossible("its unified methods follow one kind of stream each")
    if task.kind == "depth":
        raise NotPossible("watch_order_book() needs a REST snapshot and gives the merged book")
    if task.kind != "aggTrade":
        raise NotPossible("it gives the newest state only, so that messages cannot be counted")
    import ccxt.pro

    handle = task.meter.handler(_trade, lambda d: int(d["info"]["f"]))

    async def main() -> None:
        # Its cache of trades holds 1,000 by default; more may come before the loop runs.
        options = {"tradesLimit": task.queue_size}
        exchange = ccxt.pro.binance({"options": options, "enableRateLimit": False})
        if task.authority:
            # It trusts what certifi has, not what the system has.
            exchange.cafile = task.authority
        exchange.set_markets([MARKET])
        exchange.urls["api"]["ws"]["spot"] = task.base + "/ws"
        task.meter.ready()
        while not task.meter.is_finished:
            for trade in await exchange.watch_trades("BTC/USDT", params={"name": "aggTrade"}):
                handle(trade)
        task.meter.report()

    asyncio.run(main())
