"""A collector as people write it: ``json.loads`` for the id, and a call of the log's own client.

The variant is the kind of the log, and how it is called: ``await`` for each message by itself, or
for all that has come meanwhile together, at most a thousand.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence

from websockets.asyncio.client import connect

from benchmarks.contend import Task
from benchmarks.contenders.logs import check, servers, url_of_log

_MOST = 1_000
_Store = Callable[[Sequence[str]], Awaitable[object]]


def run(task: Task) -> None:
    """Publish every message."""
    asyncio.run(_collect(task))


async def _collect(task: Task) -> None:
    kind, _, way = task.variant.partition("-")
    name = f"run{time.time_ns()}"
    url, replicas = url_of_log()
    subject = f"{name}.{task.streams[0]}"
    if kind == "redis":
        store = _redis(url, subject, way)
    else:
        store = await _nats(url, name, subject, replicas, way)
    waiting: asyncio.Queue[str] = asyncio.Queue()
    count = task.meter.counter(lambda: None)

    async def receive() -> None:
        async for text in connection:
            waiting.put_nowait(text)

    async with connect(f"{task.base}/ws/{task.streams[0]}") as connection:
        task.meter.ready()
        receiving = asyncio.create_task(receive())
        while not task.meter.is_finished:
            texts = [await waiting.get()]
            while way != "await" and len(texts) < _MOST and not waiting.empty():
                texts.append(waiting.get_nowait())
            await store(texts)
            count(len(texts))
        receiving.cancel()
    await check(task, url, name, subject)
    task.meter.report()


async def _nats(url: str, name: str, subject: str, replicas: int, way: str) -> _Store:
    import nats

    connection = await nats.connect(servers(url))
    # Its default of 4,000 is for those that do not wait in between.
    context = connection.jetstream(timeout=30)
    await context.add_stream(name=name, subjects=[f"{name}.>"], num_replicas=replicas)

    def publish(text: str) -> Awaitable[object]:
        number = json.loads(text)["a"]
        return context.publish(subject, text.encode(), headers={"Nats-Msg-Id": str(number)})

    async def store(texts: Sequence[str]) -> None:
        await asyncio.gather(*map(publish, texts))

    async def store_each(texts: Sequence[str]) -> None:
        for text in texts:
            await publish(text)

    return store_each if way == "await" else store


def _redis(url: str, key: str, way: str) -> _Store:
    from redis.asyncio import Redis

    redis = Redis.from_url(url)

    async def store(texts: Sequence[str]) -> None:
        async with redis.pipeline(transaction=False) as pipeline:
            for text in texts:
                pipeline.xadd(key, {"payload": text}, id=f"{json.loads(text)['a']}-0")
            await pipeline.execute()

    async def store_each(texts: Sequence[str]) -> None:
        for text in texts:
            await redis.xadd(key, {"payload": text}, id=f"{json.loads(text)['a']}-0")

    return store_each if way == "await" else store
