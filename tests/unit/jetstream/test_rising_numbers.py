"""What is said to be missing of streams whose numbers only rise, compared with what is missing."""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from typing import Any, NamedTuple

import pytest

from binance_streams_runtime.catalog.streams import Monotonic
from binance_streams_runtime.jetstream.missed import MissedByAll
from binance_streams_runtime.messaging.log_notices import (
    Alive,
    Collecting,
    Interrupted,
    LogNotice,
    encode_notice,
)
from binance_streams_runtime.messaging.reordering import Logged, reordering_for

NAME = "btcusdt@bookTicker"
SECOND = 1_000_000_000
BEGIN = 1_800_000_000
END = 150.0
LATENCY = 0.1

Span = tuple[float, float]


class Entry(NamedTuple):
    """Something that a log takes, in seconds behind ``BEGIN``."""

    time: float
    collector: str
    value: int
    """0 for a notice."""
    notice: LogNotice | None = None


class Collector:
    """Receives a stream, is cut off or killed at times, and stores over ways that are delayed."""

    def __init__(self, name: str, draw: random.Random, sent: dict[int, float]) -> None:
        self.entries: list[Entry] = []
        self.had: list[Span] = []
        """From when to when it had the stream, as far as it can have said so in the log."""
        self._name = name
        self._draw = draw
        self._delays = [self._spans(), self._spans()]
        latency = draw.uniform(0.0, LATENCY)
        received = {value: at + latency for value, at in sent.items()}
        at, session = draw.uniform(0.0, 2.0), 0
        while at < END:
            session += 1
            killed = at + draw.expovariate(1 / 80)
            self._live(str(session), at, killed, received)
            at = killed + draw.uniform(0.5, 8.0)

    def _spans(self) -> list[Span]:
        starts = [self._draw.uniform(0, END) for _ in range(self._draw.randrange(1, 5))]
        return [(start, start + self._draw.uniform(0, 9)) for start in starts]

    def _live(self, session: str, begin: float, killed: float, received: dict[int, float]) -> None:
        draw, spans = self._draw, []
        at = begin
        while at < min(killed, END):
            cut = at + draw.expovariate(1 / 30)
            spans.append((at, min(cut, killed)))
            at = cut + draw.uniform(0.2, 6.0)
        has = {
            value: time
            for value, time in received.items()
            if any(since <= time < until for since, until in spans)
        }
        times = list(has.values())
        stored = self._way(0, times, killed)
        self.entries += [
            Entry(done, self._name, value)
            for value, done in zip(has, stored, strict=True)
            if done < math.inf
        ]
        said = self._say(session, spans, killed, times, stored)
        logged = self._way(1, [one.at / SECOND - BEGIN for one in said], killed)
        pairs = zip(said, logged, strict=True)
        self.entries += [Entry(at, self._name, 0, one) for one, at in pairs if at < math.inf]
        # What it had when it died is certain up to what it said last.
        known = [one.notice for one in self.entries if one.notice and one.notice.session == session]
        certain = [one.stored_until / SECOND - BEGIN for one in known if isinstance(one, Alive)]
        last = max(certain, default=0.0) if killed < END else math.inf
        for since, until in spans:
            end = min(last, _last_before(times, until))
            if since < end:
                self.had.append((since, end))

    def _say(
        self,
        session: str,
        spans: list[Span],
        killed: float,
        times: list[float],
        stored: list[float],
    ) -> list[LogNotice]:
        moments: list[tuple[float, str]] = []
        for since, until in spans:
            moments.append((since, "begin"))
            if until < killed:
                following = next((one for one, _ in spans if one > until), math.inf)
                moments.append((min(until + self._draw.uniform(0, 3), following - 0.1), "cut"))
        moments += [(spans[0][0] + 5.0 * n, "alive") for n in range(1, 60)]
        said: list[LogNotice] = []
        has_it = False
        since = 0.0
        for at, what in sorted(moments):
            if at >= min(killed, END):
                break
            common: dict[str, Any] = {
                "collector": self._name,
                "session": session,
                "number": len(said) + 1,
                "at": round((BEGIN + at) * SECOND),
            }
            if what == "begin":
                has_it, since = True, at
                said.append(Collecting(**common, streams=(NAME,)))
            elif what == "cut":
                has_it = False
                end = next(until for begin, until in spans if begin == since)
                last = round((BEGIN + _last_before(times, end)) * SECOND)
                said.append(Interrupted(**common, streams=(NAME,), since=last, reason="cut"))
            else:
                pairs = zip(times, stored, strict=True)
                oldest = min((one for one, done in pairs if one <= at < done), default=at)
                said.append(
                    Alive(
                        **common,
                        streams=(NAME,) if has_it else (),
                        interval=5.0,
                        stored_until=round((BEGIN + oldest) * SECOND),
                        pending=0,
                    )
                )
        return said

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


def _last_before(times: list[float], end: float) -> float:
    at = bisect_right(times, end)
    return times[at - 1] if at else end


def read(entries: list[Entry], is_live: bool) -> tuple[list[int], list[Span]]:
    """Return the values that a reader gets, and from when to when it hears of a gap."""
    missed = MissedByAll()
    reordering = reordering_for(Monotonic("value"), 0.2)
    values: list[int] = []
    found = []
    for number, entry in enumerate(entries, 1):
        now = entry.time if is_live else 0.0
        if is_live:
            while missed.next_time(now) <= now:
                found += missed.check(now)
        if entry.notice is None:
            message = Logged(number, entry.time, entry.value, entry.value, entry.collector, None)
            values += [one.message.last or 0 for one in reordering.push(message)]
        else:
            logged = round((BEGIN + entry.time) * SECOND)
            found += missed.take(now, [(logged, encode_notice(entry.notice))], is_live)
    values += [one.message.last or 0 for one in reordering.expire(math.inf)]
    return values, [(one.since / SECOND - BEGIN, one.until / SECOND - BEGIN) for one in found]


@pytest.mark.parametrize("is_live", [True, False])
@pytest.mark.parametrize("seed", range(10))
def test_a_gap_is_what_all_missed(seed: int, is_live: bool) -> None:
    """What is not in the log is in a gap, and in no gap is what a collector had for certain."""
    draw = random.Random(seed)
    sent = {10 + 3 * n: 0.1 * n + draw.uniform(0.0, 0.09) for n in range(round(END * 10))}
    collectors = [Collector(name, draw, sent) for name in "ab"]
    log: list[Entry] = []
    known: set[int] = set()
    entries = [entry for one in collectors for entry in one.entries]
    for entry in sorted(entries, key=lambda entry: entry.time):
        if entry.value == 0 or entry.value not in known:
            known.add(entry.value)
            log.append(entry)
    values, gaps = read(log, is_live)
    assert sorted(values) == sorted(known - {0})
    had = [span for one in collectors for span in one.had]
    # What is missing near the end may not have been said yet.
    first, last = min(begin for begin, _ in had), END - 25.0
    for value, at in sent.items():
        if first + LATENCY < at < last and value not in known:
            assert any(since - LATENCY <= at <= until + LATENCY for since, until in gaps), at
    for since, until in gaps:
        inside = [
            (begin, end) for begin, end in had if min(end, until) - max(begin, since) > 2 * LATENCY
        ]
        assert not inside, (since, until)
