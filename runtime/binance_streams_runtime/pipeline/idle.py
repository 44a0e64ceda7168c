"""Streams that their user expects to speak."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from itertools import count
from typing import Literal, get_args

from binance_streams_runtime.pipeline.route import Route

OnIdle = Literal["notice", "resubscribe", "reconnect"]
"""What follows where a stream is silent for too long, besides a ``Stale`` notice.

``notice`` is nothing more, ``resubscribe`` unsubscribes and subscribes again, ``reconnect`` puts a
new connection in the place of the one that carries the stream, without interrupting the others.
"""

ON_IDLE = get_args(OnIdle)


class IdleMonitor:
    """Tells which of the routes with a ``max_idle`` have been silent for that long."""

    def __init__(self, on_idle: Callable[[Route], None]) -> None:
        self._on_idle = on_idle
        self._watched: dict[Route, float] = {}
        # When to look at each route next, and the routes for which that is planned. Events and
        # interruptions only make it later, so nothing is to be done for each event.
        self._heap: list[tuple[float, int, Route]] = []
        self._queued: set[Route] = set()
        self._numbers = count()
        self.is_paused = False

    def start(self, now: float, route: Route) -> None:
        """The server has confirmed the stream: it may speak from now on."""
        if route.max_idle is not None:
            self._watched[route] = now
            if route not in self._queued:
                self._push(route)

    def stop(self, route: Route) -> None:
        """Nothing can come of the stream for now."""
        self._watched.pop(route, None)

    def pause(self) -> None:
        """Nothing is read from now on, so no silence is the stream's."""
        self.is_paused = True

    def resume(self, now: float) -> None:
        """Reading goes on."""
        self.is_paused = False
        self._watched = dict.fromkeys(self._watched, now)

    def next_time(self) -> float | None:
        """When ``check`` should be called."""
        if self.is_paused:
            return None
        while self._heap and self._heap[0][-1] not in self._watched:
            self._pop()
        return self._heap[0][0] if self._heap else None

    def check(self, now: float) -> None:
        """Tell of each route that has been silent for too long; each silence counts anew then."""
        if self.is_paused:
            return
        looked_at = []
        while self._heap and self._heap[0][0] <= now:
            looked_at.append(self._pop())
        silent = [
            route for route in looked_at if route in self._watched and self._due(route) <= now
        ]
        self._watched.update(dict.fromkeys(silent, now))
        for route in looked_at:
            if route in self._watched:
                self._push(route)
        for route in silent:
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
    """Reports, once for each route, that no event at all came in ``seconds`` of confirmation.

    Interruptions do not count, and do not begin the wait anew: a server that sends nothing is
    called dead again and again. None for ``seconds`` reports nothing.
    """

    def __init__(self, seconds: float | None, on_idle: Callable[[Route], None]) -> None:
        self._seconds = seconds
        self._on_idle = on_idle
        self._due: dict[Route, float] = {}
        # Those of the past are in it, too, until they come to its head.
        self._heap: list[tuple[float, int, Route]] = []
        self._numbers = count()
        # For how long streams that are interrupted had been confirmed.
        self._waited: dict[Route, float] = {}
        self._reported: set[Route] = set()
        self._resumed_at = -math.inf
        self._is_paused = False

    def start(self, now: float, route: Route) -> None:
        """The server has confirmed the stream."""
        is_known = route in self._due or route in self._reported
        if self._seconds is not None and not is_known and not route.has_events:
            self._push(route, now + self._seconds - self._waited.pop(route, 0.0))

    def interrupt(self, now: float, route: Route) -> None:
        """The server sends nothing of the stream until it has confirmed it again."""
        due = self._due.pop(route, None)
        if due is not None and self._seconds is not None:
            self._waited[route] = max(0.0, self._seconds - (due - now))

    def report_once(self, route: Route) -> None:
        """The silence of the route has been reported elsewhere."""
        self._due.pop(route, None)
        self._reported.add(route)

    def stop(self, route: Route) -> None:
        """The subscription has ended."""
        self._due.pop(route, None)
        self._waited.pop(route, None)
        self._reported.discard(route)

    def pause(self) -> None:
        """Nothing is read from now on, so no silence is the stream's."""
        self._is_paused = True

    def resume(self, now: float) -> None:
        """Reading goes on; every wait begins anew."""
        self._is_paused = False
        self._resumed_at = now

    def next_time(self) -> float | None:
        """When ``check`` should be called."""
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
        """Report each route that is due."""
        while (due := self.next_time()) is not None and due <= now:
            _, _, route = heapq.heappop(self._heap)
            self.report_once(route)
            self._on_idle(route)

    def _push(self, route: Route, due: float) -> None:
        self._due[route] = due
        heapq.heappush(self._heap, (due, next(self._numbers), route))
