"""Unix time from a monotonic clock, by an offset that stays the same unless a clock was set."""

from __future__ import annotations

from collections.abc import Callable

# Nanoseconds by which the wall clock may move against the monotonic one before that counts.
_MOST_OFF = 1_000_000

# Seconds between two looks at the clocks while a recording says what the offset is.
_LOOK_EVERY = 1.0


def nanoseconds(moment: float) -> int:
    """Return the whole nanoseconds that are ``moment`` again if they are divided by 1e9."""
    nearest = round(moment * 1e9)
    # The product of two numbers is rounded, which counts after weeks of uptime.
    for number in (nearest, nearest - 1, nearest + 1, nearest - 2, nearest + 2):
        if number / 1e9 == moment:
            return number
    return nearest


class UnixClock:
    """Converts times of the monotonic clock, in seconds, to Unix time."""

    def __init__(self, measure: Callable[[], int]) -> None:
        """``measure`` returns Unix time minus monotonic time at this moment, in nanoseconds."""
        self._measure = measure
        self.offset: int = measure()
        """Nanoseconds to add to monotonic time for Unix time."""
        self.is_kept: bool = False
        """Whether only ``look`` corrects the offset, as a recording says what it is."""
        self._look_at = 0.0

    def __call__(self, moment: float) -> float:
        if not self.is_kept:
            self._correct()
        return moment + self.offset / 1e9

    def nanoseconds(self, moment: float) -> int:
        """Return the Unix time of a moment in whole nanoseconds."""
        if not self.is_kept:
            self._correct()
        return nanoseconds(moment) + self.offset

    def look(self, now: float) -> bool:
        """Correct the offset if it is wrong, at most once a second; return whether it was."""
        if now < self._look_at:
            return False
        self._look_at = now + _LOOK_EVERY
        return self._correct()

    def _correct(self) -> bool:
        offset = self._measure()
        is_wrong = abs(offset - self.offset) > _MOST_OFF
        if is_wrong:
            self.offset = offset
        return is_wrong
