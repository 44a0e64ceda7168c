"""An engine with a window of candles, in simulated time, with a model of the REST API."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from binance_streams import CATALOG, Notice
from binance_streams_runtime.candles.feed import WindowFeed
from binance_streams_runtime.candles.values import WindowView
from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Route
from tests.support.fill_feeds import Candles
from tests.support.fill_world import FillWorld
from tests.support.simulated_engine import Subscriber

TIMEOUT = 20.0


class WindowWorld(FillWorld):
    """A window of one-minute candles, and who consumes its changes."""

    def __init__(self, history: int = 0, **options: Any) -> None:
        self.candles = Candles()
        super().__init__(self.candles, **options)
        for _ in range(history):
            self.candles.publish(self.now, is_closed=True)

    def keep(
        self,
        count: int = 10,
        consumer: str = "notices",
        *,
        number: Any = Decimal,
        fill: bool = False,
        page: int = 1000,
    ) -> WindowFeed:
        """Subscribe, and open a window, as a user does. An answer has ``page`` rows at most."""
        stream = _with_page(CATALOG.resolve(self.candles.name), page)
        self.subscribed, _ = self.open_route(stream.name, "unclaimed", fill=fill)
        route = Route(stream, decoder_of(stream.type, number), EventQueue(1 << 20))
        feed = WindowFeed(stream, count, route, number, random.Random(1).random, TIMEOUT)
        route.subscriber = self.subscriber = Subscriber()
        self.do(lambda: self.engine.windows.open(self.now, feed, self.subscribed))
        if consumer != "unclaimed":
            self.call("attach_consumer", route, consumer == "notices")
        self.window = feed
        return feed

    def close_window(self) -> None:
        self.do(lambda: self.engine.windows.close(self.now, self.window))

    def do(self, work: Any) -> None:
        self.engine.command(self.now, lambda session: work())
        self._perform()

    def update(self, count: int = 1, *, closed: bool = False) -> None:
        """Publish states of the open candle, or its end, that arrive."""
        for _ in range(count):
            self.deliver(self.candles.publish(self.now, closed))

    def miss(self, count: int = 1, *, closed: bool = False) -> None:
        """The same, which do not arrive."""
        for _ in range(count):
            self.candles.publish(self.now, closed)

    @property
    def view(self) -> WindowView:
        return self.window.view

    @property
    def shown(self) -> list[tuple[int, int, bool]]:
        """When each candle of the window opens, its state, and whether it is closed."""
        return [_state(candle) for candle in self.view.candles]

    @property
    def changes(self) -> list[Any]:
        """What is delivered, in short: minutes, states, new, closed; and names of notices."""
        items = self.window.route.sink.sample(1 << 20)
        return [
            type(item).__name__
            if isinstance(item, Notice)
            else (*_state(item.candle), item.is_new, item.is_closed)
            for item in items
        ]

    def truth(self, count: int) -> list[tuple[int, int, bool]]:
        """What the window should show: the last candles that have been published."""
        states = {opens: (row[8], opens in self.candles.closed) for _, opens, row in self.published}
        return [(opens, *state) for opens, state in states.items()][-count:]

    @property
    def published(self) -> list[tuple[float, int, Any]]:
        return self.candles.published


def _with_page(stream: Stream, rows: int) -> Stream:
    backfill = stream.type.backfill
    assert backfill is not None
    endpoint = replace(backfill.endpoint, weights=((rows, 2),))
    return replace(stream, type=replace(stream.type, backfill=replace(backfill, endpoint=endpoint)))


def _state(candle: Any) -> tuple[int, int, bool]:
    return candle.open_time, candle.trade_count, candle.is_closed
