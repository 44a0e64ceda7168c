"""What a tracker found: its gaps explained, its notices counted and reported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from binance_streams_runtime.notices import (
    DEFAULT_REASON,
    Duplicates,
    Filled,
    Gap,
    Late,
    Notice,
    Undecodable,
)
from binance_streams_runtime.pipeline.route import Interrupting, Route


class RouteNotices:
    """Handles what trackers found, of all routes of one client."""

    def __init__(
        self, notify: Callable[[Notice], None], unix_time: Callable[[float], float]
    ) -> None:
        self._notify = notify
        self._unix_time = unix_time

    def explain(self, now: float, route: Route, checked: list[Any]) -> list[Any]:
        """Return what was found with the causes of gaps, and note that its events have come."""
        last = route.last_received
        explained = []
        for item in checked:
            if isinstance(item, Gap):
                item = self.explain_gap(now, route, item, last)
            elif not isinstance(item, Notice):
                route.interruption = None
                route.last_received = last = now
                route.last_event = item
            explained.append(item)
        return explained

    def explain_gap(self, now: float, route: Route, gap: Gap, last: float | None) -> Gap:
        """Return the gap with its times and cause; ``last`` is when the event before it came."""
        return self._with_cause(now, gap, last, route.interruption)

    def explained(self, now: float, route: Route, checked: list[Any]) -> list[Any]:
        """Return what ``explain`` is going to return, and note nothing."""
        last, cause = route.last_received, route.interruption
        explained = []
        for item in checked:
            if isinstance(item, Gap):
                item = self._with_cause(now, item, last, cause)
            elif not isinstance(item, Notice):
                last, cause = now, None
            explained.append(item)
        return explained

    def _with_cause(
        self, now: float, gap: Gap, last: float | None, cause: Interrupting | None
    ) -> Gap:
        reason = gap.reason
        if cause is not None:
            # The tracker's own reason is kept as well.
            reason = cause.reason if reason == DEFAULT_REASON else f"{cause.reason}; {reason}"
        # Read the wall clock once for both, as it may be set in between.
        offset = self._unix_time(0.0)
        since = None if last is None else offset + last
        return msgspec.structs.replace(gap, since=since, until=offset + now, reason=reason)

    def report(self, route: Route, explained: list[Any]) -> list[Any]:
        """Count and report the notices of a tracker; return what the consumer gets."""
        kept = []
        for item in explained:
            if isinstance(item, Notice):
                self._report(route, item)
                if route.consumer != "notices":
                    continue
            kept.append(item)
        return kept

    def _report(self, route: Route, notice: Notice) -> None:
        if isinstance(notice, Gap):
            route.gaps += 1
            route.missing += notice.missing or 0
        elif isinstance(notice, Filled):
            route.filled += notice.count
        elif isinstance(notice, Duplicates):
            route.duplicates += notice.count
        elif isinstance(notice, Late):
            route.late += 1
        elif isinstance(notice, Undecodable) and route.filling is None:
            route.undecodable += 1
        else:
            # It was held in its place among the events, and was reported when it came.
            return
        # Nobody misses events of a stream that only the client observes. But ids that are missing
        # explain why an order book starts over.
        is_of_ids = isinstance(notice, Gap) and notice.missing is not None
        if route.is_used or is_of_ids:
            self._notify(notice)
