"""From messages to routes: the path of every message.

The name in the envelope selects the decoder: one slice, one lookup, one msgspec call. Whatever does
not start the way the server usually writes it (another order of keys, whitespace, escapes, replies,
bare payloads) takes the slow path, which is correct for all of JSON.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from binance_streams_runtime.catalog.streams import StreamType
from binance_streams_runtime.errors import reason_of
from binance_streams_runtime.notices import Undecodable
from binance_streams_runtime.pipeline.recorder import Recorder
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.sequence import Mark
from binance_streams_runtime.pipeline.totals import Totals
from binance_streams_runtime.protocol.frames import Item
from binance_streams_runtime.protocol.replies import Reply

# From so many messages on, it pays to find out whether all of them are of one stream.
_WORTH_COMPARING = 8

_NAME_STARTS = len(b'{"stream":"')

UNROUTED = ""
"""Stands for a stream's name if an item belongs to no stream. No stream has this name."""


class Batch:
    """Items in order of arrival: ``items[i]`` is an event, or a Mark, of ``routes[i]``."""

    __slots__ = ("has_marks", "items", "routes")

    def __init__(self) -> None:
        self.routes: list[Route] = []
        self.items: list[Any] = []
        self.has_marks: bool = False

    def append(self, route: Route, item: Any) -> None:
        """Append an item of a route."""
        self.routes.append(route)
        self.items.append(item)

    def mark(self, route: Route, mark: Mark) -> None:
        """Append a mark of a route."""
        self.append(route, mark)
        self.has_marks = True


