"""What no collector had of the streams that a client reads, as far as it is known."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime

from binance_streams_runtime.messaging.coverage import Coverage, Missed
from binance_streams_runtime.messaging.log_notices import decode_notice
from binance_streams_runtime.messaging.storing import Stored

# How many interruptions of a stream are remembered for who subscribes to it later.
_MOST = 1000


class MissedByAll:
    """The interruptions of all streams, from the notices of their collectors."""

    def __init__(self) -> None:
        self.stored: Stored = Stored()
        """Up to when collectors have stored what they received."""
        self._coverage = Coverage()
        self._by_stream: dict[str, list[Missed]] = {}
        # The log's time in nanoseconds less that of the engine, since all that was there has been
        # read. While the past is read, nobody is silent only because they say no more.
        self._offset: float | None = None

    def of(self, name: str) -> list[Missed]:
        """Return the interruptions of a stream that are known."""
        return [*self._by_stream.get(name, ())]

    def take(self, now: float, notices: Iterable[tuple[int, bytes]], is_last: bool) -> list[Missed]:
        """Take notices, each with when the log took it; return what is known now.

        ``is_last`` if the log has no others.
        """
        found: list[Missed] = []
        logged = 0
        for logged, payload in notices:
            notice = decode_notice(payload)
            if notice is not None:
                self.stored.take(notice, logged / 1e9)
                time = logged if self._offset is None else now * 1e9 + self._offset
                found += self._coverage.take(notice, time)
        if is_last and self._offset is None and logged:
            self._offset = logged - now * 1e9
        return self._keep(found)

    def check(self, now: float) -> list[Missed]:
        """Return what is missing because collectors have fallen silent."""
        if self._offset is None:
            return []
        return self._keep(self._coverage.check(now * 1e9 + self._offset))

    def next_time(self, now: float) -> float:
        """Return when to call ``check``; infinite for never."""
        if self._offset is None:
            return math.inf
        due = self._coverage.next_time()
        return due if due == math.inf else max(now, (due - self._offset) / 1e9)

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
