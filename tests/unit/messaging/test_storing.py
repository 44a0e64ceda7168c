"""Whether a missing message may still come, by what collectors say about what they have stored."""

from __future__ import annotations

import math
import random
from typing import NamedTuple

import pytest

from binance_streams_runtime.catalog.streams import Step
from binance_streams_runtime.messaging.log_notices import (
    Alive,
    Closed,
    Collecting,
    LogGap,
    LogNotice,
)
from binance_streams_runtime.messaging.reordering import Logged, reordering_for
from binance_streams_runtime.messaging.storing import Stored

NAME = "btcusdt@trade"
SECOND = 1_000_000_000
WINDOW = 0.2
SILENCE = 20.0


def collecting(at: float, by: str = "a", session: str = "1") -> Collecting:
    return Collecting(
        collector=by, session=session, number=1, at=round(at * SECOND), streams=(NAME,)
    )


def alive(at: float, stored_until: float, by: str = "a", session: str = "1") -> Alive:
    return Alive(
        collector=by, session=session, number=1, at=round(at * SECOND), streams=(NAME,),
        interval=5.0, stored_until=round(stored_until * SECOND), pending=0,
    )  # fmt: skip


def closed(at: float) -> Closed:
    return Closed(collector="a", session="1", number=1, at=round(at * SECOND))


def gap(at: float, first: int | None, last: int | None, key: str | None = None) -> LogGap:
    return LogGap(
        collector="a", session="1", number=1, at=round(at * SECOND), stream=NAME, key=key,
        first_missing=first, last_missing=last, since=None, until=None, reason="cut",
    )  # fmt: skip


def stored(*notices: LogNotice, delay: float = 0.0) -> Stored:
    """What is known after these notices, which the log took so long after they were made."""
    found = Stored()
    for notice in notices:
        found.take(notice, notice.at / SECOND + delay)
    return found


def test_without_notices_nothing_may_come() -> None:
    assert stored().may_come(NAME, 5, 5, 100.0) == -math.inf


def test_what_has_not_been_stored_may_come() -> None:
    found = stored(collecting(1), alive(98, 95))
    assert found.may_come(NAME, 5, 5, 100.0) == 98 + SILENCE


def test_what_was_stored_when_it_was_said_cannot_come() -> None:
    found = stored(collecting(1), alive(98, 98), alive(103, 103), delay=1.0)
    assert found.may_come(NAME, 5, 5, 100.0) == 104


def test_the_last_one_of_all_collectors_counts() -> None:
    found = stored(collecting(1), collecting(1, "b"), alive(103, 103), alive(104, 90, "b"))
    assert found.may_come(NAME, 5, 5, 100.0) == 104 + SILENCE


def test_a_collector_of_other_streams_is_not_waited_for() -> None:
    found = stored(collecting(1))
    assert found.may_come("ethusdt@trade", 5, 5, 100.0) == -math.inf


def test_who_begins_later_cannot_have_it() -> None:
    assert stored(collecting(101)).may_come(NAME, 5, 5, 100.0) == -math.inf


def test_who_says_that_it_missed_it_is_not_waited_for() -> None:
    found = stored(collecting(1), gap(99, 4, 6))
    assert found.may_come(NAME, 5, 6, 100.0) == -math.inf
    assert found.may_come(NAME, 5, 7, 100.0) == 99 + SILENCE


@pytest.mark.parametrize("said", [gap(99, None, None), gap(99, 4, 6, key="BTCUSDT")])
def test_a_gap_without_ids_of_the_stream_says_nothing(said: LogGap) -> None:
    assert stored(collecting(1), said).may_come(NAME, 5, 6, 100.0) == 99 + SILENCE


def test_who_has_ended_in_order_has_stored_everything() -> None:
    assert stored(collecting(1), closed(99)).may_come(NAME, 5, 5, 100.0) == 99


def test_another_start_of_a_collector_does_not_speak_for_the_one_before() -> None:
    """What that one had sent may still be on its way."""
    found = stored(collecting(1), alive(98, 98), collecting(101, session="2"))
    assert found.may_come(NAME, 5, 5, 100.0) == 98 + SILENCE


def test_a_clock_that_is_ahead_says_not_more_than_the_log_knows() -> None:
    found = Stored()
    found.take(collecting(1), 1.0)
    found.take(alive(105, 105), 95.0)
    found.take(alive(115, 115), 105.0)
    assert found.may_come(NAME, 5, 5, 100.0) == 105.0


def test_in_the_past_as_well_a_long_silence_is_the_end() -> None:
    others = (alive(at, at, "b") for at in range(100, 500, 5))
    found = stored(collecting(1), alive(98, 98), *others, alive(500, 500))
    assert found.may_come(NAME, 5, 5, 100.0) == 98 + SILENCE


def test_the_past_before_the_first_notice_is_not_waited_for() -> None:
    others = (alive(at, at, "b") for at in range(1, 500, 5))
    found = stored(collecting(1), *others, alive(500, 500))
    assert found.may_come(NAME, 5, 5, 100.0) == 100 + SILENCE