class Router:
    """The routes of one client, and the items that have arrived since the last ``collect``."""

    def __init__(self, shutdown_event: str, on_stray: Callable[[Undecodable], None]) -> None:
        self._shutdown_event = shutdown_event
        self._on_stray = on_stray
        self._routes: dict[bytes, Route] = {}
        self._by_name: dict[str, Route] = {}
        self._reply_decoder = msgspec.json.Decoder(Reply)
        self.arrivals: Batch = Batch()
        """What has arrived since the last ``collect``."""
        self.ended: dict[StreamType, Totals] = {}
        """What was counted of streams that have ended, by their type."""
        self.recorder: Recorder | None = None
        """Notified of what arrives otherwise than by ``decode``, while the client is recorded."""

    def __iter__(self) -> Iterator[Route]:
        return iter(self._by_name.values())

    def get(self, name: str) -> Route | None:
        """Return the route of a stream, or None."""
        return self._by_name.get(name)

    def has_prefix(self, prefix: bytes) -> bool:
        """Return whether a stream's messages begin like this, up to the quote behind its name."""
        return prefix in self._routes

    def add(self, route: Route) -> None:
        """Add a route."""
        if not route.is_account:
            self._routes[route.routing_key] = route
        before = self._by_name.get(route.name)
        if before is not None and before is not route:
            # The new one continues the stream, and counts from zero.
            self._count_ended(before)
        self._by_name[route.name] = route

    def remove(self, name: str) -> None:
        """Remove the route of a stream, if there is one."""
        route = self._by_name.pop(name, None)
        if route is not None:
            self._routes.pop(route.routing_key, None)
            self._count_ended(route)

    def _count_ended(self, route: Route) -> None:
        self.ended.setdefault(route.stream.type, Totals()).add(route)

    def on_control(self, item: object) -> None:
        """Handle a control item. A hook for clients that show them among the messages."""

    def collect(self) -> Batch:
        """Return what has arrived since the last call."""
        batch, self.arrivals = self.arrivals, Batch()
        return batch

    def mark(self, name: str, mark: Mark) -> None:
        """Append a mark to the arrivals of a stream."""
        route = self._by_name.get(name)
        if route is not None:
            if self.recorder is not None:
                self.recorder.arrived(route, mark)
            self.arrivals.mark(route, mark)

    def newest(self, names: Iterable[str]) -> dict[str, Any]:
        """Return the newest event of each stream that has any, whether collected or not."""
        newest = {
            route.name: item
            for route, item in zip(self.arrivals.routes, self.arrivals.items, strict=True)
            if not isinstance(item, Mark)
        }
        routes = ((name, self._by_name.get(name)) for name in names)
        known = {
            name: newest[name] if name in newest else route.tracker.as_received(route.last_event)
            for name, route in routes
            if route
        }
        return {name: event for name, event in known.items() if event is not None}

    def release(self, batch: Batch) -> None:
        """Append a separate batch to the arrivals, but skip routes that have been removed."""
        for route, item in zip(batch.routes, batch.items, strict=True):
            current = self._by_name.get(route.name)
            # Another route may continue the stream, with the same tracker.
            if current is not None and current.tracker is route.tracker:
                if self.recorder is not None:
                    self.recorder.arrived(current, item)
                self.arrivals.append(current, item)
        self.arrivals.has_marks |= batch.has_marks

    def decode(self, items: list[Item], others: list[Any], into: Batch | None = None) -> None:
        """Decode the messages among ``items``; append what is not an event to ``others``.

        The events go to the arrivals, or ``into`` a separate batch.
        """
        batch = self.arrivals if into is None else into
        if len(items) >= _WORTH_COMPARING:
            route = self.route_of(items[0])
            if route is not None and route is self.route_of(items[-1]):
                # Most likely all of them belong to this stream.
                items = self._decode_run(route, items, batch)
            else:
                items = self._decode_mixed(items, batch)
        routes = self._routes
        arrived, events = batch.routes, batch.items
        for item in items:
            if item.__class__ is not bytes:
                others.append(item)
                continue
            # All that precedes the quote that ends the name: '{"stream":"btcusdt@trade'.
            route = routes.get(item[: item.find(b'"', _NAME_STARTS)])
            if route is None:
                self._decode_slow(item, others, batch)
                continue
            try:
                event = route.decode(item).data
            except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
                self._undecodable(route, item, error, batch)
                continue
            route.bytes += len(item)
            arrived.append(route)
            events.append(event)

    def route_of(self, item: Item) -> Route | None:
        """Return the route of a message, if it is written as the server usually writes it."""
        if item.__class__ is not bytes:
            return None
        return self._routes.get(item[: item.find(b'"', _NAME_STARTS)])

    def _decode_run(self, route: Route, items: list[Any], batch: Batch) -> list[Item]:
        """Decode the messages of one stream at the head of ``items``; return those that are left.

        It does for a run what ``decode`` does for each message, at two thirds of the cost. What
        cannot be decoded, or is not a message at all, is left to ``decode``.
        """
        prefix, decode = route.prefix, route.decode
        events = batch.items
        before = len(events)
        with contextlib.suppress(AttributeError, msgspec.DecodeError, UnicodeError, RecursionError):
            for item in items:
                if not item.startswith(prefix):
                    break
                events.append(decode(item).data)
        count = len(events) - before
        batch.routes += [route] * count
        route.bytes += sum(map(len, items[:count]))
        return items[count:]

    def _decode_mixed(self, items: list[Any], batch: Batch) -> list[Item]:
        """Decode the messages at the head of ``items``; return those that are left, as above.

        Its two loops cost less than the one of ``decode``, which must look at each kind of item.
        """
        get = self._routes.get
        routes: list[Any] = []
        events = batch.items
        before = len(events)
        with contextlib.suppress(AttributeError, msgspec.DecodeError, UnicodeError, RecursionError):
            routes = [get(item[: item.find(b'"', _NAME_STARTS)]) for item in items]
            # None stands for the route of what is no event, and has no decoder either.
            for route, item in zip(routes, items, strict=True):
                events.append(route.decode(item).data)
                route.bytes += len(item)
        count = len(events) - before
        batch.routes += routes[:count]
        return items[count:]

    def _decode_slow(self, message: bytes, others: list[Any], batch: Batch) -> None:
        try:
            reply = self._reply_decoder.decode(message)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            if message.lstrip().startswith(b"["):
                self._decode_bare(message, None, batch)
            else:
                self._undecodable(None, message, error, batch)
            return
        route = None if reply.stream is None else self._by_name.get(reply.stream)
        if route is not None and not route.is_account:
            self._decode_wrapped(route, message, batch)
        elif reply.is_response or reply.stream is not None or reply.e == self._shutdown_event:
            others.append(reply)
        else:
            self._decode_bare(message, reply.s, batch)

    def _decode_wrapped(self, route: Route, message: bytes, batch: Batch) -> None:
        try:
            event = route.decode(message).data
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            self._undecodable(route, message, error, batch)
            return
        route.bytes += len(message)
        batch.append(route, event)

    def _decode_bare(self, message: bytes, symbol: str | None, batch: Batch) -> None:
        """Decode a payload without envelope, which the server sends once ``combined`` is false.

        Only its shape and its symbol say which stream it belongs to, so exactly one must match.
        """
        matches = []
        for route in self._by_name.values():
            desired = route.stream.parameters.get("symbol")
            if symbol is not None and desired is not None and symbol.lower() != desired:
                continue
            if route.is_account:
                continue
            try:
                matches.append((route, route.decode_bare(message)))
            except (msgspec.DecodeError, UnicodeError, RecursionError):
                continue
        if len(matches) == 1:
            route, event = matches[0]
            route.bytes += len(message)
            batch.append(route, event)
            return
        names = ", ".join(route.label for route, _ in matches) or "none of the streams"
        reason = f"a payload without envelope that fits {names}"
        self._on_stray(Undecodable(None, reason, message))

    def _undecodable(
        self, route: Route | None, message: bytes, error: Exception, batch: Batch
    ) -> None:
        if route is None:
            self._on_stray(Undecodable(None, reason_of(error), message))
            return
        try:
            events, failures = route.decoder.decode_partial(message)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            pass
        else:
            # One element that has drifted must not cost the others.
            for part, reason in failures:
                batch.mark(route, Undecodable(route.label, reason, part))
            if events:
                batch.append(route, events)
            return
        if route.stream.is_secret:
            message = message.replace(route.name.encode(), route.label.encode())
        batch.mark(route, Undecodable(route.label, reason_of(error), message))
