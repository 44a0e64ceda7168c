"""Two collectors of the same streams, each with gaps, and a server that does not stay up."""

from __future__ import annotations

import asyncio
import random
from itertools import count, repeat
from typing import Any

import redis

from binance_streams_runtime.messaging.address import parse_address
from binance_streams_sinks.publishing.publisher import Publisher
from binance_streams_sinks.publishing.sink import SinkOptions
from binance_streams_sinks.redis_sink import RedisSink
from tests.support.limits import LIMIT, MS
from tests.support.loops import run
from tests.support.published import message
from tests.support.redis_server import RedisServer

NAMES = ("btcusdt@trade", "ethusdt@trade", "btcusdt@aggTrade")
COUNT = 300
BREAKS = 20


def test_the_log_has_what_either_has_received_each_message_once(
    own_redis_server: RedisServer,
) -> None:
    """The server is killed with signal 9 and started again, and connections are cut."""
    drawn = random.Random(11)
    received: set[str] = set()

    publishers: list[Publisher] = []

    def is_retried() -> bool:
        return any(publisher.stats().retried for publisher in publishers)

    async def collect(seed: int, publisher: Publisher, done: asyncio.Event) -> None:
        drawn = random.Random(seed)
        for number in count():
            if number >= COUNT and is_retried():
                break
            batch = [message(number, name) for name in NAMES if drawn.random() < 0.9]
            received.update(one.id for one in batch)
            publisher.submit(batch)
            await asyncio.sleep(MS * drawn.random() * 2)
        assert await publisher.flush(LIMIT)
        assert await publisher.close() == []
        assert publisher.stats().stored == publisher.stats().submitted
        done.set()

    async def break_the_server(done: asyncio.Event) -> None:
        # Not without end: what a slow machine publishes between two of them may be nothing.
        for number in count():
            if done.is_set() or (number >= BREAKS and is_retried()):
                return
            await asyncio.sleep(MS * drawn.random() * 100)
            if drawn.random() < 0.5:
                own_redis_server.kill()
                await asyncio.sleep(MS * drawn.random() * 50)
                await asyncio.to_thread(own_redis_server.start)
            else:
                with own_redis_server.connect() as client:
                    client.client_kill_filter(_type="normal", skipme=True)

    async def test() -> None:
        done = asyncio.Event()
        sinks = [RedisSink(parse_address(own_redis_server.url), SinkOptions()) for _ in range(2)]
        publishers.extend(Publisher(sink, backoff=lambda: repeat(MS)) for sink in sinks)
        for publisher in publishers:
            publisher.start()
        breaking = asyncio.create_task(break_the_server(done))
        await asyncio.gather(*(collect(seed, one, done) for seed, one in enumerate(publishers)))
        await breaking

    run(test)
    stored = []
    with redis.Redis(port=own_redis_server.port, decode_responses=True) as client:
        for subject in {message(0, name).subject for name in NAMES}:
            entries: Any = client.xrange(subject)
            stored += [fields["id"] for _, fields in entries]
    assert sorted(stored) == sorted(received)
