"""python-binance's order book: ``recv`` of a DepthCacheManager."""

from __future__ import annotations

import asyncio
from typing import Any

from benchmarks.books.progress import Progress
from benchmarks.contend import Task


def _best(cache: Any) -> object:
    bid, ask = cache.get_bids()[0], cache.get_asks()[0]
    return bid[0], bid[1], ask[0], ask[1]


def run(task: Task) -> None:
    """Change the addresses of the stream and of REST, and how long the queue is."""
    from binance import AsyncClient, BinanceSocketManager, DepthCacheManager

    progress = Progress(task, _best)

    async def main() -> None:
        client = AsyncClient()
        client.API_URL = task.rest + "/api"
        sockets = BinanceSocketManager(client, max_queue_size=task.queue_size)
        sockets.STREAM_URL = task.base + "/"
        manager = DepthCacheManager(client, "BTCUSDT", bm=sockets, limit=5000, ws_interval=100)
        async with manager:
            task.meter.ready()
            while not task.meter.is_finished:
                cache = await manager.recv()
                progress(manager._last_update_id, cache)
            task.meter.report()

    asyncio.run(main())
