"""What an order book hands out: immutable, and in the client's number type."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Generic, Literal, TypeAlias, cast, final

from msgspec import Struct

from binance_streams_runtime.types import N, Numbers, PriceLevel

BookState: TypeAlias = Literal["waiting", "synced", "stale", "resyncing"]
"""``waiting``: no levels yet. ``synced``: right at its update id. ``stale``: right once, and maybe
old now. ``resyncing``: updates are missing or it was wrong, and a new snapshot is on its way."""

BookSide: TypeAlias = Literal["buy", "sell"]
"""Whether the levels are those that a buyer takes, the asks, or those that a seller takes."""


@final
class BookChange(Struct, Generic[N], frozen=True, gc=False):
    """What changed in an order book by one update, or all of its levels if it is a snapshot."""

    update_id: int
    """The id of the last update in it: the book's after this change."""
    bids: tuple[PriceLevel[N], ...]
    """Bids that changed, in the order in which the server sent them; zero removes a level."""
    asks: tuple[PriceLevel[N], ...]
    """Asks that changed."""
    best_changed: bool
    """Whether the best bid or ask changed, its price or its quantity."""
    is_snapshot: bool
    """Whether these are all levels that the book has: those before are void."""
    event_time: int | None
    """When the server sent the update, in the connection's unit; None for a snapshot."""


@final
class BookView(Struct, Generic[N], frozen=True, gc=False):
    """The levels of both sides at one moment, the best first."""

    update_id: int | None
    """The id of the last update in it; None before the first snapshot."""
    bids: tuple[PriceLevel[N], ...]
    """Bids, the highest price first."""
    asks: tuple[PriceLevel[N], ...]
    """Asks, the lowest price first."""
    is_complete: bool
    """Whether no level is missing between the best and the last one of each side, nor beyond it if
    there are fewer than asked for. Levels beyond the horizon may be missing."""
    state: BookState
    """The state of the book at that moment."""


@final
class Horizon(Struct, Generic[N], frozen=True, gc=False):
    """How far a book is known: levels beyond these prices are unknown unless they changed."""

    bid: N | None
    """The lowest price whose level is known; None if all bids are."""
    ask: N | None
    """The highest price whose level is known; None if all asks are."""


@final
class Depth(Struct, Generic[N], frozen=True, gc=False):
    """What could be bought or sold up to a price."""

    quantity: N
    """The quantity of all levels up to the price."""
    is_complete: bool
    """Whether all of these levels are known: not if the price is beyond the horizon."""


@final
class Fill(Struct, Generic[N], frozen=True, gc=False):
    """What a market order of some quantity would get from the levels of a book."""

    quantity: N
    """The quantity that the known levels have, at most the one asked for."""
    average_price: N | None
    """The price of one unit on the average; None if there are no levels."""
    worst_price: N | None
    """The price of the last unit; None if there are no levels."""
    levels: int
    """How many levels it takes."""
    is_complete: bool
    """Whether ``quantity`` is all that was asked for, from levels within the horizon."""
    cost: N
    """``quantity`` times ``average_price``, exactly: what a buyer pays or a seller gets."""


def converter(numbers: Numbers) -> Callable[[Any], Any]:
    """Return what makes a number of the client's type of a Decimal or of a text."""
    if numbers is str:
        return _text
    return cast("Callable[[Any], Any]", numbers)


_MOST_MADE = 256
"""So many levels are known that were made before."""


class LevelConverter:
    """Makes levels of levels with texts, and knows those that it made the last times."""

    __slots__ = ("_made", "_number")

    def __init__(self, numbers: Numbers) -> None:
        """Make levels with ``numbers``."""
        self._number: Any = numbers
        self._made: dict[str, tuple[PriceLevel[str], PriceLevel[Any]]] = {}

    def one(self, level: PriceLevel[str]) -> PriceLevel[Any]:
        """Return one level."""
        return self.many((level,))[0]

    def many(self, levels: Iterable[PriceLevel[str]]) -> tuple[PriceLevel[Any], ...]:
        """Return many levels; those that have not changed are not made again."""
        number, made = self._number, self._made
        if number is str:
            return tuple(levels)
        if len(made) > _MOST_MADE:
            made.clear()
        found = []
        for level in levels:
            price = level.price
            known = made.get(price)
            if known is None or known[0] is not level:
                converted = PriceLevel(number(price), number(level.quantity))
                made[price] = known = level, converted
            found.append(known[1])
        return tuple(found)


def _text(number: Decimal | str) -> str:
    return number if isinstance(number, str) else f"{number:f}"
