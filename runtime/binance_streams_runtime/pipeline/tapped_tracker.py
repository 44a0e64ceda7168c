"""Showing a stream to observers as its tracker has checked it, whatever its user gets of it.

A stream is decoded once, to what all who need it can be given: as text, or not at all if somebody
needs its messages as they were received. The rest is made of that after the sequence was checked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from binance_streams_runtime.catalog.streams import Range, Step, Stream
from binance_streams_runtime.decoding.json import (
    PayloadDecoder,
    TextDecoder,
    decoder_of,
    encode,
    from_text,
)
from binance_streams_runtime.decoding.raw import FromRawDecoder, RawDecoder, RawMessage
from binance_streams_runtime.errors import reason_of
from binance_streams_runtime.notices import Gap, Notice, Undecodable
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.sequence import Tracker

# How many events are kept as they came that the tracker has not delivered.
_MOST_HELD = 256

_AS_NUMBER = "an event was decoded as a number"
_WITHOUT_BYTES = "a message was decoded before it was to be passed on as it was received"


class RawObserver(Protocol):
    """Sees the messages of a stream as they were received, in sequence. It must not raise."""

    def received(self, items: list[Any]) -> None:
        """Take note of messages, and of all notices of the stream in their place."""

    def confirmed(self) -> None:
        """Note that the server has confirmed the stream."""

    def interrupted(self) -> None:
        """Note that the stream was interrupted and is requested again."""

    def failed(self, error: BaseException) -> None:
        """Note that the stream has ended; nothing more will come."""


class FeedObserver(RawObserver, Protocol):
    """The same, of a stream that it names."""

    @property
    def stream(self) -> Stream: ...


class Observer(RawObserver, Protocol):
    """Sees a stream as its tracker has checked it, as text. It must not raise."""

    def received(self, items: list[Any]) -> None:
        """Take note of events, as text, and of the notices between them: Gap, Late, Duplicates."""

    def missed(self, reason: str) -> None:
        """Note that events may be missing at this place."""


class TappedTracker(Tracker):
    """Shows what another tracker has checked to observers, before it is delivered.

    The other one compares events, so all that it ever sees must be of one form: that of the route
    whose tracker it was.
    """

    __slots__ = (
        "_explain",
        "_is_new",
        "_is_plain",
        "_is_raw",
        "_is_text",
        "_newest",
        "_originals",
        "_plain",
        "_seen",
        "_text",
        "inner",
        "observers",
        "raw_observers",
        "route",
    )

    def __init__(
        self,
        route: Route,
        explain: Callable[[Route, list[Any]], list[Any]],
    ) -> None:
        """Observe a route.

        Args:
            route: The route; ``attach`` is called with it.
            explain: Adds the causes to gaps that a route's tracker has found.
        """
        super().__init__(route.label)
        self.inner: Tracker = route.tracker
        self.observers: tuple[Observer, ...] = ()
        self.raw_observers: tuple[RawObserver, ...] = ()
        self._explain = explain
        # Says whether an event was decoded as text; none is while only messages are shown.
        self._is_text: Callable[[Any], bool] = lambda event: False
        # What makes the events that the inner one compares.
        self._seen: PayloadDecoder = route.decoder
        self._text: PayloadDecoder = decoder_of(route.stream.type, str)
        # Whether messages are left undecoded until they were checked. Once they are, they stay so.
        self._is_raw = isinstance(route.decoder, RawDecoder)
        # The newest event as it came, if not all get events as they come.
        self._newest: Any = None
        # Events as they came by the identity of what the inner one checks instead of them.
        self._originals: dict[int, tuple[Any, Any]] = {}
        self.attach(route)
        self._is_new = False
        self._choose()

    def attach(self, route: Route) -> None:
        """Become the tracker of a route, whose messages are decoded for all from now on."""
        self.route: Route = route
        route.tracker = self
        # What makes the events of its user; None if it has none.
        self._plain = None if route.consumer == "internal" else _plain(route.decoder)
        # Whether it has begun without its user: what was missed until then is not theirs.
        self._is_new = self._plain is not None
        self._choose()

    def observe_text(self, observer: Observer, is_text: Callable[[Any], bool]) -> None:
        """Show events as text to one more."""
        self.observers = (*self.observers, observer)
        self._is_text = is_text
        self._choose()

    def observe_raw(self, observer: RawObserver) -> None:
        """Show messages as they were received to one more."""
        self.raw_observers = (*self.raw_observers, observer)
        self._choose()

    def forget(self, observer: RawObserver) -> None:
        """Show nothing to an observer any more."""
        self.observers = tuple(one for one in self.observers if one is not observer)
        self.raw_observers = tuple(one for one in self.raw_observers if one is not observer)
        self._choose()

    @property
    def all(self) -> tuple[RawObserver, ...]:
        """All observers."""
        return (*self.observers, *self.raw_observers)

    def _choose(self) -> None:
        """Choose what messages are decoded to, for the needs of all."""
        route, plain = self.route, self._plain
        self._is_raw |= bool(self.raw_observers) or isinstance(plain, RawDecoder)
        route.is_fed = bool(self.raw_observers)
        common: PayloadDecoder = RawDecoder(route.stream) if self._is_raw else self._text
        if plain is None or _makes_same(plain, common):
            _decode_by(route, common if plain is None else plain)
        elif self._is_raw:
            _decode_by(route, FromRawDecoder(plain, route.stream))
        else:
            _decode_by(route, TextDecoder(plain))
        # Whether all get what the inner one sees.
        self._is_plain = (
            _makes_same(self._seen, common)
            and (plain is None or _makes_same(plain, common))
            and not (self._is_raw and self.observers)
        )

    def detach(self) -> None:
        """Let the route check and decode as it would without observers.

        No-op if its own events do not fit what the inner tracker has seen.
        """
        plain = self._plain
        if plain is None or self._is_new or not _makes_same(self._seen, plain):
            return
        self.route.tracker = self.inner
        self.route.is_fed = False
        _decode_by(self.route, plain)

    def is_next(self, event: Any) -> bool:
        if not self._is_plain or self._is_new or not self.inner.is_next(event):
            return False
        for observer in self.raw_observers if self._is_raw else self.observers:
            observer.received([event])
        return True

    def check(self, events: list[Any]) -> list[Any]:
        if not self._is_plain:
            return self._check_others(events)
        checked = self.inner.check(events)
        if self._is_raw:
            self._show_raw(checked)
        else:
            self._show(checked)
        return self._since_first_event(checked) if self._is_new else checked

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

    def as_received(self, event: Any) -> Any:
        return event if self._is_plain or self._newest is None else self._newest

    def noticed(self, notice: Notice) -> None:
        for observer in self.raw_observers:
            observer.received([notice])

    def _check_others(self, events: list[Any]) -> list[Any]:
        """Check events that not all get as they came; return what the user gets."""
        failed: list[Any] = []
        seen: list[Any] = []
        originals = self._originals
        for event in events:
            compared = self._as(self._seen, event)
            if isinstance(compared, Undecodable):
                failed.append(compared)
                continue
            seen.append(compared)
            if compared is not event:
                originals[id(compared)] = compared, event
        if failed:
            self._miss(failed[0].reason)
            self._show_raw(failed)
        checked = self.inner.check(seen) if seen else []
        came = [self._original(item) for item in checked]
        for item in came:
            if not isinstance(item, Notice):
                self._newest = item
        # The inner one holds them back, or has dropped them.
        while len(originals) > _MOST_HELD:
            del originals[next(iter(originals))]
        if self.observers:
            self._show_texts(came)
        if self.raw_observers:
            self._show_messages(came)
        plain = self._plain
        is_same = plain is None or _makes_same(plain, self._seen)
        given = checked if is_same else came
        if self._is_new:
            given = self._since_first_event(given)
        if plain is not None and not is_same:
            given = [item if isinstance(item, Notice) else self._as(plain, item) for item in given]
        return [*failed, *given] if failed else given

    def _original(self, item: Any) -> Any:
        """Return what the inner tracker has checked as it came."""
        compared, original = self._originals.pop(id(item), (None, None))
        return original if compared is item else item

    def _as(self, decoder: PayloadDecoder, event: Any) -> Any:
        """Return an event as a decoder makes it of its message, or what is wrong with it.

        One that was held back by a handover since before it was observed stays as it is.
        """
        is_message = isinstance(event, RawMessage)
        try:
            if is_message and not isinstance(decoder, RawDecoder):
                return decoder.wrapped(event.frame).data
            if not is_message and decoder.numbers is not str and self._is_text(event):
                return from_text(decoder, event)
        except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
            payload = event.data if is_message else encode(event)
            return Undecodable(self._stream, reason_of(error), payload)
        return event

    def _since_first_event(self, checked: list[Any]) -> list[Any]:
        for place, item in enumerate(checked):
            if not isinstance(item, Notice):
                self._is_new = False
                return checked[place:] if place else checked
        return []

    def _show(self, items: list[Any]) -> None:
        """Show what was decoded as text."""
        for observer in self.observers:
            observer.received(items)

    def _show_texts(self, came: list[Any]) -> None:
        """Show what came, as text, as far as it can be."""
        for item in came:
            event = self._as(self._text, item)
            if isinstance(item, Notice) or (
                not isinstance(event, Undecodable) and self._is_text(event)
            ):
                self._show([event])
                continue
            reason = event.reason if isinstance(event, Undecodable) else _AS_NUMBER
            for observer in self.observers:
                observer.missed(reason)

    def _show_raw(self, items: list[Any]) -> None:
        """Show messages, and the notices between them with their causes."""
        if items and any(isinstance(item, Notice) for item in items):
            items = self._explain(self.route, items)
        for observer in self.raw_observers:
            observer.received(items)

    def _show_messages(self, came: list[Any]) -> None:
        """Show what came undecoded."""
        items: list[Any] = []
        for item in came:
            is_whole = isinstance(item, Notice | RawMessage)
            items.append(item if is_whole else self._without_bytes(item))
        self._show_raw(items)

    def _without_bytes(self, event: Any) -> Gap:
        """Say which event is left out of the messages."""
        match self.route.stream.type.sequence:
            case Step(attribute):
                first = last = getattr(event, attribute)
            case Range(start, end, None):
                first, last = getattr(event, start), getattr(event, end)
            case _:
                first = last = None
        return Gap(self._stream, first, last, reason=_WITHOUT_BYTES)

    def _miss(self, reason: str) -> None:
        for observer in self.observers:
            observer.missed(reason)


def _plain(decoder: PayloadDecoder) -> PayloadDecoder:
    """Return what decodes the events of a route's user."""
    return decoder.plain if isinstance(decoder, TextDecoder) else decoder


def _makes_same(one: PayloadDecoder, other: PayloadDecoder) -> bool:
    """Return whether two decoders of a stream make the same of a message."""
    return one is other or (isinstance(one, RawDecoder) and isinstance(other, RawDecoder))


def _decode_by(route: Route, decoder: PayloadDecoder) -> None:
    route.decoder, route.decode, route.decode_bare = decoder, decoder.wrapped, decoder.bare