def test_while_the_log_was_down_nobody_was_silent() -> None:
    found = stored(collecting(1), collecting(1, "b"), alive(98, 98), alive(98, 98, "b"))
    assert found.may_come(NAME, 5, 5, 160.0) == 160 + SILENCE
    found.take(alive(162, 162, "b"), 162.0)
    assert found.may_come(NAME, 5, 5, 160.0) == 162 + SILENCE
    found.take(alive(163, 163), 163.0)
    assert found.may_come(NAME, 5, 5, 160.0) == 163


def test_only_so_much_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    module = "binance_streams_runtime.messaging.storing"
    monkeypatch.setattr(f"{module}._MOST_NOTICES", 8)
    monkeypatch.setattr(f"{module}._MOST_SESSIONS", 2)
    sessions = [str(number) for number in range(3)]
    found = stored(*(alive(5 * n, 5 * n, session=one) for one in sessions for n in range(1, 30)))
    assert list(found._sessions["a"]) == sessions[1:]
    assert len(found._sessions["a"]["2"].taken) <= 8


class Entry(NamedTuple):
    """Something that a log takes."""

    time: float
    id: int
    """0 for a notice."""
    collector: str
    notice: LogNotice | None = None


class Collector:
    """Receives the ids of a stream, and stores them over a way that is delayed at times."""

    def __init__(self, name: str, draw: random.Random, ids: dict[int, float], end: float) -> None:
        self.entries: list[Entry] = []
        self._draw = draw
        # From when to when nothing is stored, of each part of the log.
        self._delays = [self._spans(end), self._spans(end)]
        missing: set[int] = set()
        for _ in range(draw.randrange(2, 7)):
            first = draw.randrange(2, len(ids))
            missing.update(range(first, first + draw.randrange(150)))
        killed = draw.uniform(0, end) if draw.random() < 0.4 else math.inf
        self._run(name, "1", {id: at for id, at in ids.items() if id not in missing}, 0, killed)
        if killed < end:
            begin = killed + draw.uniform(1, 5)
            rest = {id: at for id, at in ids.items() if id not in missing and at > begin}
            self._run(name, "2", rest, begin, math.inf)

    def _spans(self, end: float) -> list[tuple[float, float]]:
        starts = [self._draw.uniform(0, end) for _ in range(self._draw.randrange(1, 5))]
        return [(start, start + self._draw.uniform(0, 9)) for start in starts]

    def _run(
        self, name: str, session: str, ids: dict[int, float], begin: float, killed: float
    ) -> None:
        """Work from ``begin`` on; what is not stored when it is killed is lost."""
        latency = self._draw.uniform(0.0, 0.1)
        received = {id: at + latency for id, at in ids.items()}
        stored = self._way(0, list(received.values()), killed)
        self.entries += [
            Entry(at, id, name) for id, at in zip(received, stored, strict=True) if at < math.inf
        ]
        said: list[LogNotice] = [collecting(begin, name, session)]
        at = begin + 5.0
        while at < min(killed, 200.0):
            pairs = zip(received.values(), stored, strict=True)
            oldest = min((one for one, done in pairs if one <= at < done), default=at)
            said.append(alive(at, oldest, name, session))
            at += 5.0
        times = self._way(1, [one.at / SECOND for one in said], killed)
        self.entries += [
            Entry(at, 0, name, one) for one, at in zip(said, times, strict=True) if at < math.inf
        ]

    def _way(self, part: int, made: list[float], killed: float) -> list[float]:
        """Return when what was made at these times is stored."""
        times: list[float] = []
        last = 0.0
        for at in made:
            last = max(last, at + self._draw.uniform(0.0, 0.01))
            for start, end in self._delays[part]:
                if start <= last < end:
                    last = end
            times.append(last if last < killed else math.inf)
        return times


@pytest.mark.parametrize("is_live", [True, False])
@pytest.mark.parametrize("seed", range(15))
def test_drawn_troubles_are_waited_for(seed: int, is_live: bool) -> None:
    """Collectors are delayed, killed, cut: what is in the log is delivered, in order, each once."""
    draw = random.Random(seed)
    end = 90.0
    ids = {id: id * end / 600 for id in range(1, 601)}
    missed = draw.randrange(20, 500)
    for id in range(missed, missed + draw.randrange(1, 30)):
        del ids[id]
    collectors = [Collector(name, draw, ids, end) for name in "abc"]
    entries = [one for collector in collectors for one in collector.entries]
    entries.sort(key=lambda one: one.time)
    known = Stored()
    if not is_live:
        for entry in entries:
            if entry.notice is not None:
                known.take(entry.notice, entry.time)
    reordering = reordering_for(
        Step("id"), WINDOW, 1, may_come=lambda *about: known.may_come(NAME, *about)
    )
    written: set[int] = set()
    delivered: list[int | None] = []
    for number, entry in enumerate(entries):
        found = reordering.expire(entry.time - 0.05, 0.5) if is_live else []
        if entry.notice is not None:
            if is_live:
                known.take(entry.notice, entry.time)
        elif entry.id not in written:
            written.add(entry.id)
            id = entry.id
            found += reordering.push(Logged(number, entry.time, id, id, entry.collector, id))
        delivered += [one.message.first for one in found]
    delivered += [one.message.first for one in reordering.expire(1e6)]
    assert delivered == sorted(written)
    assert reordering.repeated == 0
