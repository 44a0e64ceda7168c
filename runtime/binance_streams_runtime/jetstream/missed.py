"""What no collector had of the streams that a client reads, as far as it is known."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from binance_streams_runtime.messaging.coverage import Coverage, Missed
from binance_streams_runtime.messaging.log_notices import decode_notice

# How many interruptions of a stream are remembered for who subscribes to it later.
_MOST = 1000


class MissedByAll:
    """The interruptions of all streams, from the notices of their collectors."""

    def __init__(self) -> None:
        self.unix_time: Callable[[float], float] = lambda now: now
        """Converts times of the engine to Unix time."""
        self._coverage = Coverage()
        self._by_stream: dict[str, list[Missed]] = {}
        # While the past is read, nobody is silent only because they say no more.
        self._is_read = False

    def of(self, name: str) -> list[Missed]:
        """Return the interruptions of a stream that are known."""
        return [*self._by_stream.get(name, ())]

    def take(self, payloads: Iterable[bytes], is_last: bool) -> list[Missed]:
        """Take notices; return what is known now. ``is_last`` if the log has no others."""
        self._is_read = is_last
        found: list[Missed] = []
        for payload in payloads:
            notice = decode_notice(payload)
            if notice is not None:
                found += self._coverage.take(notice)
        return self._keep(found)

    def check(self, now: float) -> list[Missed]:
        """Return what is missing because collectors have fallen silent."""
        if not self._is_read:
            return []
        return self._keep(self._coverage.check(self.unix_time(now) * 1e9))

    def next_time(self, now: float) -> float:
        """Return when to call ``check``; infinite for never."""
        due = self._coverage.next_time()
        if due == math.inf or not self._is_read:
            return math.inf
        return now + max(0.0, due / 1e9 - self.unix_time(now))

    def _keep(self, found: list[Missed]) -> list[Missed]:
        for missed in found:
            kept = self._by_stream.setdefault(missed.stream, [])
            kept.append(missed)
            kept.sort(key=lambda one: one.until)
            del kept[:-_MOST]
        return found


def describe(missed: Missed) -> str:
    """Say what is missing, for a notice."""
    begin, end = (
        datetime.fromtimestamp(at / 1e9, UTC).isoformat(timespec="milliseconds").partition("+")[0]
        for at in (missed.since, missed.until)
    )
    return f"no collector had it from {begin} to {end} UTC ({missed.reason})"
