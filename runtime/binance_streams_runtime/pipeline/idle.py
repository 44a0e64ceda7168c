"""Detecting streams that deliver nothing for too long."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from itertools import count
from typing import Literal, get_args

from binance_streams_runtime.pipeline.route import Route

OnIdle = Literal["notice", "resubscribe", "reconnect"]
"""What the client does if a stream is idle for too long, besides a ``Stale`` notice.

``notice`` does nothing more, ``resubscribe`` unsubscribes and subscribes again, ``reconnect``
replaces the connection that carries the stream, without interrupting the other streams.
"""

ON_IDLE = get_args(OnIdle)


class IdleMonitor:
    """Reports routes that have been idle for their ``max_idle``."""

    def __init__(self, on_idle: Callable[[Route], None]) -> None:
        self._on_idle = on_idle
        self._watched: dict[Route, float] = {}
        # When to check each route next, and which routes are in the heap. Events and interruptions
        # only postpone the check, so nothing has to be done for each event.
        self._heap: list[tuple[float, int, Route]] = []
        self._queued: set[Route] = set()
        self._numbers = count()
        self.is_paused = False

    def start(self, now: float, route: Route) -> None:
        """Start the countdown: the server has confirmed the stream."""
        if route.max_idle is not None:
            self._watched[route] = now
            if route not in self._queued:
                self._push(route)

    def stop(self, route: Route) -> None:
        """Stop the countdown: the stream cannot deliver anything for now."""
        self._watched.pop(route, None)

    def pause(self) -> None:
        """Suspend all countdowns while reading is paused."""
        self.is_paused = True

    def resume(self, now: float) -> None:
        """Restart all countdowns: reading has resumed."""
        self.is_paused = False
        self._watched = dict.fromkeys(self._watched, now)

    def next_time(self) -> float | None:
        """Return when ``check`` should be called, or None for never."""
        if self.is_paused:
            return None
        while self._heap and self._heap[0][-1] not in self._watched:
            self._pop()
        return self._heap[0][0] if self._heap else None

    def check(self, now: float) -> None:
        """Report each route that is idle for too long, and restart its countdown."""
        if self.is_paused:
            return
        due = []
        while self._heap and self._heap[0][0] <= now:
            due.append(self._pop())
        idle = [route for route in due if route in self._watched and self._due(route) <= now]
        # In the order in which they were due, and not in that in which they were looked at.
        idle.sort(key=lambda route: (self._due(route), route.name))
        self._watched.update(dict.fromkeys(idle, now))
        for route in due:
            if route in self._watched:
                self._push(route)
        for route in idle:
            self._on_idle(route)

    def _push(self, route: Route) -> None:
        self._queued.add(route)
        heapq.heappush(self._heap, (self._due(route), next(self._numbers), route))

    def _pop(self) -> Route:
        route = heapq.heappop(self._heap)[-1]
        self._queued.discard(route)
        return route

    def _due(self, route: Route) -> float:
        assert route.max_idle is not None
        since = self._watched[route]
        return max(since, route.last_received or since) + route.max_idle


class FirstEventMonitor:
    """Reports, once per route, that no event came within ``seconds`` after the confirmation.

    Interruptions pause the countdown but do not restart it: the connections of a server that sends
    nothing are replaced over and over. ``seconds`` None disables it.
    """

    def __init__(self, seconds: float | None, on_idle: Callable[[Route], None]) -> None:
        self._seconds = seconds
        self._on_idle = on_idle
        self._due: dict[Route, float] = {}
        # May hold outdated entries until they reach its head.
        self._heap: list[tuple[float, int, Route]] = []
        self._numbers = count()
        # For how long interrupted streams had been confirmed.
        self._waited: dict[Route, float] = {}
        self._reported: set[Route] = set()
        self._resumed_at = -math.inf
        self._is_paused = False

    def start(self, now: float, route: Route) -> None:
        """Start or continue the countdown: the server has confirmed the stream."""
        is_known = route in self._due or route in self._reported
        if self._seconds is not None and not is_known and not route.has_events:
            self._push(route, now + self._seconds - self._waited.pop(route, 0.0))

    def interrupt(self, now: float, route: Route) -> None:
        """Pause the countdown until the server has confirmed the stream again."""
        due = self._due.pop(route, None)
        if due is not None and self._seconds is not None:
            self._waited[route] = max(0.0, self._seconds - (due - now))

    def report_once(self, route: Route) -> None:
        """Do not report the route: it has been reported elsewhere."""
        self._due.pop(route, None)
        self._reported.add(route)

    def stop(self, route: Route) -> None:
        """Forget the route: its subscription has ended."""
        self._due.pop(route, None)
        self._waited.pop(route, None)
        self._reported.discard(route)

    def pause(self) -> None:
        """Suspend all countdowns while reading is paused."""
        self._is_paused = True

    def resume(self, now: float) -> None:
        """Restart all countdowns: reading has resumed."""
        self._is_paused = False
        self._resumed_at = now

    def next_time(self) -> float | None:
        """Return when ``check`` should be called, or None for never."""
        if self._seconds is None or self._is_paused:
            return None
        while self._heap:
            due, _, route = self._heap[0]
            is_current = self._due.get(route) == due
            if is_current and not route.has_events and due >= self._resumed_at + self._seconds:
                return due
            heapq.heappop(self._heap)
            if is_current:
                del self._due[route]
                if not route.has_events:
                    self._push(route, self._resumed_at + self._seconds)
        return None

    def check(self, now: float) -> None:
        """Report each route whose countdown is over."""
        while (due := self.next_time()) is not None and due <= now:
            _, _, route = heapq.heappop(self._heap)
            self.report_once(route)
            self._on_idle(route)

    def _push(self, route: Route, due: float) -> None:
        self._due[route] = due
        heapq.heappush(self._heap, (due, next(self._numbers), route))


def no_event_yet(route: Route) -> str:
    """Say what may be wrong if a confirmed stream delivers no event at all."""
    start = "none at all since the server confirmed it"
    if route.is_account:
        return f"{start}; an account has none as long as it has no activity"
    if route.stream.is_secret:
        return f"{start}: the key may be wrong or have expired, or the account has no activity"
    symbol = route.stream.parameters.get("symbol")
    if not isinstance(symbol, str):
        return f"{start}; it confirms every name and may lack this stream"
    return (
        f"{start}; it also confirms symbols that do not exist, so {symbol.upper()} may be "
        "misspelled, halted, or without activity"
    )
