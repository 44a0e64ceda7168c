"""Whatever is cut, skipped, repeated or late: with REST everything comes once, in order.

Without REST, the gaps cover exactly what is missing.
"""

from __future__ import annotations

import random
from typing import Any

import pytest

from binance_streams import Gap, Notice
from binance_streams_runtime.protocol.rest import RestFailure
from tests.support.fill_feeds import AggTrades, BlockTrades, Candles, Feed, Trades
from tests.support.fill_world import FillWorld, numbers, waiting

KINDS: list[type[Trades] | type[Candles]] = [Trades, AggTrades, BlockTrades, Candles]
FAILURES = [
    RestFailure("503 Service Unavailable", 503),
    RestFailure("429 Too Many Requests", 429, -1003, retry_after=3.0),
    RestFailure("418 I'm a teapot", 418, -1003, retry_after=30.0),
    RestFailure("the answer is HTML", 200),
]
_SEEDS = 10
_STEPS = 40
_MOST_OLD = 4
"""Old events in a row: more of them would say that the numbering restarts."""


class Course:
    """One seed's course of a stream."""

    def __init__(self, seed: int, kind: type[Trades] | type[Candles], **options: Any) -> None:
        self.chance = chance = random.Random(seed)
        self.feed: Feed = kind() if kind is not BlockTrades else BlockTrades(seed=seed)
        self.world = FillWorld(self.feed, **options)
        self.world.latency = lambda: chance.choice([0.0, 0.02, 0.3, 3.0])
        self.route = self.world.follow(self.feed, maxsize=1 << 20)
        self.late: list[bytes] = []
        self.recent: list[bytes] = []

    def run(self) -> None:
        for _ in range(_STEPS):
            kinds = [self.send, self.send, self.cut, self.repeat, self.wait]
            if self.feed.shows_what_is_missing:
                kinds += [self.skip, self.skip, self.be_late]
            self.chance.choice(kinds)()
        self.send()
        self.wait()

    def publish(self) -> bytes:
        if isinstance(self.feed, Candles):
            data = self.feed.publish(self.world.now, self.chance.random() < 0.5)
            if not self.feed.count and self.chance.random() < 0.2:
                self.feed.halt(self.chance.choice([1, 5]))
            return data
        return self.feed.publish(self.world.now)

    def send(self) -> None:
        for _ in range(self.chance.choice([1, 2, 5])):
            data = self.publish()
            if self.world.deliver(data):
                self.recent = [*self.recent[-_MOST_OLD:], data]
            self.world.run(self.chance.choice([0.0, 0.01]))

    def skip(self) -> None:
        for _ in range(self.chance.choice([1, 2, 7])):
            self.late = [*self.late[-_MOST_OLD:], self.publish()]

    def cut(self) -> None:
        self.world.cut()
        for _ in range(self.chance.choice([0, 1, 5])):
            self.publish()
            self.world.run(self.chance.choice([0.0, 0.2]))

    def repeat(self) -> None:
        self._deliver_old(self.recent)

    def be_late(self) -> None:
        self._deliver_old(self.late)

    def _deliver_old(self, old: list[bytes]) -> None:
        if old:
            for data in self.chance.choices(old, k=self.chance.randrange(1, _MOST_OLD)):
                self.world.deliver(data)
            self.send()

    def wait(self) -> None:
        self.world.run(self.chance.choice([0.01, 0.3, 2.0, 10.0]))


def live_with_rest(seed: int, kind: type[Trades] | type[Candles]) -> None:
    course = Course(seed, kind, fill_timeout=10_000.0)
    world, chance = course.world, course.chance
    world.lag = chance.choice([0.0, 0.0, 0.5, 8.0])
    is_failing = chance.choice([0.0, 0.3, 0.8])
    world.failure = lambda: chance.choice(FAILURES) if chance.random() < is_failing else None
    course.run()
    world.failure = lambda: None
    world.lag = 0.0
    world.run(30)
    course.send()
    world.run(60)
    got = numbers(course.feed, course.route)
    last = course.feed.last_number
    assert got == course.feed.expected(_first(course), last)
    assert not [notice for notice in world.said if isinstance(notice, Gap)]
    assert not course.route.filling.is_holding  # type: ignore[union-attr]


def _first(course: Course) -> int:
    """The number of the first event that came, of whatever kind."""
    feed = course.feed
    return next(
        feed.number_of(item) for item in waiting(course.route) if not isinstance(item, Notice)
    )


@pytest.mark.parametrize("kind", KINDS)
def test_with_rest_everything_comes_once_and_in_order(kind: type[Trades] | type[Candles]) -> None:
    for seed in range(_SEEDS):
        try:
            live_with_rest(seed, kind)
        except AssertionError as failure:
            raise AssertionError(f"live_with_rest({seed}, {kind.__name__})") from failure


def live_without_rest(seed: int, kind: type[Trades]) -> None:
    course = Course(seed, kind, fill_timeout=5.0)
    course.world.failure = lambda: course.chance.choice(FAILURES)
    course.run()
    course.world.run(60)
    course.send()
    course.world.run(60)
    due: int | None = None
    missing: set[int] = set()
    for item in waiting(course.route):
        if isinstance(item, Gap):
            assert item.first_missing == due
            assert item.first_missing is not None
            assert item.last_missing is not None
            missing.update(range(item.first_missing, item.last_missing + 1))
            due = item.last_missing + 1
        elif not isinstance(item, Notice):
            number = course.feed.number_of(item)
            if number in missing:
                missing.remove(number)
                continue
            assert due in (None, number)
            due = number + 1
    assert due == course.feed.last_number + 1


@pytest.mark.parametrize("kind", [Trades, AggTrades])
def test_without_rest_gaps_cover_exactly_what_is_missing(kind: type[Trades]) -> None:
    for seed in range(_SEEDS):
        try:
            live_without_rest(seed, kind)
        except AssertionError as failure:
            raise AssertionError(f"live_without_rest({seed}, {kind.__name__})") from failure
