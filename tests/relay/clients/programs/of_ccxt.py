"""ccxt.pro: unified trades and a unified order book, and candles by REST."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import ccxt.pro


def show(*line: Any) -> None:
    # At once, as several threads do, and print writes the end of a line by itself.
    sys.stdout.write(f"{json.dumps(line)}\n")
    sys.stdout.flush()


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


async def candles(exchange: Any) -> None:
    query = {"symbol": "BTCUSDT", "interval": "1s", "startTime": 0, "limit": 4}
    while len(rows := await exchange.public_get_klines(query)) < 4:
        await asyncio.sleep(0.05)
    show("candles", rows)
    await asyncio.Event().wait()


async def main() -> None:
    url, rest_url = sys.argv[1:]
    # Its other markets have servers of their own.
    options = {"fetchMarkets": {"types": ["spot"]}, "fetchMargins": False}
    exchange = ccxt.pro.binance({"enableRateLimit": False, "options": options})
    exchange.urls["api"]["ws"]["spot"] = f"{url}/ws"
    exchange.urls["api"]["public"] = f"{rest_url}/api/v3"
    await exchange.load_markets()
    tasks = [asyncio.create_task(work(exchange)) for work in (trades, book, candles)]
    end = asyncio.create_task(asyncio.to_thread(sys.stdin.readline))
    done, _ = await asyncio.wait([*tasks, end], return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await exchange.close()
    for task in done:
        task.result()


asyncio.run(main())
