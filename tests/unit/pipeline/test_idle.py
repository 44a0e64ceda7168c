"""Streams that their user expects to speak: when their silence is reported."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from binance_streams import CATALOG
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.pipeline.idle import IdleMonitor
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Route


def route(seconds: float) -> Route:
    stream = CATALOG.resolve("btcusdt@trade")
    return Route(stream, decoder_of(stream.type, Decimal), EventQueue(), max_idle=seconds)


class Simple:
    """The same, by looking at all routes each time."""

    def __init__(self) -> None:
        self.watched: dict[Route, float] = {}

    def due(self, route: Route) -> float:
        since = self.watched[route]
        assert route.max_idle is not None
        return max(since, route.last_received or since) + route.max_idle

    def check(self, now: float) -> list[Route]:
        silent = [route for route in self.watched if self.due(route) <= now]
        self.watched.update(dict.fromkeys(silent, now))
        return silent


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["event", "listen", "forget", "check", "check", "pause"]),
        st.integers(0, 4),
        st.floats(0.0, 5.0),
    ),
    max_size=60,
)


@given(STEPS)
def test_each_silence_is_reported_when_it_is_due(steps: list[tuple[str, int, float]]) -> None:
    reported: list[Route] = []
    watch, simple = IdleMonitor(reported.append), Simple()
    routes = [route(seconds) for seconds in (0.5, 1.0, 1.0, 3.0, 7.0)]
    now = 0.0
    for what, place, pause in steps:
        now += pause
        chosen = routes[place]
        match what:
            case "event":
                chosen.last_received = now
            case "listen":
                watch.start(now, chosen)
                simple.watched[chosen] = now
            case "forget":
                watch.stop(chosen)
                simple.watched.pop(chosen, None)
            case "pause":
                watch.pause()
                assert watch.next_time() is None
                watch.check(now)
                watch.resume(now)
                simple.watched = dict.fromkeys(simple.watched, now)
        due = min(map(simple.due, simple.watched), default=None)
        look_at = watch.next_time()
        # To look too early does no harm.
        assert due is None or (look_at is not None and look_at <= due)
        reported.clear()
        watch.check(now)
        assert set(reported) == set(simple.check(now))
        assert len(reported) == len(set(reported))


def test_a_thousand_streams_cost_as_much_as_those_that_are_due() -> None:
    """The watch looks at each stream once in its time, not at all of them each time."""
    looks = 0

    class Counted(Route):
        __slots__ = ()

        def __getattribute__(self, name: str) -> Any:
            nonlocal looks
            looks += name == "last_received"
            return super().__getattribute__(name)

    watch = IdleMonitor(lambda route: None)
    stream = CATALOG.resolve("btcusdt@trade")
    decoder = decoder_of(stream.type, Decimal)
    routes = [Counted(stream, decoder, EventQueue(), max_idle=60.0) for _ in range(1000)]
    for place, each in enumerate(routes):
        watch.start(place / 100, each)
    looks = 0
    for step in range(1000):
        now = 10.0 + step * 0.05
        for each in routes[step % 100 :: 100]:
            each.last_received = now
        watch.next_time()
        watch.check(now)
    assert looks <= 2 * len(routes)
