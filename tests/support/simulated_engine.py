"""An engine in simulated time, with the model of a server that sessions are tested with."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from binance_streams import CATALOG, VENUE
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.engine import Engine
from binance_streams_runtime.pipeline.queues import EventQueue, Overflow
from binance_streams_runtime.pipeline.route import Consumer, Route
from binance_streams_runtime.recording.clock import UnixClock
from binance_streams_runtime.session.retry import Retry, full_jitter
from binance_streams_runtime.session.timeouts import Timeouts
from tests.support.simulated_session import Reaction, World, behave


class Subscriber:
    """Notes what the engine says about one subscription."""

    def __init__(self) -> None:
        self.log: list[str | BaseException | None] = []

    def confirmed(self) -> None:
        self.log.append("confirmed")

    def interrupted(self) -> None:
        self.log.append("interrupted")

    def timed_out(self, error: BaseException) -> None:
        self.log.append("timed out")

    def ended(self, error: BaseException | None) -> None:
        self.log += ["ended", error]


class EngineWorld(World):
    """Runs an engine as ``World`` runs a session."""

    def __init__(
        self,
        react: Reaction = behave,
        reconnect: bool = True,
        maxsize: int = 1000,
        reserve: Callable[[float], float] = lambda now: now,
        **options: Any,
    ) -> None:
        """``reserve`` says when an attempt may be made; ``options`` are those of the engine."""
        super().__init__(react, reconnect=reconnect)
        draw = random.Random(2).random
        self.client_queue = EventQueue(maxsize, is_lasting=True)
        self.engine = Engine(
            VENUE,
            "ws://server/stream",
            Timeouts(),
            Retry(lambda lost: self.retries, lambda: full_jitter(draw), reserve, draw),
            self.client_queue,
            self.notices.append,
            UnixClock(lambda: 0),
            max_message=1 << 24,
            **options,
        )
        self.driven = self.engine
        self.session = self.engine.session
        self.router = self.engine.router

    def open_route(
        self, name: str = "btcusdt@trade", consumer: Consumer = "notices", **options: Any
    ) -> tuple[Route, Subscriber]:
        """Subscribe to a stream; what takes its events, and what is said about it."""
        route, subscriber = self.make_route(name, consumer, **options)
        self.engine.subscribe(self.now, name, route)
        self._perform()
        return route, subscriber

    def make_route(
        self,
        name: str,
        consumer: Consumer = "notices",
        *,
        maxsize: int = 1000,
        overflow: Overflow = "drop_oldest",
        max_idle: float | None = None,
        on_idle: str = "notice",
        fill: bool = False,
    ) -> tuple[Route, Subscriber]:
        """Return what ``open_route`` does, without subscribing."""
        stream = CATALOG.resolve(name)
        queue = EventQueue(maxsize, overflow)
        route = Route(
            *(stream, decoder_of(stream.type, Decimal), queue, max_idle, on_idle),
            fill_with=Decimal if fill else None,
        )
        route.consumer = consumer
        route.subscriber = subscriber = Subscriber()
        return route, subscriber

    def receive(self, data: bytes, connection: int = 1) -> None:
        """Bytes come at once on a connection."""
        self.engine.received(self.now, connection, data)
        self._perform()

    def lose(self, connection: int, error: BaseException) -> None:
        """A connection ends at once."""
        self.servers[connection].is_open = False
        self.servers[connection].streams.clear()
        self.call("lost", connection, error)

    def call(self, method: str, *arguments: Any) -> None:
        getattr(self.engine, method)(self.now, *arguments)
        self._perform()


def items(route: Route) -> list[Any]:
    """What waits in the route's queue: ids of trades, and the names of notices' types."""
    return [shown(item) for item in route.sink.sample(1 << 20)]


def shown(item: Any) -> Any:
    """Return a trade's id, or the name of the item's type."""
    return getattr(item, "trade_id", type(item).__name__)
