"""Streams that the client reads for itself: beside a user's subscription, or without one.

Whoever observes a stream needs it as it was sent, whatever the client's number type is. So an
observed stream is decoded as text, and what its user gets is converted after it was checked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.decoding.json import PayloadDecoder, TextDecoder, decoder_of, encode
from binance_streams_runtime.errors import reason_of
from binance_streams_runtime.notices import Notice, Undecodable
from binance_streams_runtime.pipeline.delivery import Delivery
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.router import Router
from binance_streams_runtime.pipeline.sequence import Tracker
from binance_streams_runtime.pipeline.sink import NoSink

# How many events are kept as text that the tracker has not delivered.
_MOST_HELD = 256


class Observer(Protocol):
    """Sees a stream as its tracker has checked it. It must not raise."""

    def received(self, items: list[Any]) -> None:
        """Take note of events, as text, and of the notices between them: Gap, Late, Duplicates."""

    def missed(self, reason: str) -> None:
        """Note that events may be missing at this place."""

    def confirmed(self) -> None:
        """Note that the server has confirmed the stream."""

    def interrupted(self) -> None:
        """Note that the stream was interrupted and is requested again."""

    def failed(self, error: BaseException) -> None:
        """Note that the stream has ended; nothing more will come."""


class TappedTracker(Tracker):
    """Shows what another tracker has checked to observers, before it is delivered.

    The other one compares events, so all that it ever sees must be of one number type: that of the
    route whose tracker it was.
    """

    __slots__ = (
        "_after",
        "_before",
        "_is_new",
        "_is_text",
        "_texts",
        "inner",
        "observers",
        "route",
    )

    def __init__(self, route: Route, is_text: Callable[[Any], bool]) -> None:
        """Observe a route. ``is_text`` says whether an event was decoded as text."""
        super().__init__(route.label)
        self.inner: Tracker = route.tracker
        self.observers: tuple[Observer, ...] = ()
        self._is_text = is_text
        # Events as text by the identity of the same ones as numbers, which the inner one checks.
        self._texts: dict[int, tuple[Any, Any]] = {}
        # What converts texts before they are checked, or after it.
        self._before = _converter(route)
        self.attach(route)
        self._is_new = False

    def attach(self, route: Route) -> None:
        """Become the tracker of a route, whose messages are decoded as text from now on."""
        self.route: Route = route
        route.tracker = self
        converter = _converter(route)
        self._after = converter if self._before is None else None
        if converter is not None:
            _decode_by(route, TextDecoder(route.decoder))
        # Whether it has begun without its user: what was missed until then is not theirs.
        self._is_new = route.consumer != "internal"

    @property
    def can_detach(self) -> bool:
        """Whether the route's own events fit what the inner tracker has seen."""
        return self._after is None and not self._is_new

    def detach(self) -> None:
        """Let the route check and decode as it would without observers."""
        self.route.tracker = self.inner
        if isinstance(self.route.decoder, TextDecoder):
            _decode_by(self.route, self.route.decoder.plain)

    def is_next(self, event: Any) -> bool:
        is_plain = self._before is None and self._after is None and not self._is_new
        if not is_plain or not self.inner.is_next(event):
            return False
        self._show([event])
        return True

    def check(self, events: list[Any]) -> list[Any]:
        if self._before is not None:
            return self._check_numbers(self._before, events)
        checked = self.inner.check(events)
        self._show(checked)
        if self._is_new:
            checked = self._since_first_event(checked)
        if self._after is None:
            return checked
        after = self._after
        return [item if isinstance(item, Notice) else self._number(after, item) for item in checked]

    def interrupt(self) -> None:
        self.inner.interrupt()
        cause = self.route.interruption
        self._miss("the stream was interrupted" if cause is None else cause.reason)

    def skip(self, reason: str) -> None:
        self.inner.skip(reason)
        self._miss(reason)

    def overlap(self) -> None:
        self.inner.overlap()

    def resume(self) -> None:
        self.inner.resume()

    def _check_numbers(self, before: Callable[[Any], Any], events: list[Any]) -> list[Any]:
        """Check events that are converted first, and show those that are left as text."""
        failed: list[Any] = []
        numbers: list[Any] = []
        texts = self._texts
        for event in events:
            # One that is none was held back by a handover since before it was observed.
            is_text = self._is_text(event)
            number = self._number(before, event) if is_text else event
            if isinstance(number, Undecodable):
                failed.append(number)
                continue
            numbers.append(number)
            if is_text:
                texts[id(number)] = number, event
        if failed:
            self._miss(failed[0].reason)
        checked = self.inner.check(numbers) if numbers else []
        for item in checked:
            if isinstance(item, Notice):
                self._show([item])
                continue
            number, text = texts.pop(id(item), (None, None))
            if number is item:
                self._show([text])
            else:
                self._miss("an event was decoded as a number")
        # The inner one holds them back, or has dropped them.
        while len(texts) > _MOST_HELD:
            del texts[next(iter(texts))]
        checked = self._since_first_event(checked) if self._is_new else checked
        return [*failed, *checked] if failed else checked

    def _since_first_event(self, checked: list[Any]) -> list[Any]:
        for place, item in enumerate(checked):
            if not isinstance(item, Notice):
                self._is_new = False
                return checked[place:] if place else checked
        return []

    def _show(self, items: list[Any]) -> None:
        for observer in self.observers:
            observer.received(items)

    def _miss(self, reason: str) -> None:
        for observer in self.observers:
            observer.missed(reason)

    def _number(self, convert: Callable[[Any], Any], event: Any) -> Any:
        """Return an event with numbers instead of texts, or what is wrong with it."""
        try:
            return convert(event)
        except (msgspec.MsgspecError, ValueError, OverflowError) as error:
            return Undecodable(self._stream, reason_of(error), encode(event))


