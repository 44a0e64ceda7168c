"""Streams that the server has confirmed and that deliver no event at all."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from binance_streams import CATALOG
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.pipeline.idle import FirstEventMonitor
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Route


def route(name: str = "btcustd@trade") -> Route:
    stream = CATALOG.resolve(name)
    return Route(stream, decoder_of(stream.type, Decimal), EventQueue())


class Watched:
    """A watch of 60 seconds, and what it has reported when."""

    def __init__(self, seconds: float | None = 60.0) -> None:
        self.reported: list[tuple[float, Route]] = []
        self.watch = FirstEventMonitor(
            seconds, lambda route: self.reported.append((self.now, route))
        )
        self.now = 0.0

    def run(self, until: float) -> None:
        """Check whenever the watch asks for it."""
        while (due := self.watch.next_time()) is not None and due <= until:
            self.now = max(self.now, due)
            self.watch.check(self.now)
        self.now = until
        self.watch.check(until)


def test_a_stream_without_any_event_is_reported_once() -> None:
    watched, silent = Watched(), route()
    watched.watch.start(5.0, silent)
    watched.run(1000.0)
    assert watched.reported == [(65.0, silent)]


def test_a_stream_that_has_spoken_is_not_reported() -> None:
    watched, speaking, unreadable = Watched(), route(), route()
    for each in (speaking, unreadable):
        watched.watch.start(0.0, each)
    speaking.messages = 1
    unreadable.undecodable = 1
    assert watched.watch.next_time() is None
    watched.run(1000.0)
    assert watched.reported == []


def test_each_stream_waits_from_its_own_confirmation() -> None:
    watched = Watched()
    routes = [route(f"s{number}@trade") for number in range(1000)]
    for number, each in enumerate(routes):
        watched.watch.start(float(number), each)
    watched.run(5000.0)
    assert watched.reported == [(60.0 + number, each) for number, each in enumerate(routes)]


def test_a_thousand_streams_cost_as_much_as_those_that_are_due() -> None:
    """The watch looks at the streams that are due and at the next one, not at all of them."""
    looks: list[Route] = []

    class Counted(Route):
        __slots__ = ()

        @property
        def has_events(self) -> bool:
            looks.append(self)
            return super().has_events

    watched = Watched()
    stream = CATALOG.resolve("btcustd@trade")
    for number in range(1000):
        counted = Counted(stream, decoder_of(stream.type, Decimal), EventQueue())
        watched.watch.start(float(number), counted)
    looks.clear()
    for moment in range(50):
        watched.run(float(moment))
    assert len(looks) <= 4 * 50


def test_a_new_confirmation_does_not_report_again() -> None:
    watched, silent = Watched(), route()
    watched.watch.start(0.0, silent)
    watched.run(100.0)
    watched.watch.interrupt(watched.now, silent)
    watched.watch.start(100.0, silent)
    watched.run(1000.0)
    assert watched.reported == [(60.0, silent)]


def test_a_stream_that_is_not_confirmed_just_now_is_not_reported() -> None:
    """The time in which it could not send anything does not count; that before does."""
    watched, silent = Watched(), route()
    watched.watch.start(0.0, silent)
    watched.run(50.0)
    watched.watch.interrupt(watched.now, silent)
    watched.run(500.0)
    assert watched.reported == []
    watched.watch.start(500.0, silent)
    watched.run(1000.0)
    assert watched.reported == [(510.0, silent)]


def test_a_server_that_is_called_dead_again_and_again_hides_nothing() -> None:
    watched, silent = Watched(), route()
    for moment in range(0, 300, 30):
        watched.watch.start(float(moment), silent)
        watched.run(moment + 29.0)
        watched.watch.interrupt(watched.now, silent)
    assert watched.reported == [(62.0, silent)]


def test_a_second_confirmation_does_not_begin_the_wait_anew() -> None:
    watched, silent = Watched(), route()
    for moment in (0.0, 30.0):
        watched.watch.start(moment, silent)
    watched.run(1000.0)
    assert watched.reported == [(60.0, silent)]


def test_a_time_in_which_nothing_was_read_does_not_count() -> None:
    watched, silent = Watched(), route()
    watched.watch.start(0.0, silent)
    watched.watch.pause()
    watched.run(500.0)
    assert watched.reported == []
    watched.watch.resume(500.0)
    watched.run(1000.0)
    assert watched.reported == [(560.0, silent)]


@pytest.mark.parametrize("leave", ["stop", "report_once"])
def test_what_has_ended_or_was_reported_elsewhere_is_not_reported(leave: str) -> None:
    watched, silent = Watched(), route()
    watched.watch.start(0.0, silent)
    getattr(watched.watch, leave)(silent)
    watched.run(1000.0)
    assert watched.reported == []


def test_without_a_limit_nothing_is_reported() -> None:
    watched = Watched(None)
    watched.watch.start(0.0, route())
    assert watched.watch.next_time() is None
    watched.run(1000.0)
    assert watched.reported == []


def test_reports_come_in_the_order_of_confirmation() -> None:
    watched, routes = Watched(), [route() for _ in range(20)]
    for each in routes:
        watched.watch.start(0.0, each)
    watched.run(60.0)
    assert [each for _, each in watched.reported] == routes
    assert all(one <= other for (one, _), (other, _) in pairwise(watched.reported))
