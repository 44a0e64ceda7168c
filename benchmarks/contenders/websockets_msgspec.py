"""websockets: ``async for`` and msgspec with one hard-coded type."""

from __future__ import annotations

import asyncio

from websockets.asyncio.client import connect

from benchmarks.contend import Task
from benchmarks.contenders import one_type


def run(task: Task) -> None:
    """Receive bare payloads from ``/ws/<stream>``."""
    decode, handle = one_type.prepare(task)

    async def main() -> None:
        async with connect(f"{task.base}/ws/{task.streams[0]}") as connection:
            task.meter.ready()
            async for text in connection:
                handle(decode(text))
                if task.meter.is_finished:
                    task.meter.report()

    asyncio.run(main())
