"""What a route notes of its events, with a clock of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

from binance_streams import CATALOG, Gap, Late, Notice
from binance_streams_runtime.events.decoding import decoder_of
from binance_streams_runtime.events.delivery import Delivery
from binance_streams_runtime.events.mailbox import Mailbox
from binance_streams_runtime.events.route import Route
from binance_streams_runtime.events.router import Router
from binance_streams_runtime.events.silence import SilenceWatch
from tests.runtime.wire import wrapped

STREAM = CATALOG.resolve("btcusdt@trade")


class Feed:
    """One stream of trades, from the message to the queue."""

    def __init__(self, unix_time: Callable[[float], float] = lambda moment: moment) -> None:
        self.notices: list[Notice] = []
        self.router = Router("serverShutdown", self.notices.append)
        self.delivery = Delivery(
            self.router,
            Mailbox(),
            client_takes=False,
            tell=self.notices.append,
            on_overflow=lambda route, error: None,
            unix_time=unix_time,
        )
        self.route = Route(STREAM, decoder_of(STREAM.type, str), Mailbox(), max_silence=10.0)
        self.delivery.add(self.route)

    def receive(self, now: float, *ids: int) -> None:
        messages = [
            wrapped(
                STREAM.name,
                f'{{"e":"trade","E":{id},"s":"BTCUSDT","t":{id},"p":"1","q":"1","T":{id},'
                '"m":true,"M":true}',
            ).encode()
            for id in ids
        ]
        self.router.take(list(messages), [])
        self.delivery.flush(now)


def test_a_gap_ends_after_it_began_whatever_the_wall_clock_does() -> None:
    looks = count()
    feed = Feed(lambda moment: moment + 1e9 - 3600 * next(looks))
    feed.receive(1.0, 1)
    feed.receive(3.0, 5)
    (gap,) = feed.notices
    assert isinstance(gap, Gap)
    assert gap.since is not None
    assert gap.until is not None
    assert gap.until - gap.since == pytest.approx(2.0)


def test_events_that_come_again_are_no_sign_of_life() -> None:
    feed = Feed()
    silent: list[Route] = []
    watch = SilenceWatch(silent.append)
    watch.listen(0.0, feed.route)
    for now in range(1, 31):
        feed.receive(float(now), 7)
        watch.check(float(now))
    assert silent == [feed.route] * 2
    assert feed.route.last_received == 1.0
    assert (feed.route.messages, feed.route.repeated) == (30, 29)


def test_late_events_are_counted() -> None:
    feed = Feed()
    feed.receive(1.0, 1, 4, 2, 3, 5)
    assert [type(notice) for notice in feed.notices] == [Gap, Late, Late]
    assert (feed.route.gaps, feed.route.missing, feed.route.late) == (1, 2, 2)
