"""The log that contenders publish to, and what it must have in the end."""

from __future__ import annotations

import os

from benchmarks.contend import Task

URL, REPLICAS = "BENCHMARK_LOG", "BENCHMARK_LOG_REPLICAS"
"""Environment variables of a contender's process."""


def url_of_log() -> tuple[str, int]:
    """Return the log's URL, and how many servers keep each message."""
    return os.environ[URL], int(os.environ.get(REPLICAS, "1"))


async def check(task: Task, url: str, stream: str, key: str) -> None:
    """Raise RuntimeError if the log does not have every message; then delete them.

    ``stream`` is the stream of JetStream, ``key`` the one of Redis.
    """
    if url.startswith("redis"):
        from redis.asyncio import Redis

        redis = Redis.from_url(url)
        found = await redis.xlen(key)
        await redis.delete(key)
        await redis.aclose()
    else:
        import nats

        connection = await nats.connect(servers(url))
        context = connection.jetstream()
        found = (await context.stream_info(stream)).state.messages
        await context.delete_stream(stream)
        await connection.close()
    if found != task.meter.total:
        raise RuntimeError(f"{found} messages are in the log, not {task.meter.total}")


def servers(url: str) -> list[str]:
    """Return the URL of each server, as nats-py takes them."""
    return [f"nats://{one}" for one in url.removeprefix("nats://").split(",")]
