"""Limiting how many lines of a kind are logged, and counting the rest. Uses no clock or logger.

A flood of one kind of line would hide all other lines, and fill a disk within hours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from typing import NamedTuple

# Lines of one kind within one period.
_MOST_OF_A_KIND = 5

# Seconds of a period. It doubles for as long as the flood lasts.
_SHORTEST = 1.0
_LONGEST = 60.0

# Lines of all kinds within a second.
_MOST = 20


class Summary(NamedTuple):
    """How many lines of one kind were left out in the last ``seconds``."""

    kind: Hashable
    lines: int
    subjects: Counter[str]
    seconds: float


class _Period:
    __slots__ = ("begun", "left_out", "lines", "seconds")

    def __init__(self, begun: float, seconds: float = _SHORTEST) -> None:
        self.begun = begun
        self.seconds = seconds
        self.lines: Counter[str] = Counter()
        self.left_out: Counter[str] = Counter()

    @property
    def end(self) -> float:
        return self.begun + self.seconds


class LogLimiter:
    """Admits the first few lines of each kind, and counts those that follow too soon."""

    def __init__(self) -> None:
        self._periods: dict[Hashable, _Period] = {}
        self._second = 0.0
        self._in_second = 0

    def admit(
        self,
        now: float,
        kind: Hashable,
        subject: str,
        is_vital: bool = False,
        is_long: bool = False,
    ) -> bool:
        """Return whether to log a line of this kind now; otherwise call ``leave_out``.

        A vital line is admitted however many lines of other kinds there are. For long lines, such
        as those with a traceback, one about each subject is enough.
        """
        period = self._periods.get(kind)
        if period is None or (now >= period.end and not period.left_out):
            period = self._periods[kind] = _Period(now)
        if now >= self._second + 1.0:
            self._second, self._in_second = now, 0
        lines = period.lines
        if (
            now >= period.end  # its summary comes first
            or lines.total() >= _MOST_OF_A_KIND
            or (is_long and subject in lines)
            or (self._in_second >= _MOST and not is_vital)
        ):
            return False
        self._in_second += 1
        lines[subject] += 1
        return True

    def leave_out(self, now: float, kind: Hashable, subject: str) -> bool:
        """Count a line; return whether it is the first of its kind in this period."""
        left_out = self._periods.setdefault(kind, _Period(now)).left_out
        is_first = not left_out
        left_out[subject] += 1
        return is_first

    def next_time(self) -> float | None:
        """Return when the next summary is due, or None if nothing has been left out."""
        ends = (period.end for period in self._periods.values() if period.left_out)
        return min(ends, default=None)

    def summaries(self, now: float, is_last: bool = False) -> list[Summary]:
        """Return summaries of the periods that have ended, or of all if these are the last."""
        found = []
        for kind, period in list(self._periods.items()):
            if now < period.end and not is_last:
                continue
            if not period.left_out:
                del self._periods[kind]
                continue
            left_out = period.left_out
            found.append(Summary(kind, left_out.total(), left_out, now - period.begun))
            self._periods[kind] = _Period(now, min(2 * period.seconds, _LONGEST))
        return found
