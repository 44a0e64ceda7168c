"""What becomes of a client's streams, and whom to notify when one is confirmed or has ended."""

from __future__ import annotations

from collections.abc import Callable

from binance_streams_runtime.pipeline.delivery import Delivery
from binance_streams_runtime.pipeline.fill.fills import Fills
from binance_streams_runtime.pipeline.monitors import Monitors
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.router import Router
from binance_streams_runtime.pipeline.sink import Sink
from binance_streams_runtime.pipeline.taps import Taps


class RouteLifecycle:
    """Handles what the session says about a stream. A stream without a route is ignored."""

    def __init__(
        self,
        router: Router,
        delivery: Delivery,
        monitors: Monitors,
        taps: Taps,
        fills: Fills,
        client_sink: Sink,
        is_desired: Callable[[str], bool],
    ) -> None:
        self._router = router
        self._delivery = delivery
        self._monitors = monitors
        self._taps = taps
        self._fills = fills
        self._client_sink = client_sink
        self._is_desired = is_desired
        self._last_error: BaseException | None = None
        self.failure: BaseException | None = None
        """What ended the last stream that ended by an error; None once another one is added."""

    def add(self, now: float, route: Route) -> None:
        """Deliver a stream from now on."""
        self.failure = None
        self._taps.adopt(route)
        if not route.is_confirmed:
            route.pending_since = now
        self._delivery.add(route)
        self._fills.add(route)

    def confirmed(self, now: float, name: str, is_repeated: bool = False) -> None:
        """Handle a stream that the server has confirmed, for the first time or again.

        It ``is_repeated`` for a user who has subscribed to what was observed already.
        """
        route = self._router.get(name)
        if route is not None:
            route.pending_since, route.confirmed_at = None, now
            if route.subscriber is not None:
                route.subscriber.confirmed()
            self._monitors.start(now, route)
            if not is_repeated:
                self._taps.confirmed(name)
            self._fills.confirmed(now, route)

    def interrupted(self, now: float, name: str) -> None:
        """Handle a stream that delivers nothing until it is confirmed again."""
        route = self._router.get(name)
        if route is not None:
            if route.pending_since is None:
                route.pending_since = now
            self._monitors.interrupt(now, route)
            if route.subscriber is not None:
                route.subscriber.interrupted()
            self._taps.interrupted(name)

    def timed_out(self, name: str, error: BaseException) -> None:
        """Handle a request for a stream that the server has not answered; it is made again."""
        route = self._router.get(name)
        if route is not None and route.subscriber is not None:
            route.subscriber.timed_out(error)

    def failed(self, name: str, error: BaseException) -> None:
        """Handle a stream that has ended although nobody unsubscribed from it."""
        if self._is_desired(name):
            return
        self._taps.failed(name, error)
        route = self._router.get(name)
        if route is not None:
            self.end(route, error)

    def end(self, route: Route, error: BaseException) -> None:
        """End the subscription to a stream that was not unsubscribed."""
        if route.subscriber is None:
            return
        self.remove(route)
        self.failure = error
        route.subscriber.ended(error)
        # A loop over the client must see the error, once for all streams, when they have ended.
        if route.consumer in ("unclaimed", "client") and error is not self._last_error:
            self._last_error = error
            self._client_sink.fail(error)

    def remove(self, route: Route) -> None:
        """Stop delivering and monitoring a stream."""
        self._monitors.stop(route)
        self._fills.remove(route)
        self._delivery.remove(route)
        self._taps.retain(route)
