"""A stream that the client observes itself, in an engine in simulated time."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from binance_streams import CATALOG
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.pipeline.queues import EventQueue, Overflow
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.types import Numbers
from tests.support.frames import frame, wrapped
from tests.support.simulated_engine import EngineWorld, Subscriber

NAME = "btcusdt@depth@100ms"
STREAM = CATALOG.resolve(NAME)


class Watcher:
    """Notes what it is shown of a stream."""

    def __init__(self) -> None:
        self.log: list[Any] = []

    def received(self, items: list[Any]) -> None:
        assert all(isinstance(item, Notice) or is_text(item) for item in items)
        self.log += shown(items)

    def missed(self, reason: str) -> None:
        self.log.append(f"missed: {reason}")

    def confirmed(self) -> None:
        self.log.append("confirmed")

    def interrupted(self) -> None:
        self.log.append("interrupted")

    def failed(self, error: BaseException) -> None:
        self.log.append(error)


def is_text(event: Any) -> bool:
    return isinstance(event.bids[0].price, str)


def shown(items: list[Any]) -> list[Any]:
    return [
        type(item).__name__ if isinstance(item, Notice) else item.last_update_id for item in items
    ]


def update(first: int, last: int, price: str = "1.10000000") -> bytes:
    payload = (
        f'{{"e":"depthUpdate","E":{last},"s":"BTCUSDT","U":{first},"u":{last},'
        f'"b":[["{price}","2.00000000"]],"a":[]}}'
    )
    return frame(wrapped(NAME, payload))


def tap(world: EngineWorld) -> Watcher:
    watcher = Watcher()
    add(world, watcher)
    world.run(1)
    return watcher


def add(world: EngineWorld, watcher: Watcher) -> None:
    taps = world.engine.taps
    world.engine.command(world.now, lambda session: taps.add(world.now, STREAM, watcher, is_text))


def untap(world: EngineWorld, watcher: Watcher) -> None:
    taps = world.engine.taps
    world.engine.command(world.now, lambda session: taps.remove(world.now, NAME, watcher))
    world.run(1)


def subscribe(
    world: EngineWorld, numbers: Numbers = Decimal, overflow: Overflow = "drop_oldest"
) -> tuple[Route, Subscriber]:
    """A user subscribes to the stream that is observed."""
    route = Route(STREAM, decoder_of(STREAM.type, numbers), EventQueue(9, overflow))
    route.consumer = "notices"
    route.subscriber = subscriber = Subscriber()
    world.engine.subscribe(world.now, NAME, route)
    world.run(1)
    return route, subscriber


def waiting(route: Route) -> list[Any]:
    return route.sink.sample(1 << 20)


def hold_back(world: EngineWorld) -> None:
    """Another connection takes over, and has delivered 3, but this one only 1."""
    world.receive(update(1, 1))
    world.engine.command(world.now, lambda session: session.rotate(world.now, NAME, "a test"))
    world.run(1)
    world.receive(update(3, 3), connection=2)


def release(world: EngineWorld) -> None:
    """The old connection delivers 2, so the new one takes over."""
    world.receive(update(2, 2), connection=1)
    world.run(30)
    world.receive(update(4, 4), connection=2)
