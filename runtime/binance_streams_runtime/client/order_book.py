"""A user's order book, without waiting: what can be read of it, and its options."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import ClassVar, Generic, TypedDict

from binance_streams_runtime.catalog.parameters import Symbol
from binance_streams_runtime.client.event_source import EventSourceBase
from binance_streams_runtime.order_book.feed import BookFeed
from binance_streams_runtime.order_book.reader import BookLevels, BookReader
from binance_streams_runtime.order_book.values import (
    BookChange,
    BookSide,
    BookState,
    BookView,
    Depth,
    Fill,
    Horizon,
)
from binance_streams_runtime.pipeline.queues import Overflow
from binance_streams_runtime.types import N, PriceLevel


class BookOptions(TypedDict, Generic[N], total=False):
    """Options of an order book; ``N`` is the client's number type."""

    on_event: Callable[[BookChange[N]], object] | None
    """Called with each change, where the client calls all its callbacks."""
    maxsize: int | None
    """How many changes may wait; None for the client's ``maxsize``."""
    overflow: Overflow | None
    """What happens to changes beyond that; None for the client's ``overflow``."""


class OrderBookBase(EventSourceBase[BookChange[N]], Generic[N]):
    """The local copy of one symbol's order book.

    All that is read here is a copy of one moment, and may be read in any thread; it costs no
    request, and waits for nothing.
    """

    _KIND: ClassVar[str] = "an order book"
    _feed: BookFeed
    _reader: BookReader[N]

    @property
    def symbol(self) -> str:
        """The trading pair, in upper case."""
        updates = self._feed.updates
        names = [one.name for one in updates.type.parameters if isinstance(one, Symbol)]
        return str(updates.parameters[names[0]]).upper()

    @property
    def state(self) -> BookState:
        """``waiting``, ``synced``, ``stale`` or ``resyncing``.

        ``synced`` means that the book is the server's at ``last_update_id``, as far as the
        ``horizon``. ``waiting``: there are no levels yet. ``stale``: they were right, and may be
        old now, as the connection is gone, or the book or the client is closed. ``resyncing``:
        updates are missing, or the book was wrong, and a new snapshot is on its way.
        """
        state = self._feed.local.state
        return "stale" if state == "synced" and self._state.value == "ended" else state

    @property
    def reason(self) -> str:
        """Why the book is not synced; empty if it is."""
        return "" if self.state == "synced" else self._owner.reason_of(self)[0]

    @property
    def last_update_id(self) -> int | None:
        """The id of the last update in the book; None before the first snapshot."""
        return self._reader.last_update_id

    @property
    def event_time(self) -> int | None:
        """When the server sent the last update, in the connection's unit; None if none came."""
        return self._reader.event_time

    @property
    def age(self) -> float | None:
        """Seconds since the last update arrived; None if none came."""
        updated_at = self._feed.local.updated_at
        return None if updated_at is None else self._owner.now() - updated_at

    @property
    def best_bid(self) -> PriceLevel[N] | None:
        """The bid with the highest price; None if none is known."""
        return self._reader.best_bid

    @property
    def best_ask(self) -> PriceLevel[N] | None:
        """The ask with the lowest price; None if none is known."""
        return self._reader.best_ask

    @property
    def bids(self) -> BookLevels[N]:
        """The bids, the highest price first: ``book.bids[:10]``, ``len(book.bids)``.

        Each access reads the book as it is at that moment; ``top`` reads both sides of one moment.
        """
        return self._reader.bids

    @property
    def asks(self) -> BookLevels[N]:
        """The asks, the lowest price first; as ``bids``."""
        return self._reader.asks

    def top(self, count: int = 10) -> BookView[N]:
        """Return the best levels of both sides at one update id, at most ``count`` of each.

        Raises ParameterError if ``count`` is not a whole number from 1 on.
        """
        return self._reader.top(count)

    @property
    def spread(self) -> N | None:
        """The best ask's price minus the best bid's; None if either is unknown."""
        return self._reader.spread

    @property
    def mid(self) -> N | None:
        """The price in the middle of the best bid and ask; None if either is unknown."""
        return self._reader.mid

    @property
    def microprice(self) -> N | None:
        """The mid, weighted by the quantity on the other side; None if either is unknown.

        It is nearer to the best ask if there is more quantity at the best bid.
        """
        return self._reader.microprice

    def imbalance(self, count: int = 1) -> N | None:
        """Return how much more is bid than asked for, in the best ``count`` levels of each side.

        From -1, only asks, to 1, only bids: the difference of the quantities by their sum. None if
        there are no levels. Raises ParameterError as ``top`` does.
        """
        return self._reader.imbalance(count)

    def quantity_to(self, side: BookSide, price: N | Decimal | float | str) -> Depth[N]:
        """Return how much can be bought or sold at ``price`` or better.

        ``side`` is ``buy`` (the asks) or ``sell`` (the bids). The result says whether all levels up
        to the price are known. Raises ParameterError if either value is not allowed.
        """
        return self._reader.quantity_to(side, price)

    def cost(self, side: BookSide, quantity: N | Decimal | float | str) -> Fill[N]:
        """Return what a market order of ``quantity``, of the base asset, would get.

        ``side`` is ``buy`` (takes asks) or ``sell`` (takes bids). If the known levels do not
        suffice, the result says what they have, and is not complete. Raises ParameterError if
        either value is not allowed.
        """
        return self._reader.cost(side, quantity)

    def grouped(self, step: N | Decimal | float | str, count: int = 10) -> BookView[N]:
        """Return both sides with the levels put together in steps of the price.

        Bids are rounded down and asks up to a multiple of ``step``; at most ``count`` groups of
        each side. Raises ParameterError if either value is not allowed.
        """
        return self._reader.grouped(step, count)

    @property
    def horizon(self) -> Horizon[N]:
        """How far the book is known: levels beyond are unknown unless they changed."""
        return self._reader.horizon

    def close(self) -> None:
        """End the book; its iteration ends once what waits has been taken.

        What is read afterwards is stale. Its streams are unsubscribed, unless somebody else needs
        them. Also at the end of a ``with`` (or ``async with``) statement.
        """
        self._owner.end(self)

    @property
    def _label(self) -> str:
        return f"the order book of {self._route.label}"

    def __repr__(self) -> str:
        state = "closed" if self._state.value == "ended" else self.state
        return f"<{type(self).__name__} {self._route.label} {state}>"
