"""An engine that fills gaps, in simulated time, with a model of the REST API."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec

from binance_streams import ConnectionLost, Filled, Gap, Notice
from binance_streams_runtime.decoding.packing import Packed
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.protocol.rest import RestFailure, RestRequest, RestServer
from tests.support.fill_feeds import Candles, Feed
from tests.support.simulated_engine import EngineWorld

CUT = ConnectionLost("a test cut it")


class FillWorld(EngineWorld):
    """An engine, the server of its streams, and the REST API that has their events."""

    def __init__(self, *feeds: Feed, **options: Any) -> None:
        super().__init__(
            fetch=self._fetch,
            cancel=self._cancel,
            rest=RestServer("http://rest"),
            **options,
        )
        self.feeds = {feed.path: feed for feed in feeds}
        self.asked: list[RestRequest] = []
        self.cancelled: set[int] = set()
        # Seconds by which the rows lag behind the stream, and that an answer takes.
        self.lag = 0.0
        self.latency: Callable[[], float] = lambda: 0.05
        self.failure: Callable[[], RestFailure | None] = lambda: None
        self.change: Callable[[list[Any]], list[Any]] = lambda rows: rows
        self.is_silent = False

    def _fetch(self, number: int, request: RestRequest) -> None:
        self.asked.append(request)
        if self.is_silent:
            return

        def answer() -> None:
            if number in self.cancelled:
                return
            result: object = self.failure()
            if result is None:
                feed = self.feeds[request.path]
                rows = self.change(feed.rows(dict(request.query), self.now - self.lag))
                try:
                    result = request.decode(json.dumps(rows).encode())
                except msgspec.DecodeError as error:
                    result = RestFailure(str(error))
            self.call("fetched", number, result)

        self.at(self.now + self.latency(), answer)

    def _cancel(self, number: int) -> None:
        self.cancelled.add(number)

    def follow(self, feed: Feed, **options: Any) -> Route:
        """Subscribe to a feed with fill."""
        route, _ = self.open_route(feed.name, fill=True, **options)
        self.run(1)
        return route

    def send(self, feed: Feed, count: int = 1) -> None:
        """Publish events that arrive."""
        for _ in range(count):
            self.deliver(feed.publish(self.now))

    def deliver(self, data: bytes) -> bool:
        """Deliver a frame on whatever connection is open; return False if none is."""
        for number, server in list(self.servers.items()):
            if server.is_open and server.streams:
                self.receive(data, number)
                return True
        return False

    def skip(self, feed: Feed, count: int = 1) -> list[bytes]:
        """Publish events that do not arrive; return their frames."""
        return [feed.publish(self.now) for _ in range(count)]

    def cut(self) -> None:
        """End the connection; the client reconnects as soon as time passes."""
        for number, server in list(self.servers.items()):
            if server.is_open:
                self.lose(number, CUT)

    @property
    def said(self) -> list[Gap | Filled]:
        """All gaps, and what was filled."""
        return [notice for notice in self.notices if isinstance(notice, Gap | Filled)]


def numbers(feed: Feed, route: Route) -> list[int]:
    """Return the numbers of all events that wait in the route's queue; of candles, closed ones."""
    events = [item for item in waiting(route) if not isinstance(item, Notice)]
    if isinstance(feed, Candles):
        events = [event for event in events if event.kline.is_closed]
    return [feed.number_of(event) for event in events]


def course(feed: Feed, route: Route) -> list[Any]:
    """Return what waits in the route's queue: numbers of events, and notices in short."""
    return [_shown(feed, item) for item in waiting(route)]


def waiting(route: Route) -> list[Any]:
    """Return the events and notices that wait in the route's queue."""
    items = route.sink.sample(1 << 20)
    return [item.unpack() if isinstance(item, Packed) else item for item in items]


def _shown(feed: Feed, item: Any) -> Any:
    match item:
        case Filled(_, first, last, count):
            return "filled", first, last, count
        case Gap():
            return "gap", item.first_missing, item.last_missing
        case Notice():
            return type(item).__name__
        case _:
            return feed.number_of(item)
