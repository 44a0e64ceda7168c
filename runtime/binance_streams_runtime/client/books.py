"""A client's order books: what both front ends share of making and ending them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, cast

from binance_streams_runtime.catalog.rest import OrderBookRules
from binance_streams_runtime.catalog.streams import Catalog, Stream
from binance_streams_runtime.catalog.venue import Server, Venue
from binance_streams_runtime.client.options import FillOptions, check_callback
from binance_streams_runtime.client.order_book import BookOptions, OrderBookBase
from binance_streams_runtime.client.queries import PAUSED
from binance_streams_runtime.client.registry import SubscriptionRegistry
from binance_streams_runtime.client.servers import check_server
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.errors import ParameterError, client_closed
from binance_streams_runtime.order_book.feed import BookFeed
from binance_streams_runtime.order_book.reader import BookReader
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.protocol.rest import RestServer

if TYPE_CHECKING:
    from binance_streams_runtime.client.client_engine import ClientEngine


class ClientBooks:
    """The order books of one client, by the stream of their updates."""

    def __init__(self, client: ClientEngine[Any, Any]) -> None:
        self._client = client
        self._registry: SubscriptionRegistry[OrderBookBase[Any]] = SubscriptionRegistry()

    @property
    def all(self) -> tuple[OrderBookBase[Any], ...]:
        """Every book that has not ended."""
        with self._registry.lock:
            return tuple(self._registry.by_name.values())

    def open(
        self,
        rules: OrderBookRules,
        updates: Stream,
        best: Stream | None,
        depth: int,
        is_verified: bool | None,
        options: BookOptions[Any],
    ) -> OrderBookBase[Any]:
        """Return the existing book with these updates, or a new one."""
        client, registry = self._client, self._registry
        with registry.lock:
            existing = registry.by_name.get(updates.name)
            if existing is not None:
                _check_same(existing, depth, is_verified, options)
                return existing
            given = cast("FillOptions[Any]", options)
            queue = client._new_queue(given)
            numbers = client._settings.numbers
            route = Route(updates, decoder_of(updates.type, numbers), queue)
            client._hold(queue)
            channel = client._channel(route, queue, given)
            # Re-entrant: a signal's handler may read the book in the midst of another reading.
            lock = threading.RLock()
            draw = client._engine.draws.of(f"book of {updates.label}")
            feed = BookFeed(
                *(rules, updates, best, depth, is_verified, route, numbers, draw, lock),
            )
            book: OrderBookBase[Any] = client._make(
                *(client._kinds.order_book, route, queue, channel),
                on_timed_out=lambda error: None,
                on_ended=lambda: registry.discard(route.name, book),
            )
            book._feed = feed
            book._reader = BookReader(feed.local, numbers)
            route.subscriber = book._state
            if channel is not None:
                feed.attach()
            client._running.restart()
            client.command(
                lambda now, engine: engine.command(now, lambda _: engine.books.open(now, feed))
            )
            registry.by_name[updates.name] = book
            if client.is_closed:
                # Closed meanwhile, by a signal handler in this thread.
                del registry.by_name[updates.name]
                book._state.ended(None)
                raise client_closed()
        return book

    def end(self, book: OrderBookBase[Any]) -> None:
        """End a book that its user has closed; no-op if it has ended."""
        feed = book._feed
        with self._registry.lock:
            if self._registry.by_name.get(feed.updates.name) is book:
                del self._registry.by_name[feed.updates.name]
                self._client.command(
                    lambda now, engine: engine.command(now, lambda _: engine.books.close(now, feed))
                )
        # At once, as a closed book must not be called synced until the driver comes to it.
        book._state.ended(None)
        self._client._stop_callback(book)

    def reason_of(self, book: OrderBookBase[Any]) -> str:
        """Return why a book is not synced, or has not changed; for any thread."""
        client, feed, now = self._client, book._feed, self._client._driver.now()
        if client._driver.is_paused:
            return PAUSED
        local = feed.local
        if book._state.value == "ended":
            return local.reason if local.failure is not None else client.end_reason
        if local.is_synced:
            since = now - (local.updated_at or local.synced_at)
            return f"no update has come for {since:.1f} s"
        if feed.is_confirmed:
            return f"{local.reason}{_pending(feed, now)}"
        reason, _ = client._engine.session.reason_of(now, feed.updates.name)
        return reason

    def end_all(self, error: BaseException | None) -> None:
        """End every book."""
        for book in self._registry.take_all():
            book._state.ended(error)

    def forked(self, error: BaseException) -> None:
        """End every book in a forked child, where the thread that holds a lock does not run."""
        self._registry.lock = threading.RLock()
        for book in self._registry.take_all():
            book._feed.local.lock = threading.RLock()
            book._state.abandon(error)


def check_book(
    catalog: Catalog,
    venue: Venue,
    server: Server | None,
    rest: RestServer | None,
    arguments: dict[str, object],
    depth: object,
    verify: object,
    options: BookOptions[Any],
) -> tuple[OrderBookRules, Stream, Stream | None]:
    """Check the arguments of an order book before anything is sent.

    Returns the market's rules, the stream of updates, and that of the best bid and ask if the book
    is to be compared with it. Raises ParameterError, and TypeError for an unknown option.
    """
    rules = catalog.order_book
    if rules is None:
        raise ParameterError("order_book", venue.name, "a market whose spec has an order book")
    for name in options:
        if name not in BookOptions.__annotations__:
            allowed = ", ".join(["depth", "verify", *BookOptions.__annotations__])
            raise TypeError(f"unexpected keyword argument {name!r}; allowed: {allowed}")
    check_callback("on_event", options.get("on_event"))
    most = rules.snapshot.max_limit
    if not isinstance(depth, int) or isinstance(depth, bool) or not 1 <= depth <= most:
        allowed = f"a whole number of levels of each side, from 1 to {most}"
        raise ParameterError("depth", depth, allowed)
    if verify is not None and not isinstance(verify, bool):
        allowed = "True (always), False (never), None (for a while, in turn with other books)"
        raise ParameterError("verify", verify, allowed)
    updates = rules.updates.stream(**arguments)
    check_server(venue, server, updates)
    if rest is None:
        name = venue.name if server is None else server.name
        raise ParameterError("server", name, "a server whose REST API is known; give rest_url=")
    best = None if verify is False else _best_of(rules, updates)
    if best is not None and server is not None and not server.supports(best):
        best = None
    if verify and best is None:
        name = venue.name if server is None else server.name
        raise ParameterError("verify", verify, f"False, None, as {name} has no stream for it")
    return rules, updates, best


def _pending(feed: BookFeed, now: float) -> str:
    """Say since when an answer is waited for, if one is."""
    asked = feed.asked
    if asked is None:
        return ""
    at, url = asked
    return f"; a snapshot was asked for {now - at:.1f} s ago, and {url} has not answered yet"


def _best_of(rules: OrderBookRules, updates: Stream) -> Stream | None:
    """Return the stream of the best bid and ask of the same symbol; None if there is none."""
    if rules.best is None:
        return None
    type = rules.best.stream
    names = [parameter.name for parameter in type.parameters]
    return type.stream(**{name: updates.parameters[name] for name in names})


def _check_same(
    book: OrderBookBase[Any], depth: int, is_verified: bool | None, options: BookOptions[Any]
) -> None:
    """Raise ParameterError if an existing book was made with other arguments."""
    feed = book._feed
    until = f"as {book._label} exists already; close() it first"
    if depth != feed.depth:
        raise ParameterError("depth", depth, f"{feed.depth}, {until}")
    if is_verified is not feed.is_verified:
        raise ParameterError("verify", is_verified, f"{feed.is_verified}, {until}")
    if options:
        raise ParameterError("options", sorted(options), f"none, {until}")
