"""ccxt.pro: unified trades and a unified order book."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import ccxt.pro

MARKET = {
    "id": "BTCUSDT", "lowercaseId": "btcusdt", "symbol": "BTC/USDT", "base": "BTC",
    "quote": "USDT", "baseId": "BTC", "quoteId": "USDT", "type": "spot", "spot": True,
    "contract": False, "option": False, "linear": None, "inverse": None, "active": True,
    "precision": {"amount": 1e-5, "price": 1e-2}, "limits": {}, "info": {},
}  # fmt: skip


def show(*line: Any) -> None:
    print(json.dumps(line), flush=True)


async def trades(exchange: Any) -> None:
    while True:
        for trade in await exchange.watch_trades("BTC/USDT"):
            show("trade", int(trade["id"]), trade["info"]["p"], trade["info"]["q"])


async def book(exchange: Any) -> None:
    while True:
        try:
            found = await exchange.watch_order_book("BTC/USDT", 100)
        except ccxt.ChecksumError as error:
            # It says so after a gap, and begins anew.
            show("resync", str(error))
            continue
        show("book", found["nonce"], found["bids"][:10], found["asks"][:10])


async def main() -> None:
    url, rest_url = sys.argv[1:]
    exchange = ccxt.pro.binance({"enableRateLimit": False})
    exchange.set_markets([MARKET])
    exchange.urls["api"]["ws"]["spot"] = f"{url}/ws"
    exchange.urls["api"]["public"] = f"{rest_url}/api/v3"
    tasks = [asyncio.create_task(trades(exchange)), asyncio.create_task(book(exchange))]
    end = asyncio.create_task(asyncio.to_thread(sys.stdin.readline))
    done, _ = await asyncio.wait([*tasks, end], return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await exchange.close()
    for task in done:
        task.result()


asyncio.run(main())
