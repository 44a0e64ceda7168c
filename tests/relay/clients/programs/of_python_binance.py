"""python-binance: a trade socket, which is a path, and a depth cache."""

from __future__ import annotations

import asyncio
import json
import sys
from decimal import Decimal
from typing import Any

from binance import AsyncClient, BinanceSocketManager, DepthCacheManager


def show(*line: Any) -> None:
    print(json.dumps(line), flush=True)


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


async def main() -> None:
    url, rest_url = sys.argv[1:]
    client = AsyncClient()
    client.API_URL = f"{rest_url}/api"
    # A simulator that is faster than the venue fills its queue while it waits for a snapshot.
    manager = BinanceSocketManager(client, max_queue_size=100_000)
    manager.STREAM_URL = f"{url}/"
    tasks = [asyncio.create_task(trades(manager)), asyncio.create_task(book(client, manager))]
    end = asyncio.create_task(asyncio.to_thread(sys.stdin.readline))
    await asyncio.wait([*tasks, end], return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await client.close_connection()


asyncio.run(main())
