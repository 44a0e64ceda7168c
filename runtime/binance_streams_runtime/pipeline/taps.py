"""Streams that the client reads for itself: beside a user's subscription, or without one.

Whoever observes a stream needs it as it was sent, whatever the client's number type is. So an
observed stream is decoded as text, or not at all if somebody needs its messages as they are, and
what its user gets is made of that after it was checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.decoding.json import PayloadDecoder, decoder_of
from binance_streams_runtime.decoding.raw import RawDecoder
from binance_streams_runtime.pipeline.delivery import Delivery
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.router import Router
from binance_streams_runtime.pipeline.sink import NoSink
from binance_streams_runtime.pipeline.tapped_tracker import (
    FeedObserver,
    Observer,
    RawObserver,
    TappedTracker,
)


class Subscribing(Protocol):
    """What is needed of the session of the streams."""

    def observe(self, now: float, name: str) -> None: ...

    def observe_many(self, now: float, names: Sequence[str]) -> None: ...

    def unsubscribe(self, now: float, name: str) -> None: ...

    def release_many(self, now: float, names: Sequence[str]) -> None: ...

    def is_handing_over(self) -> bool: ...


class Taps:
    """The observed streams of one client. Only the driver may call it."""

    def __init__(self, router: Router, delivery: Delivery, session: Subscribing) -> None:
        """Observe nothing yet.

        Args:
            router: The routes of the client.
            delivery: What delivers their events.
            session: Subscribes and unsubscribes.
        """
        self._router = router
        self._delivery = delivery
        self._session = session
        self._trackers: dict[str, TappedTracker] = {}

    def add(
        self, now: float, stream: Stream, observer: Observer, is_text: Callable[[Any], bool]
    ) -> None:
        """Observe a stream as text, and subscribe to it if nobody else has.

        ``is_text`` says whether an event was decoded as text.
        """
        self._tracker(stream, decoder_of(stream.type, str)).observe_text(observer, is_text)
        self._session.observe(now, stream.name)

    def add_raw(self, now: float, observers: Sequence[FeedObserver]) -> None:
        """Observe the messages of streams, and subscribe to those that nobody else has."""
        streams = [observer.stream for observer in observers]
        for stream, observer in zip(streams, observers, strict=True):
            self._tracker(stream, RawDecoder(stream)).observe_raw(observer)
        self._session.observe_many(now, [stream.name for stream in streams])

    def remove_raw(self, now: float, observers: Iterable[FeedObserver]) -> None:
        """Stop observing the messages of streams, and unsubscribe from those nobody needs."""
        found = [self._forget(observer.stream.name, observer) for observer in observers]
        unneeded = [route for route in found if route is not None]
        self._session.release_many(now, [route.name for route in unneeded])
        for route in unneeded:
            self._delivery.remove(route)

    def _tracker(self, stream: Stream, decoder: PayloadDecoder) -> TappedTracker:
        """Return the tracker of an observed stream; ``decoder`` is for one without a route."""
        tracker = self._trackers.get(stream.name)
        if tracker is None:
            route = self._router.get(stream.name)
            if route is None:
                route = _internal_route(stream, decoder)
                self._delivery.add(route)
            # It may have been observed until a moment ago.
            tracker = route.tracker if isinstance(route.tracker, TappedTracker) else None
            if tracker is None:
                tracker = TappedTracker(route, self._delivery.explained)
            self._trackers[stream.name] = tracker
        return tracker

    def remove(self, now: float, name: str, observer: RawObserver) -> None:
        """Stop observing a stream, and unsubscribe from it if nobody needs it."""
        route = self._forget(name, observer)
        if route is not None:
            self._session.unsubscribe(now, name)
            self._delivery.remove(route)

    def _forget(self, name: str, observer: RawObserver) -> Route | None:
        """Stop observing a stream; return its route if nobody needs it any more."""
        tracker = self._trackers.get(name)
        if tracker is None or observer not in tracker.all:
            return None
        tracker.forget(observer)
        if tracker.all:
            return None
        del self._trackers[name]
        if tracker.route.consumer == "internal":
            return tracker.route
        if not self._session.is_handing_over():
            # Else, events may come that were decoded otherwise, and must still be converted.
            tracker.detach()
        return None

    def is_tapped(self, name: str) -> bool:
        """Return whether a stream is observed, and must stay subscribed."""
        return name in self._trackers

    def adopt(self, route: Route) -> None:
        """Continue an observed stream with a user's route, which is about to be added."""
        tracker = self._trackers.get(route.name)
        if tracker is not None and tracker.route.consumer == "internal":
            _continue(tracker, route)

    def retain(self, route: Route) -> None:
        """Continue an observed stream without its user's route, which has been removed."""
        tracker = self._trackers.get(route.name)
        if tracker is not None and tracker.route is route:
            internal = _internal_route(route.stream, decoder_of(route.stream.type, str))
            _continue(tracker, internal)
            self._delivery.add(internal)

    def confirmed(self, name: str) -> None:
        """Notify the observers that the server has confirmed a stream."""
        for observer in self._observers(name):
            observer.confirmed()

    def interrupted(self, name: str) -> None:
        """Notify the observers that a stream was interrupted."""
        for observer in self._observers(name):
            observer.interrupted()

    def failed(self, name: str, error: BaseException) -> None:
        """Notify the observers that a stream has ended, and observe it no longer."""
        tracker = self._trackers.pop(name, None)
        if tracker is None:
            return
        if tracker.route.consumer == "internal":
            self._delivery.remove(tracker.route)
        for observer in tracker.all:
            observer.failed(error)

    def _observers(self, name: str) -> tuple[RawObserver, ...]:
        tracker = self._trackers.get(name)
        return () if tracker is None else tracker.all


def _internal_route(stream: Stream, decoder: PayloadDecoder) -> Route:
    """Make the route of a stream that only the client itself reads."""
    route = Route(stream, decoder, NoSink())
    route.consumer = "internal"
    return route


def _continue(tracker: TappedTracker, route: Route) -> None:
    """Continue the stream of a tracker with another route."""
    before = tracker.route
    route.interruption = before.interruption
    route.last_received, route.last_event = before.last_received, before.last_event
    route.confirmed_at, route.pending_since = before.confirmed_at, before.pending_since
    tracker.attach(route)
