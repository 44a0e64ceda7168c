"""python-binance: asyncio, dicts from ``recv`` of a socket."""

from __future__ import annotations

import asyncio

from benchmarks.contend import Task
from benchmarks.reads import by_key, time_by_key


def run(task: Task) -> None:
    """Change only the address: the manager's STREAM_URL, which the constructor sets."""
    from binance import AsyncClient, BinanceSocketManager

    handle = task.meter.handler(by_key[task.kind], time_by_key)

    async def main() -> None:
        # Not AsyncClient.create(), which requests the time by REST.
        manager = BinanceSocketManager(AsyncClient(), max_queue_size=task.queue_size)
        manager.STREAM_URL = task.base + "/"
        symbol = task.streams[0].partition("@")[0]
        if len(task.streams) > 1:
            socket = manager.multiplex_socket(list(task.streams))
        elif task.kind == "aggTrade":
            socket = manager.aggtrade_socket(symbol)
        elif task.kind == "bookTicker":
            socket = manager.symbol_book_ticker_socket(symbol)
        elif task.kind == "depth":
            socket = manager.depth_socket(symbol)
        else:
            socket = manager.kline_socket(symbol, interval="1m")
        async with socket:
            task.meter.ready()
            if len(task.streams) > 1:
                while not task.meter.is_finished:
                    handle((await socket.recv())["data"])
            else:
                while not task.meter.is_finished:
                    handle(await socket.recv())
            task.meter.report()

    asyncio.run(main())
