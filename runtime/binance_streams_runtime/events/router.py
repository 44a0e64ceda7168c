"""From messages to routes: the path that every message takes.

The name in the envelope chooses the decoder: one slice, one look-up, one msgspec call. What does
not look like that at the first glance (another order of keys, blanks, escapes, answers, bare
payloads) takes the slow path, which is correct for all of JSON.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from binance_streams_runtime.events.route import Route
from binance_streams_runtime.notices import Undecodable
from binance_streams_runtime.wire.frames import Item
from binance_streams_runtime.wire.reply import Reply

_NAME_STARTS = len(b'{"stream":"')


class Router:
    """The routes of one client, and what has arrived on them since the last flush."""

    def __init__(
        self, shutdown_event: str, on_undecodable: Callable[[Route | None, Undecodable], None]
    ) -> None:
        self._shutdown_event = shutdown_event
        self._on_undecodable = on_undecodable
        self._routes: dict[bytes, Route] = {}
        self._by_name: dict[str, Route] = {}
        self._reply_decoder = msgspec.json.Decoder(Reply)
        # What has arrived since the last ``collect``, in order: whose each event is, and the event.
        self._arrivals: list[Route] = []
        self._events: list[Any] = []

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

    def collect(self) -> tuple[list[Route], list[Any]]:
        """What has arrived since the last time, in order: whose each event is, and the events."""
        arrived = self._arrivals.copy(), self._events.copy()
        # Emptied in place: ``take`` may be in the middle of a batch.
        self._arrivals.clear()
        self._events.clear()
        return arrived

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
        begins, decode = route.begins, route.decode
        events = self._events
        before = len(events)
        keep = events.append
        # Whatever cannot be decoded, or is no message at all, is left to ``_take_each``.
        with contextlib.suppress(AttributeError, msgspec.DecodeError, UnicodeError, RecursionError):
            for item in items:
                if not item.startswith(begins):  # type: ignore[union-attr]
                    break
                keep(decode(item).data)  # type: ignore[arg-type]
        count = len(events) - before
        self._arrivals += [route] * count
        route.bytes += sum(map(len, items[:count]))  # type: ignore[arg-type]
        return items[count:]

    def _take_each(self, items: list[Item], others: list[Any]) -> None:
        routes = self._routes
        arrived = self._arrivals.append
        keep = self._events.append
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
        elif reply.is_answer or reply.stream is not None or reply.e == self._shutdown_event:
            others.append(reply)
        else:
            self._bare(message, reply.s)

    def _bare(self, message: bytes, symbol: str | None) -> None:
        """Deliver a payload without envelope, which the server sends once ``combined`` is false.

        Only its form and its symbol tell whose it is, so it is delivered where one stream fits.
        """
        fitting = []
        for route in self._by_name.values():
            wanted = route.stream.parameters.get("symbol")
            if symbol is not None and wanted is not None and symbol.lower() != wanted:
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
        self._on_undecodable(None, Undecodable(None, reason, message))

    def _deliver(
        self, route: Route, message: bytes, decode: Callable[[bytes], Any], is_wrapped: bool
    ) -> None:
        try:
            event = decode(message)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            self._undecodable(route, message, error)
            return
        route.bytes += len(message)
        self._arrivals.append(route)
        self._events.append(event.data if is_wrapped else event)

    def _undecodable(self, route: Route | None, message: bytes, error: Exception) -> None:
        label = None if route is None else route.label
        if route is not None and route.stream.is_secret:
            message = message.replace(route.stream.name.encode(), route.label.encode())
        self._on_undecodable(route, Undecodable(label, str(error), message))
