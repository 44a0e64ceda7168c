"""aiohttp: ``async for`` and msgspec with one hard-coded type."""

from __future__ import annotations

import asyncio

import aiohttp

from benchmarks.contend import Task
from benchmarks.contenders import one_type


def run(task: Task) -> None:
    """Receive bare payloads from ``/ws/<stream>``."""
    decode, handle = one_type.prepare(task)
    url = f"{task.base}/ws/{task.streams[0]}"

    async def main() -> None:
        async with aiohttp.ClientSession() as session, session.ws_connect(url) as connection:
            task.meter.ready()
            async for message in connection:
                handle(decode(message.data))
                if task.meter.is_finished:
                    task.meter.report()

    asyncio.run(main())
