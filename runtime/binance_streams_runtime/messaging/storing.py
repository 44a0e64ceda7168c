"""Whether a missing message may still come: up to when each collector has stored what it received.

A collector whose way to the log is delayed, as while servers elect a leader, may add a message
seconds after another one added those behind it. So a message is missing for good only once each
collector that may have it has said that it has stored everything up to then, or that it missed
it, or has been silent for too long. Times are Unix times in seconds.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable

from binance_streams_runtime.messaging.log_notices import (
    Alive,
    Closed,
    Collecting,
    LogGap,
    LogNotice,
)

# After so many of its intervals without a notice, nothing more is expected of a collector. That is
# more than it takes until a collector counts as gone: while servers elect a leader, notices are
# delayed as well.
_SILENT_INTERVALS = 4
_DEFAULT_INTERVAL = 5.0

# Seconds for which nobody has said anything if the log was down. Who had to be silent then has its
# time from its end on. So many of these times are remembered.
_OUTAGE = 10.0
_MOST_OUTAGES = 100

# How many notices of a session are remembered; those of older messages wait no longer than the
# window. At the default interval, that is a week.
_MOST_NOTICES = 120_000

# How many gaps of a stream are remembered of each session, and how many sessions of each collector.
_MOST_GAPS = 64
_MOST_SESSIONS = 1000

MayCome = Callable[[int, int, float], float]
"""Returns until when ids may come; see ``Stored.may_come``."""


class _Session:
    """What one start of a collector has said."""

    def __init__(self) -> None:
        # Since when it has had each stream.
        self.begun: dict[str, float] = {}
        self.gaps: dict[str, deque[tuple[int, int]]] = {}
        # Up to when everything was stored, and when the log took the notice of that; both rise.
        self.stored_until = array("d")
        self.taken = array("d")
        self.last_taken = 0.0
        self.interval = _DEFAULT_INTERVAL
        self.is_closed = False

    def take(self, notice: LogNotice, taken: float) -> None:
        self.last_taken = max(self.last_taken, taken)
        at = notice.at / 1e9
        # A clock that is ahead says too much: it was not later than the log has it.
        since = min(at, taken)
        match notice:
            case Alive(streams=streams, interval=interval, stored_until=until):
                self.interval = interval
                for stream in streams:
                    self.begun.setdefault(stream, since)
                self._stored(since - (at - until / 1e9), taken)
            case Collecting(streams=streams):
                for stream in streams:
                    self.begun.setdefault(stream, since)
            case LogGap(stream=stream, first_missing=first, last_missing=last, key=None):
                if first is not None and last is not None:
                    self.gaps.setdefault(stream, deque(maxlen=_MOST_GAPS)).append((first, last))
            case Closed():
                self.is_closed = True
                self._stored(math.inf, taken)

    def _stored(self, until: float, taken: float) -> None:
        if self.stored_until:
            until = max(until, self.stored_until[-1])
        self.stored_until.append(until)
        self.taken.append(max(taken, self.taken[-1]) if self.taken else taken)
        if len(self.taken) > _MOST_NOTICES:
            del self.stored_until[: _MOST_NOTICES // 4]
            del self.taken[: _MOST_NOTICES // 4]

    def may_come(
        self,
        stream: str,
        first: int,
        last: int,
        until: float,
        outages: Iterable[tuple[float, float]],
    ) -> float:
        begun = self.begun.get(stream)
        if begun is None or begun > until:
            # What it received later is behind what is missing.
            return -math.inf
        for begin, end in self.gaps.get(stream, ()):
            if begin <= first and last <= end:
                return -math.inf
        at = bisect_left(self.stored_until, until)
        if at == len(self.taken):
            return self._gone_at(self.last_taken, outages)
        # The notices before the first one may be forgotten.
        before = self.taken[at - 1] if at else until
        return min(self.taken[at], self._gone_at(before, outages))

    def _gone_at(self, last: float, outages: Iterable[tuple[float, float]]) -> float:
        """Return from when on nothing is expected after a notice."""
        silence = _SILENT_INTERVALS * self.interval
        for begin, end in outages:
            if begin < last + silence and end > last:
                last = end
        return last + silence


class Stored:
    """What all collectors of a log have said about what they have stored."""

    def __init__(self) -> None:
        self._sessions: dict[str, dict[str, _Session]] = {}
        self._last_taken = math.inf
        # From when to when nobody said anything.
        self._outages: deque[tuple[float, float]] = deque(maxlen=_MOST_OUTAGES)

    def take(self, notice: LogNotice, taken: float) -> None:
        """Note what a collector says in a notice that the log took at ``taken``."""
        if taken - self._last_taken > _OUTAGE:
            self._outages.append((self._last_taken, taken))
        self._last_taken = taken
        sessions = self._sessions.setdefault(notice.collector, {})
        session = sessions.get(notice.session)
        if session is None:
            session = sessions[notice.session] = _Session()
            if len(sessions) > _MOST_SESSIONS:
                del sessions[next(iter(sessions))]
        session.take(notice, taken)

    def may_come(self, stream: str, first: int, last: int, until: float) -> float:
        """Return until when the ids ``first`` to ``last`` of a stream may come, in the log's time.

        They were received before ``until``, by whoever received them. The answer changes with
        what collectors say; it is minus infinity if no collector can have them.
        """
        outages = self._outages
        if until - self._last_taken > _OUTAGE:
            # What was said meanwhile has not come yet.
            outages = deque([*outages, (self._last_taken, until)])
        return max(
            (
                session.may_come(stream, first, last, until, outages)
                for sessions in self._sessions.values()
                for session in sessions.values()
            ),
            default=-math.inf,
        )
