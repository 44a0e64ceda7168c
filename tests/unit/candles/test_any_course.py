"""Whatever is cut, missed or late: the window has the true candles, or says that it has not."""

from __future__ import annotations

import random
from typing import Any

import pytest

from binance_streams_runtime.protocol.rest import RestFailure
from tests.support.window_world import WindowWorld

FAILURES = [
    RestFailure("503 Service Unavailable", 503),
    RestFailure("429 Too Many Requests", 429, -1003, retry_after=3.0),
    RestFailure("the answer is HTML", 200),
]
_STEPS = 60


class Course:
    """One seed's course of a stream of candles."""

    def __init__(self, seed: int) -> None:
        self.chance = chance = random.Random(seed)
        self.count = chance.choice([1, 2, 5, 15, 60])
        self.world = world = WindowWorld(chance.choice([0, 1, 4, 30, 90]))
        world.latency = lambda: chance.choice([0.0, 0.02, 0.3, 3.0])
        world.keep(self.count, fill=chance.random() < 0.3, page=20)

    def run(self) -> None:
        for _ in range(_STEPS):
            steps = [self.send, self.send, self.miss, self.cut, self.wait, self.fail]
            self.chance.choice(steps)()
            self.judge()
        self.world.failure = lambda: None
        self.world.lag = 0.0
        self.world.run(70)
        self.world.update()
        self.world.run(70)
        assert self.world.view.is_complete, self.world.view.reason
        assert self.world.shown == self.world.truth(self.count)
        self.judge_changes()

    def publish(self) -> tuple[bytes, bool]:
        is_closed = self.chance.random() < 0.5
        data = self.world.candles.publish(self.world.now, is_closed)
        if is_closed and self.chance.random() < 0.2:
            self.world.candles.halt(self.chance.choice([1, 5]))
        return data, is_closed

    def send(self) -> None:
        for _ in range(self.chance.choice([1, 2, 5])):
            self.world.deliver(self.publish()[0])
            self.world.run(self.chance.choice([0.0, 0.01, 2.0]))
            self.judge()

    def miss(self) -> None:
        for _ in range(self.chance.choice([1, 2, 7])):
            self.publish()

    def cut(self) -> None:
        self.world.cut()
        for _ in range(self.chance.choice([0, 1, 5, 5, 45])):
            self.publish()
        self.world.run(self.chance.choice([0.0, 0.2, 1.5]))

    def wait(self) -> None:
        self.world.run(self.chance.choice([0.1, 1.0, 10.0, 70.0]))

    def fail(self) -> None:
        failure, lag = self.chance.choice([*FAILURES, None]), self.chance.choice([0.0, 0.0, 5.0])
        self.world.failure, self.world.lag = lambda: failure, lag

    def judge(self) -> None:
        """A window that calls itself complete lacks no candle before the last one that it shows."""
        shown = self.world.shown
        if not self.world.view.is_complete:
            assert self.world.view.reason
            return
        truth = self.world.truth(1 << 20)
        opens = [one[0] for one in truth]
        end = opens.index(shown[-1][0]) + 1
        # The last one is as it was when it was last seen.
        assert shown[:-1] == truth[max(end - self.count, 0) : end - 1]
        states = {(row[1], row[2][8]) for row in self.world.published}
        assert shown[-1][:2] in states
        assert not shown[-1][2] or shown[-1] == truth[end - 1]

    def judge_changes(self) -> None:
        """Each closed candle came once, in order; what is missing was said."""
        truth = self.world.truth(1 << 20)
        closed: dict[int, Any] = {opens: (opens, state, True) for opens, state, _ in truth}
        order = list(closed)
        last: tuple[int, bool] | None = None
        was_missing = False
        for change in self.world.changes:
            if change == "Gap":
                was_missing = True
                continue
            assert not isinstance(change, str), change
            opens, state, is_closed, is_new, said_closed = change
            assert is_closed == said_closed
            if is_closed:
                assert (opens, state, True) == closed[opens]
            if last is not None and not is_new:
                assert opens == last[0]
                assert not last[1], "a closed candle changed"
            elif last is not None and not was_missing:
                assert last[1], "a candle was not closed"
                assert order.index(opens) == order.index(last[0]) + 1
            elif last is not None:
                assert opens > last[0]
            last, was_missing = (opens, is_closed), False


@pytest.mark.parametrize("seed", range(12))
def test_the_window_is_right_or_says_that_it_is_not(seed: int) -> None:
    Course(seed).run()
