"""What no collector of a log had, from their notices."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from binance_streams_runtime.messaging.coverage import Coverage, Missed
from binance_streams_runtime.messaging.log_notices import (
    Alive,
    Closed,
    Collecting,
    Interrupted,
    LogGap,
    LogNotice,
    NotStored,
    Refused,
    Stopped,
)

NAME = "btcusdt@bookTicker"
SECOND = 1_000_000_000


class Collector:
    """What one collector says, at times in seconds."""

    def __init__(self, name: str, session: str = "1") -> None:
        self.name = name
        self.session = session
        self._numbers: Iterator[int] = count(1)

    def say(self, kind: Callable[..., LogNotice], at: float, **others: object) -> LogNotice:
        return kind(
            collector=self.name,
            session=self.session,
            number=next(self._numbers),
            at=round(at * SECOND),
            **others,
        )

    def collecting(self, at: float) -> LogNotice:
        return self.say(Collecting, at, streams=(NAME,))

    def interrupted(self, at: float, since: float) -> LogNotice:
        return self.say(Interrupted, at, streams=(NAME,), since=round(since * SECOND), reason="cut")

    def alive(self, at: float, streams: tuple[str, ...] = (NAME,)) -> LogNotice:
        until = round(at * SECOND)
        return self.say(Alive, at, streams=streams, interval=5.0, stored_until=until, pending=0)


def take(coverage: Coverage, notice: LogNotice) -> list[Missed]:
    """Take a notice that the log has at once."""
    return coverage.take(notice, notice.at)


def taken(coverage: Coverage, *notices: LogNotice) -> list[tuple[float, float]]:
    return spans([one for notice in notices for one in take(coverage, notice)])


def spans(missed: list[Missed]) -> list[tuple[float, float]]:
    return [(one.since / SECOND, one.until / SECOND) for one in missed]


def test_the_only_collector_was_interrupted() -> None:
    a, coverage = Collector("a"), Coverage()
    assert taken(coverage, a.collecting(1), a.interrupted(5, 4)) == []
    assert take(coverage, a.collecting(6)) == [Missed(NAME, 4 * SECOND, 6 * SECOND, "a: cut")]


def test_another_collector_had_it() -> None:
    a, b, coverage = Collector("a"), Collector("b"), Coverage()
    notices = (a.collecting(1), b.collecting(1), a.interrupted(5, 4), a.collecting(6))
    assert taken(coverage, *notices) == []


def test_only_what_both_missed_is_missing() -> None:
    a, b, coverage = Collector("a"), Collector("b"), Coverage()
    assert taken(coverage, a.collecting(1), b.collecting(1)) == []
    assert taken(coverage, a.interrupted(5, 4), b.interrupted(6, 5)) == []
    assert taken(coverage, a.collecting(7), b.collecting(8)) == [(5, 7)]


def test_what_nobody_had_before_the_first_one_is_not_missing() -> None:
    a, b, coverage = Collector("a"), Collector("b"), Coverage()
    assert taken(coverage, a.collecting(9), b.collecting(20)) == []


def test_a_collector_that_was_killed_had_it_until_it_last_said_so() -> None:
    a, coverage = Collector("a"), Coverage()
    assert taken(coverage, a.collecting(1), a.alive(6)) == []
    assert taken(coverage, Collector("a", "2").collecting(30)) == [(6, 30)]


def test_a_collector_that_falls_silent_is_gone() -> None:
    a, b, coverage = Collector("a"), Collector("b"), Coverage()
    notices = (a.collecting(1), b.collecting(1), a.alive(5), b.alive(6))
    assert taken(coverage, *notices) == []
    assert taken(coverage, b.interrupted(11, 10), b.collecting(12)) == []
    assert coverage.next_time() == 20 * SECOND
    assert coverage.check(19 * SECOND) == []
    assert spans(coverage.check(20 * SECOND)) == [(10, 12)]


def test_a_collector_whose_clock_is_wrong_is_not_silent() -> None:
    for behind in (60, -60):
        a, coverage = Collector("a"), Coverage()
        for at in range(0, 100, 5):
            assert coverage.take(a.alive(at - behind), at * SECOND) == []
            assert coverage.check((at + 4) * SECOND) == []
        assert coverage.next_time() == (95 + 15) * SECOND


def test_nobody_is_silent_while_the_log_is() -> None:
    """Servers were down, or the reader stood still: what collectors said comes afterwards."""
    a, b, coverage = Collector("a"), Collector("b"), Coverage()
    taken(coverage, a.alive(5), b.alive(6))
    assert coverage.check(40 * SECOND) == []
    assert coverage.next_time() > 40 * SECOND
    for at in (10, 15, 20, 25, 30, 35, 40):
        assert coverage.take(a.alive(at), 41 * SECOND) == []
    for at in (11, 16, 21, 26, 31, 36, 41):
        assert coverage.take(b.alive(at), 45 * SECOND) == []
    assert coverage.check(46 * SECOND) == []


def test_who_does_not_come_back_with_the_log_is_gone() -> None:
    a, b, coverage = Collector("a"), Collector("b"), Coverage()
    taken(coverage, a.alive(5), b.alive(6), b.interrupted(8, 7), b.collecting(9))
    for at in (41, 46, 51):
        assert coverage.take(b.alive(at), at * SECOND) == []
    assert spans(coverage.check(56 * SECOND)) == [(7, 9)]


def test_what_was_received_and_not_stored_is_missing() -> None:
    a, coverage = Collector("a"), Coverage()
    not_stored = a.say(Collecting, 1, streams=(NAME,))
    assert taken(coverage, not_stored) == []
    notice = a.say(
        NotStored, 9, stream=NAME, count=3, first_id="x", last_id="y", reason="full",
        since=4 * SECOND, until=6 * SECOND,
    )  # fmt: skip
    assert taken(coverage, notice) == [(4, 6)]


def test_a_gap_of_the_only_collector_is_missing() -> None:
    a, coverage = Collector("a"), Coverage()
    gap = {"stream": NAME, "first_missing": None, "last_missing": None, "reason": "handover"}
    take(coverage, a.collecting(1))
    notice = a.say(LogGap, 9, **gap, since=4 * SECOND, until=5 * SECOND)
    assert taken(coverage, notice) == [(4, 5)]


def test_an_interruption_that_began_earlier_is_not_another_one() -> None:
    """A collector reports when its connection was lost, and later what it missed before that."""
    a, coverage = Collector("a"), Coverage()
    gap = {"stream": NAME, "first_missing": None, "last_missing": None, "reason": "cut"}
    assert taken(coverage, a.collecting(1), a.interrupted(5, 5), a.collecting(7)) == [(5, 7)]
    notice = a.say(LogGap, 9, **gap, since=4 * SECOND, until=7 * SECOND)
    assert taken(coverage, notice) == []


def test_a_collector_that_stops_hands_over() -> None:
    a, b, coverage = Collector("a"), Collector("b"), Coverage()
    notices = (a.collecting(1), b.collecting(4), a.say(Stopped, 5, streams=(NAME,)))
    assert taken(coverage, *notices, b.collecting(6), b.interrupted(8, 7)) == []
    assert taken(coverage, b.collecting(9)) == [(7, 9)]


def test_a_collector_that_is_closed_has_it_until_then() -> None:
    a, coverage = Collector("a"), Coverage()
    assert taken(coverage, a.collecting(1), a.say(Closed, 8)) == []
    assert taken(coverage, Collector("a", "2").collecting(9)) == [(8, 9)]


def test_a_lost_notice_may_have_said_that_something_is_missing() -> None:
    a, coverage = Collector("a"), Coverage()
    taken(coverage, a.collecting(1), a.alive(5))
    a.interrupted(7, 6)
    assert taken(coverage, a.alive(10)) == [(5, 10)]


def test_a_notice_that_comes_twice_changes_nothing() -> None:
    a, coverage = Collector("a"), Coverage()
    first, cut = a.collecting(1), a.interrupted(5, 4)
    assert taken(coverage, first, cut, first, a.collecting(6)) == [(4, 6)]


@pytest.mark.parametrize("seed", range(40))
def test_drawn_interruptions(seed: int) -> None:
    """What is reported is exactly what no collector had, each moment once."""
    draw = random.Random(seed)
    coverage = Coverage()
    events: list[tuple[float, LogNotice]] = []
    has = {name: [False] * 200 for name in "abc"}
    for name in "abc":
        collector, at = Collector(name), draw.randrange(1, 10)
        while at < 200:
            end = at + draw.randrange(1, 60)
            events.append((at, collector.collecting(at)))
            for moment in range(at, min(end, 200)):
                has[name][moment] = True
            if end >= 200:
                break
            said = end + draw.randrange(1, 5)
            events.append((said, collector.interrupted(said, end)))
            at = said + draw.randrange(1, 20)
    reported = [0] * 200
    for _, notice in sorted(events, key=lambda event: event[0]):
        for since, until in taken(coverage, notice):
            for moment in range(round(since), round(until)):
                reported[moment] += 1
    anybody = [any(has[name][moment] for name in "abc") for moment in range(200)]
    first, last = anybody.index(True), 199 - anybody[::-1].index(True)
    expected = [int(first < moment < last and not anybody[moment]) for moment in range(200)]
    assert reported == expected


def test_a_stream_that_is_refused_is_not_had_any_more() -> None:
    a, coverage = Collector("a"), Coverage()
    assert take(coverage, a.collecting(1)) == []
    assert take(coverage, a.say(Refused, 5, stream=NAME, reason="no such stream")) == []
    missed = take(coverage, a.collecting(7))
    assert [(one.since, one.until) for one in missed] == [(5 * SECOND, 7 * SECOND)]
    assert "no such stream" in missed[0].reason


def test_a_stream_that_is_no_longer_listed_was_interrupted() -> None:
    a, coverage = Collector("a"), Coverage()
    notices = (a.collecting(1), a.alive(5, streams=()), a.alive(9))
    assert taken(coverage, *notices) == [(5, 9)]


def test_an_interruption_of_what_was_not_collected_changes_nothing() -> None:
    a, coverage = Collector("a"), Coverage()
    assert taken(coverage, a.interrupted(5, 4), a.collecting(6)) == []


def test_an_interruption_from_the_beginning_leaves_nothing() -> None:
    a, b, coverage = Collector("a"), Collector("b"), Coverage()
    notices = (b.collecting(1), b.interrupted(3, 2), a.collecting(4), a.interrupted(6, 4))
    assert taken(coverage, *notices) == [(2, 4)]
    assert taken(coverage, a.collecting(8)) == [(4, 8)]


def test_a_gap_whose_times_are_not_known_is_none() -> None:
    a, coverage = Collector("a"), Coverage()
    gap = {"stream": NAME, "first_missing": None, "last_missing": None, "reason": "handover"}
    take(coverage, a.collecting(1))
    assert taken(coverage, a.say(LogGap, 9, **gap, since=None, until=5 * SECOND)) == []


def test_what_another_one_did_not_store_of_what_it_never_had() -> None:
    a, coverage = Collector("a"), Coverage()
    notice = a.say(
        NotStored, 9, stream=NAME, count=3, first_id="x", last_id="y", reason="full",
        since=4 * SECOND, until=6 * SECOND,
    )  # fmt: skip
    assert taken(coverage, notice) == []


def test_an_unknown_kind_says_nothing() -> None:
    a, coverage = Collector("a"), Coverage()
    assert taken(coverage, a.collecting(1), a.say(LogNotice, 3)) == []


def test_what_ended_long_ago_is_forgotten() -> None:
    a, coverage = Collector("a"), Coverage()
    for begin in range(0, 100_000, 1000):
        taken(coverage, a.collecting(begin), a.interrupted(begin + 900, begin + 900))
    kept = coverage._spans[NAME]["a"]
    assert len(kept) < 5
