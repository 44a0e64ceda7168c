"""python-binance: a trade socket, which is a path, a depth cache, and candles by REST."""

from __future__ import annotations

import asyncio
import json
import sys
from decimal import Decimal
from typing import Any

from binance import AsyncClient, BinanceSocketManager, DepthCacheManager


def show(*line: Any) -> None:
    # At once, as several threads do, and print writes the end of a line by itself.
    sys.stdout.write(f"{json.dumps(line)}\n")
    sys.stdout.flush()


async def trades(manager: BinanceSocketManager) -> None:
    async with manager.trade_socket("BTCUSDT") as socket:
        while True:
            trade = await socket.recv()
            show("trade", trade["t"], trade["p"], trade["q"])


async def book(client: AsyncClient, manager: BinanceSocketManager) -> None:
    depth = DepthCacheManager(
        client, "BTCUSDT", bm=manager, limit=100, conv_type=Decimal, ws_interval=100
    )
    async with depth:
        while True:
            cache = await depth.recv()
            sides = (cache.get_bids()[:10], cache.get_asks()[:10])
            texts = [[[str(price), str(size)] for price, size in side] for side in sides]
            show("book", depth._last_update_id, *texts)


async def candles(client: AsyncClient) -> None:
    query = {"symbol": "BTCUSDT", "interval": "1s", "startTime": 0, "limit": 4}
    while len(rows := await client.get_klines(**query)) < 4:
        await asyncio.sleep(0.05)
    show("candles", rows)
    await asyncio.Event().wait()


async def main() -> None:
    url, rest_url = sys.argv[1:]
    AsyncClient.API_URL = f"{rest_url}/api"
    # It asks whether the server is there, and for its time.
    client = await AsyncClient.create()
    # A simulator that is faster than the venue fills its queue while it waits for a snapshot.
    manager = BinanceSocketManager(client, max_queue_size=100_000)
    manager.STREAM_URL = f"{url}/"
    works = (trades(manager), book(client, manager), candles(client))
    tasks = [asyncio.create_task(work) for work in works]
    end = asyncio.create_task(asyncio.to_thread(sys.stdin.readline))
    await asyncio.wait([*tasks, end], return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await client.close_connection()


asyncio.run(main())