class Taps:
    """The observed streams of one client. Only the driver may call it."""

    def __init__(
        self,
        router: Router,
        delivery: Delivery,
        subscribe: Callable[[float, str], None],
        unsubscribe: Callable[[float, str], None],
        is_handing_over: Callable[[], bool],
    ) -> None:
        """Observe nothing yet.

        Args:
            router: The routes of the client.
            delivery: What delivers their events.
            subscribe: Subscribes to a stream; without effect on the server if it is subscribed.
            unsubscribe: Unsubscribes from a stream.
            is_handing_over: Whether events may be held back that were decoded a while ago.
        """
        self._router = router
        self._delivery = delivery
        self._subscribe = subscribe
        self._unsubscribe = unsubscribe
        self._is_handing_over = is_handing_over
        self._trackers: dict[str, TappedTracker] = {}

    def add(
        self, now: float, stream: Stream, observer: Observer, is_text: Callable[[Any], bool]
    ) -> None:
        """Observe a stream, and subscribe to it if nobody else has."""
        tracker = self._trackers.get(stream.name)
        if tracker is None:
            route = self._router.get(stream.name)
            if route is None:
                route = _internal_route(stream)
                self._delivery.add(route)
            # It may have been observed until a moment ago.
            tracker = route.tracker if isinstance(route.tracker, TappedTracker) else None
            if tracker is None:
                tracker = TappedTracker(route, is_text)
            self._trackers[stream.name] = tracker
        tracker.observers = (*tracker.observers, observer)
        self._subscribe(now, stream.name)

    def remove(self, now: float, name: str, observer: Observer) -> None:
        """Stop observing a stream, and unsubscribe from it if nobody needs it."""
        tracker = self._trackers.get(name)
        if tracker is None or observer not in tracker.observers:
            return
        tracker.observers = tuple(one for one in tracker.observers if one is not observer)
        if tracker.observers:
            return
        del self._trackers[name]
        if tracker.route.consumer == "internal":
            self._unsubscribe(now, name)
            self._delivery.remove(tracker.route)
        elif tracker.can_detach and not self._is_handing_over():
            # Else, events may come that were decoded as text, and must still be converted.
            tracker.detach()

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
            internal = _internal_route(route.stream)
            _continue(tracker, internal)
            self._delivery.add(internal)

    def confirmed(self, name: str) -> None:
        """Tell the observers that the server has confirmed a stream."""
        for observer in self._observers(name):
            observer.confirmed()

    def interrupted(self, name: str) -> None:
        """Tell the observers that a stream was interrupted."""
        for observer in self._observers(name):
            observer.interrupted()

    def failed(self, name: str, error: BaseException) -> None:
        """Tell the observers that a stream has ended, and observe it no longer."""
        tracker = self._trackers.pop(name, None)
        if tracker is None:
            return
        if tracker.route.consumer == "internal":
            self._delivery.remove(tracker.route)
        for observer in tracker.observers:
            observer.failed(error)

    def _observers(self, name: str) -> tuple[Observer, ...]:
        tracker = self._trackers.get(name)
        return () if tracker is None else tracker.observers


def _internal_route(stream: Stream) -> Route:
    """Make the route of a stream that only the client itself reads."""
    route = Route(stream, decoder_of(stream.type, str), NoSink())
    route.consumer = "internal"
    return route


def _converter(route: Route) -> Callable[[Any], Any] | None:
    """Return what makes numbers of texts for a route's user; None if there is nothing to do."""
    decoder = route.decoder
    if route.consumer == "internal" or decoder.numbers is str:
        return None
    return TextDecoder(decoder).convert


def _decode_by(route: Route, decoder: PayloadDecoder) -> None:
    route.decoder, route.decode, route.decode_bare = decoder, decoder.wrapped, decoder.bare


def _continue(tracker: TappedTracker, route: Route) -> None:
    """Continue the stream of a tracker with another route."""
    before = tracker.route
    route.interruption = before.interruption
    route.last_received, route.last_event = before.last_received, before.last_event
    route.confirmed_at, route.pending_since = before.confirmed_at, before.pending_since
    tracker.attach(route)
