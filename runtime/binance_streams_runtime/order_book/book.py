"""Both sides of an order book at one update id."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any

from binance_streams_runtime.order_book.levels import Level, Side, is_same_level


class Book:
    """The levels of a book, as a snapshot and the updates after it make them."""

    __slots__ = ("asks", "bids", "event_time", "first_depth", "limit", "may_cross", "update_id")

    def __init__(
        self,
        update_id: int,
        bids: Sequence[Any],
        asks: Sequence[Any],
        limit: int,
        limits: Collection[int] = (),
    ) -> None:
        """Make a book of a snapshot, for which at most ``limit`` levels a side were asked.

        A side that has as many as one of ``limits`` was cut there: the server may have a lower
        limit than the one that is documented.
        """
        self.update_id: int = update_id
        """The id of the last update in it."""
        self.limit: int = limit
        """The most levels that the snapshot could have on a side."""
        self.event_time: int | None = None
        """When the server sent the last update; None if there was none since the snapshot."""
        self.may_cross: bool = False
        """Whether the server's own book was crossed, so that this is no fault."""
        cut = [len(side) >= limit or len(side) in limits for side in (bids, asks)]
        self.bids: Side = Side(True, bids, is_whole=not cut[0])
        self.asks: Side = Side(False, asks, is_whole=not cut[1])
        depths = [len(side) for side, is_cut in zip((bids, asks), cut, strict=True) if is_cut]
        self.first_depth: float = min(depths, default=math.inf)
        """The ``known_depth`` of the snapshot."""

    def apply(self, last: int, bids: Sequence[Any], asks: Sequence[Any]) -> None:
        """Apply what changed up to the id ``last``."""
        self.bids.apply(bids)
        self.asks.apply(asks)
        self.update_id = last

    def best(self) -> tuple[Level | None, Level | None]:
        """Return the best bid and the best ask."""
        return self.bids.best(), self.asks.best()

    def problem(self) -> str | None:
        """Return why the book must start over after an update, or None."""
        bids, asks = self.bids, self.asks
        if bids.is_exhausted or asks.is_exhausted:
            return "the market moved beyond the levels that were known"
        if bids.meets(asks) and not self.may_cross:
            return f"the best bid is not below the best ask after update {self.update_id}"
        return None

    @property
    def is_crossed(self) -> bool:
        """Whether the best bid is not below the best ask."""
        return self.bids.meets(self.asks)

    @property
    def is_exhausted(self) -> bool:
        """Whether the best level of a side is unknown: all that were known are gone."""
        return self.bids.is_exhausted or self.asks.is_exhausted

    @property
    def is_whole(self) -> bool:
        """Whether every level of both sides is known."""
        return self.bids.horizon is None and self.asks.horizon is None

    @property
    def known_depth(self) -> float:
        """How many levels of the shallower side are within the horizon; infinite if all are."""
        return min(self.bids.known_depth, self.asks.known_depth)


def difference(book: Book, other: Book) -> tuple[str, str] | None:
    """Return how two books at the same id differ in what both know: a text of each, or None."""
    for name, side, others in (("bid", book.bids, other.bids), ("ask", book.asks, other.asks)):
        one, two = _known_to_both(side, others)
        for mine, theirs in zip(one, two, strict=False):
            if not is_same_level(mine, theirs):
                return _shown(name, mine), _shown(name, theirs)
        if len(one) != len(two):
            longer, shorter = (one, two) if len(one) > len(two) else (two, one)
            extra = _shown(name, longer[len(shorter)])
            nothing = f"no {name} {longer[len(shorter)].price}"
            return (extra, nothing) if longer is one else (nothing, extra)
    return None


def _known_to_both(side: Side, other: Side) -> tuple[list[Level], list[Level]]:
    bounds = [bound for bound in (side.horizon, other.horizon) if bound is not None]
    return side.down_to(bounds), other.down_to(bounds)


def _shown(name: str, level: Level) -> str:
    return f"{name} {level.price}: {level.quantity}"
