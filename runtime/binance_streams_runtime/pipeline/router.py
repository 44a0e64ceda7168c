"""From messages to routes: the path that every message takes.

The name in the envelope chooses the decoder: one slice, one look-up, one msgspec call. What does
not look like that at the first glance (another order of keys, blanks, escapes, answers, bare
payloads) takes the slow path, which is correct for all of JSON.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from binance_streams_runtime.notices import Notice, Undecodable
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.sequence import Interruption, Overlap
from binance_streams_runtime.protocol.frames import Item
from binance_streams_runtime.protocol.replies import Reply

_NAME_STARTS = len(b'{"stream":"')

UNROUTED = ""
"""In place of a name: what belongs to no stream. No stream is called so."""


class Batch:
    """What has arrived, in order: whose each event is, and the events.

    Marks stand among the events where something happened to a stream at that place: a notice, or
    the beginning or end of an Overlap.
    """

    __slots__ = ("events", "has_marks", "routes")

    def __init__(self) -> None:
        self.routes: list[Route] = []
        self.events: list[Any] = []
        self.has_marks = False


class Router:
    """The routes of one client, and what has arrived on them since the last flush."""

    def __init__(self, shutdown_event: str, on_stray: Callable[[Undecodable], None]) -> None:
        self._shutdown_event = shutdown_event
        self._on_stray = on_stray
        self._routes: dict[bytes, Route] = {}
        self._by_name: dict[str, Route] = {}
        self._reply_decoder = msgspec.json.Decoder(Reply)
        self._batch = Batch()

    def __iter__(self) -> Iterator[Route]:
        return iter(self._by_name.values())

    def get(self, name: str) -> Route | None:
        return self._by_name.get(name)

    def add(self, route: Route) -> None:
        self._routes[route.key] = route
        self._by_name[route.stream.name] = route

    def remove(self, name: str) -> None:
        route = self._by_name.pop(name, None)
        if route is not None:
            del self._routes[route.key]

    @property
    def has_arrivals(self) -> bool:
        """Whether there is anything to collect."""
        return bool(self._batch.routes)

    def on_control(self, item: object) -> None:
        """Take note of what is no event; only who shows all that happens does."""

    def collect(self) -> Batch:
        """What has arrived since the last time."""
        batch, self._batch = self._batch, Batch()
        return batch

    def mark(self, name: str, mark: Notice | Overlap | Interruption) -> None:
        """Put a mark in its place among the arrivals of a stream."""
        route = self._by_name.get(name)
        if route is not None:
            self._mark(route, mark)

    def newest(self, names: Iterable[str]) -> dict[str, Any]:
        """Return the newest event of each stream that has any, be it collected or not."""
        newest = {
            route.stream.name: event
            for route, event in zip(self._batch.routes, self._batch.events, strict=True)
            if not isinstance(event, Notice | Overlap | Interruption)
        }
        routes = ((name, self._by_name.get(name)) for name in names)
        known = {name: newest.get(name, route.last_event) for name, route in routes if route}
        return {name: event for name, event in known.items() if event is not None}

    def put(self, batch: Batch) -> None:
        """Let what was taken apart arrive now, where its stream is still there."""
        for route, event in zip(batch.routes, batch.events, strict=True):
            if self._by_name.get(route.stream.name) is route:
                self._batch.routes.append(route)
                self._batch.events.append(event)
        self._batch.has_marks |= batch.has_marks

    def take_apart(self, items: list[Item], others: list[Any]) -> Batch:
        """As ``take``, but into a batch of its own."""
        before, self._batch = self._batch, Batch()
        self.take(items, others)
        apart, self._batch = self._batch, before
        return apart

    def take(self, items: list[Item], others: list[Any]) -> None:
        """Decode the messages among ``items``; what is not an event goes to ``others``."""
        if not items:
            return
        route = self._route_of(items[0])
        if route is not None and route is self._route_of(items[-1]):
            # Most likely all of the batch is of this stream.
            items = self._take_run(route, items)
        self._take_each(items, others)

    def _route_of(self, item: Item) -> Route | None:
        if item.__class__ is not bytes:
            return None
        return self._routes.get(item[: item.find(b'"', _NAME_STARTS)])

    def _take_run(self, route: Route, items: list[Item]) -> list[Item]:
        """Decode the messages of one stream at the head of ``items``; those that are left.

        It does for a batch what ``_take_each`` does for each message, at two thirds of the cost.
        """
        prefix, decode = route.prefix, route.decode
        events = self._batch.events
        before = len(events)
        keep = events.append
        # Whatever cannot be decoded, or is no message at all, is left to ``_take_each``.
        with contextlib.suppress(AttributeError, msgspec.DecodeError, UnicodeError, RecursionError):
            for item in items:
                if not item.startswith(prefix):  # type: ignore[union-attr]
                    break
                keep(decode(item).data)  # type: ignore[arg-type]
        count = len(events) - before
        self._batch.routes += [route] * count
        route.bytes += sum(map(len, items[:count]))  # type: ignore[arg-type]
        return items[count:]

    def _take_each(self, items: list[Item], others: list[Any]) -> None:
        routes = self._routes
        arrived = self._batch.routes.append
        keep = self._batch.events.append
        for item in items:
            if item.__class__ is not bytes:
                others.append(item)
                continue
            # The key is all that precedes the quote that ends the name: '{"stream":"btcusdt@trade'.
            route = routes.get(item[: item.find(b'"', _NAME_STARTS)])
            if route is None:
                self._slow(item, others)
                continue
            try:
                event = route.decode(item).data
            except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
                self._undecodable(route, item, error)
                continue
            route.bytes += len(item)
            arrived(route)
            keep(event)

    def _slow(self, message: bytes, others: list[Any]) -> None:
        try:
            reply = self._reply_decoder.decode(message)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            if message.lstrip().startswith(b"["):
                self._bare(message, None)
            else:
                self._undecodable(None, message, error)
            return
        route = None if reply.stream is None else self._by_name.get(reply.stream)
        if route is not None:
            self._deliver(route, message, route.decode, is_wrapped=True)
        elif reply.is_response or reply.stream is not None or reply.e == self._shutdown_event:
            others.append(reply)
        else:
            self._bare(message, reply.s)

    def _bare(self, message: bytes, symbol: str | None) -> None:
        """Deliver a payload without envelope, which the server sends once ``combined`` is false.

        Only its form and its symbol tell whose it is, so it is delivered where one stream fits.
        """
        fitting = []
        for route in self._by_name.values():
            desired = route.stream.parameters.get("symbol")
            if symbol is not None and desired is not None and symbol.lower() != desired:
                continue
            try:
                route.decode_bare(message)
            except (msgspec.DecodeError, UnicodeError, RecursionError):
                continue
            fitting.append(route)
        if len(fitting) == 1:
            self._deliver(fitting[0], message, fitting[0].decode_bare, is_wrapped=False)
            return
        names = ", ".join(route.label for route in fitting) or "none of the streams"
        reason = f"a payload without envelope that fits {names}"
        self._on_stray(Undecodable(None, reason, message))

    def _deliver(
        self, route: Route, message: bytes, decode: Callable[[bytes], Any], is_wrapped: bool
    ) -> None:
        try:
            event = decode(message)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            self._undecodable(route, message, error)
            return
        route.bytes += len(message)
        self._batch.routes.append(route)
        self._batch.events.append(event.data if is_wrapped else event)

    def _undecodable(self, route: Route | None, message: bytes, error: Exception) -> None:
        if route is None:
            self._on_stray(Undecodable(None, str(error), message))
            return
        try:
            events, failures = route.decoder.decode_partial(message)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            pass
        else:
            # One element that has drifted must not cost the others.
            for part, reason in failures:
                self._mark(route, Undecodable(route.label, reason, part))
            if events:
                self._batch.routes.append(route)
                self._batch.events.append(events)
            return
        if route.stream.is_secret:
            message = message.replace(route.stream.name.encode(), route.label.encode())
        self._mark(route, Undecodable(route.label, str(error), message))

    def _mark(self, route: Route, mark: Notice | Overlap | Interruption) -> None:
        self._batch.routes.append(route)
        self._batch.events.append(mark)
        self._batch.has_marks = True
