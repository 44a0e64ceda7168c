"""A session in simulated time whose connections are not equally far behind the market."""

from __future__ import annotations

import random
from typing import Any

from binance_streams import VENUE
from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.notices import Gap, Notice
from binance_streams_runtime.pipeline.delivery import Delivery
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.session.timeouts import Timeouts
from tests.simulation.feeds import Feed
from tests.support.simulated_session import Server, World, behave

STEP = 0.05
PATIENCE = 4.0


def no_lists(server: Server, request: dict[str, Any]) -> None:
    """Do what is asked, but never say what is subscribed."""
    server.obey(request)
    if request["method"] != "LIST_SUBSCRIPTIONS":
        server.confirm(request)


class Market:
    """Streams whose events reach each connection as late as its front end is."""

    def __init__(self, *kinds: type[Feed], react: Any = behave, venue: Venue = VENUE) -> None:
        timeouts = Timeouts(handover=PATIENCE)
        self.world = World(react=react, timeouts=timeouts, reconnect=True, venue=venue)
        self.notices: list[Notice] = []
        self.delivery = Delivery(
            self.world.router,
            EventQueue(),
            client_consumes=False,
            notify=self.notices.append,
            on_overflow=lambda route, error: None,
            unix_time=lambda moment: moment,
        )
        # By number; None is mute.
        self.lags: dict[int, float | None] = {}
        self.feeds = [kind(random.Random(1), f"s{n}usdt") for n, kind in enumerate(kinds)]
        self.routes: list[Route] = []
        for feed in self.feeds:
            stream = feed.stream
            route = Route(stream, decoder_of(stream.type, float), EventQueue(100_000))
            route.consumer = "notices"
            self.delivery.add(route)
            self.routes.append(route)
            self.world.subscribe(feed.name)
        self.run(0.5)

    def run(self, seconds: float) -> None:
        self.world.run(seconds)
        self.delivery.flush(self.world.now)

    def publish(self, count: int = 1, which: int = 0, every: float = STEP) -> None:
        """Publish events of one stream, and let time pass after each."""
        feed = self.feeds[which]
        for _ in range(count):
            data = feed.publish(self.world.now)
            for server in list(self.world.servers.values()):
                lag = self.lags.get(server.number, 0.0)
                if lag is not None:
                    self._forward(server, feed.name, data, lag)
            self.run(every)

    def _forward(self, server: Server, name: str, data: bytes, lag: float) -> None:
        """Send an event once it has reached a front end, if it is subscribed there by then."""

        def forward() -> None:
            if name in server.streams:
                server.send(data)

        self.world.at(self.world.now + lag, forward)

    def replace(self) -> None:
        self.world.call("rotate", self.feeds[0].name, "test")

    def delivered(self, which: int = 0) -> list[Any]:
        """The places of the events that were delivered, and ``Gap`` for each gap of the stream."""
        self.delivery.flush(self.world.now)
        feed = self.feeds[which]
        return [
            "Gap" if isinstance(item, Gap) else feed.place_of(item)
            for item in self.routes[which].sink.sample(10**9)
            if (isinstance(item, Gap) and item.key is None) or not isinstance(item, Notice)
        ]

    @property
    def gaps(self) -> list[Gap]:
        return [one for one in self.notices if isinstance(one, Gap) and one.key is None]

    @property
    def is_handed_over(self) -> bool:
        return self.world.dropped == [1]
