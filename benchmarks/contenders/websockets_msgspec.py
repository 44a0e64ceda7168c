"""websockets: ``async for`` and msgspec with one hard-coded type."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from benchmarks.contend import Task
from benchmarks.contenders import one_type


def run(task: Task) -> None:
    """Receive bare payloads from ``/ws/<stream>``; the variant ``twice`` has two connections."""
    decode, handle = one_type.prepare(task)
    if task.variant == "twice":
        asyncio.run(_twice(task, decode, handle))

    async def main() -> None:
        async with connect(f"{task.base}/ws/{task.streams[0]}") as connection:
            task.meter.ready()
            async for text in connection:
                handle(decode(text))
                if task.meter.is_finished:
                    task.meter.report()

    asyncio.run(main())


async def _twice(task: Task, decode: Callable[[Any], Any], handle: Callable[[Any], None]) -> None:
    """Give each event to the user's code when its first copy comes, by its id."""
    newest = 0
    task.meter.notes["connections"] = 2

    async def receive(connection: ClientConnection) -> None:
        nonlocal newest
        async for text in connection:
            event = decode(text)
            number = event.a if task.kind == "aggTrade" else event.u
            if number > newest:
                newest = number
                handle(event)
                if task.meter.is_finished:
                    task.meter.report()

    url = f"{task.base}/ws/{task.streams[0]}"
    async with connect(url) as one, connect(url) as other:
        # The server notes what a connection has asked for just after it has answered.
        await asyncio.sleep(0.2)
        task.meter.ready()
        await asyncio.gather(receive(one), receive(other))
