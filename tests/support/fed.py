"""A feed of messages as they were received, in an engine in simulated time."""

from __future__ import annotations

import json
from typing import Any

from binance_streams import CATALOG
from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.decoding.raw import RawMessage
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.pipeline.raw_feed import FeedState, RawFeed
from tests.support.frames import frame, wrapped
from tests.support.observed import NAME
from tests.support.simulated_engine import EngineWorld

OTHER = "btcusdt@trade"


class Fed:
    """A feed, and what it was given: update ids, names of notices, and states."""

    def __init__(self, world: EngineWorld) -> None:
        self.world = world
        self.log: list[Any] = []
        self.items: list[tuple[Stream, Any]] = []
        self.batches = 0
        self.received: list[float] = []
        self.feed: RawFeed = world.engine.open_feed(self.on_items, self.on_state)

    def on_items(self, items: list[tuple[Stream, Any]], received: float) -> None:
        self.batches += 1
        self.items += items
        self.received.append(received)
        self.log += [shown(item) for _, item in items]

    def on_state(self, stream: Stream, state: FeedState, error: BaseException | None) -> None:
        self.log.append((stream.name, state))

    def add(self, name: str = NAME) -> None:
        world, stream = self.world, CATALOG.resolve(name)
        world.engine.command(world.now, lambda _: self.feed.add(world.now, [stream]))
        world.run(1)

    def remove(self, name: str = NAME) -> None:
        world = self.world
        world.engine.command(world.now, lambda _: self.feed.remove(world.now, [name]))
        world.run(1)

    @property
    def seen(self) -> list[Any]:
        """What came, without the states."""
        return [item for item in self.log if not isinstance(item, tuple)]


def shown(item: Any) -> Any:
    if isinstance(item, Notice):
        return type(item).__name__
    assert isinstance(item, RawMessage)
    payload = json.loads(item.data)
    return payload.get("u", payload.get("t"))


def trade(number: int) -> bytes:
    payload = (
        f'{{"e":"trade","E":{number},"s":"BTCUSDT","t":{number},"p":"1.0","q":"0.5",'
        f'"T":{number},"m":true,"M":true}}'
    )
    return frame(wrapped(OTHER, payload))


def quote(number: int) -> bytes:
    payload = f'{{"u":{number},"s":"BTCUSDT","b":"1.0","B":"1.0","a":"2.0","A":"1.0"}}'
    return frame(wrapped("btcusdt@bookTicker", payload))


def fed(world: EngineWorld) -> Fed:
    feed = Fed(world)
    feed.add()
    return feed


def add_one(world: EngineWorld, feed: Fed, name: str) -> None:
    """Add a stream, and wait for nothing."""
    stream = CATALOG.resolve(name)
    world.engine.command(world.now, lambda _: feed.feed.add(world.now, [stream]))
