"""cryptofeed's raw capture: its connection with its callback that writes files, and no more.

Its feed would also decode each message, which is not needed to keep it.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from benchmarks.contend import Task
from benchmarks.contenders.recorded import check, new_folder


def run(task: Task) -> None:
    """Record every message."""
    asyncio.run(_record(task))


async def _record(task: Task) -> None:
    from cryptofeed.connection import Connection, WSAsyncConn
    from cryptofeed.raw_data_collection import AsyncFileCallback

    folder = new_folder()
    callback = AsyncFileCallback(str(folder))
    Connection.raw_data_callback = callback
    url = f"{task.base}/stream?streams={'/'.join(task.streams)}"
    connection = WSAsyncConn(f"wss{url[url.index(':') :]}", "BINANCE", compression=None)
    # It refuses an address without TLS, though it could connect.
    connection.address = url
    count = task.meter.counter(callback.stop)
    async with connection.connect() as connected:
        task.meter.ready()
        async for message in connected.read():
            if message.startswith('{"stream"'):
                count(1)
            if task.meter.is_finished:
                break
        check(task, folder, _lines, "")
        task.meter.report()


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines()
