"""Streams that their user expects to speak."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Literal, get_args

from binance_streams_runtime.events.route import Route

OnSilence = Literal["notice", "resubscribe", "reconnect"]
"""What follows where a stream is silent for too long, besides a ``Silent`` notice.

``notice`` is nothing more, ``resubscribe`` unsubscribes and subscribes again, ``reconnect`` puts a
new connection in the place of the one that carries the stream, without interrupting the others.
"""

ON_SILENCE = get_args(OnSilence)


class SilenceWatch:
    """Tells which of the routes with a ``max_silence`` have been silent for that long."""

    def __init__(self, on_silent: Callable[[Route], None]) -> None:
        self._on_silent = on_silent
        self._watched: dict[Route, float] = {}
        self.is_paused = False

    def listen(self, now: float, route: Route) -> None:
        """The server has confirmed the stream: it may speak from now on."""
        if route.max_silence is not None:
            self._watched[route] = now

    def forget(self, route: Route) -> None:
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
        if not self._watched or self.is_paused:
            return None
        return min(self._due(route, since) for route, since in self._watched.items())

    def check(self, now: float) -> None:
        """Tell of each route that has been silent for too long; each silence counts anew then."""
        if self.is_paused:
            return
        for route, since in list(self._watched.items()):
            if self._due(route, since) <= now:
                self._watched[route] = now
                self._on_silent(route)

    def _due(self, route: Route, since: float) -> float:
        assert route.max_silence is not None
        return max(since, route.last_received or since) + route.max_silence


class FirstEventWatch:
    """Reports, once for each route, that no event at all came for ``seconds`` of confirmation.

    None for ``seconds`` reports nothing. All routes wait equally long, so the one that was
    confirmed first is the next that is due.
    """

    def __init__(self, seconds: float | None, on_silent: Callable[[Route], None]) -> None:
        self._seconds = seconds
        self._on_silent = on_silent
        self._confirmed: OrderedDict[Route, float] = OrderedDict()
        self._reported: set[Route] = set()
        self._resumed_at = 0.0
        self._is_paused = False

    def listen(self, now: float, route: Route) -> None:
        """The server has confirmed the stream."""
        if self._seconds is not None and not route.has_spoken and route not in self._reported:
            self._confirmed.setdefault(route, now)

    def suspend(self, route: Route) -> None:
        """The server sends nothing of the stream until it has confirmed it again."""
        self._confirmed.pop(route, None)

    def report_once(self, route: Route) -> None:
        """The silence of the route has been reported elsewhere."""
        self._confirmed.pop(route, None)
        self._reported.add(route)

    def remove(self, route: Route) -> None:
        """The subscription has ended."""
        self._confirmed.pop(route, None)
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
        while self._confirmed:
            route, since = next(iter(self._confirmed.items()))
            if not route.has_spoken:
                return max(since, self._resumed_at) + self._seconds
            del self._confirmed[route]
        return None

    def check(self, now: float) -> None:
        """Report each route that is due."""
        while (due := self.next_time()) is not None and due <= now:
            route, _ = self._confirmed.popitem(last=False)
            self._reported.add(route)
            self._on_silent(route)
