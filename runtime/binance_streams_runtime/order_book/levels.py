"""The levels of an order book: exact, cheap to change, and with the best always at hand.

A price is compared as an integer, its text without the point, so nothing is rounded. Bids have
positive ticks and asks negative ones: on both sides the highest tick is the best level.

Most changes are about prices that the book has or had a moment ago, so a side is a dict of
quantities by price text, and a removed level stays in it with its quantity of zero until it is
swept out. Only a new price must find its place in a sorted list. That list holds only the levels
near the best; those behind it, where nobody looks, wait unsorted until somebody does.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain
from typing import Any

Level = tuple[str, str]
"""Price and quantity as texts."""

ZEROS = frozenset({"0", *(f"0.{'0' * places}" for places in range(1, 33))})
"""How a quantity of zero is written, which removes a level."""

# How many levels near the best are kept sorted: at first, and at most.
_NEAR = 192
_MOST_NEAR = 512

# A side is swept when it holds so many more levels than after the last time.
_SPARE = 2048

_LOWEST, _HIGHEST = float("-inf"), float("inf")


def is_same_number(one: str, other: str) -> bool:
    """Return whether two texts are the same number: they may differ in zeros at the end."""
    return one == other or Decimal(one) == Decimal(other)


class Side:
    """The bids or the asks of one book."""

    __slots__ = (
        "_far",
        "_floor",
        "_horizon_tick",
        "_is_far_sorted",
        "_limit",
        "_prices",
        "_quantities",
        "_sign",
        "_ticks",
        "decimals",
        "horizon",
    )

    def __init__(self, is_bid: bool, levels: Sequence[Any], is_whole: bool) -> None:
        """Make a side of a snapshot's levels; ``is_whole`` if there are none beyond them."""
        self._sign = 1 if is_bid else -1
        self.decimals: int = 0
        # By price, all of them with the same number of decimals; zero if the level is removed.
        self._quantities: dict[str, str] = {}
        # The levels near the best, ascending, and those below ``_floor``.
        self._ticks: list[int] = []
        self._prices: list[str] = []
        self._floor: float = _HIGHEST
        self._far: list[tuple[int, str]] = []
        self._is_far_sorted = True
        self._limit = _SPARE
        self._horizon_tick = 0
        self.horizon: str | None = None
        """The worst price of the snapshot; None if every level of the side is known."""
        if levels:
            self.decimals = len(levels[0].price.partition(".")[2])
        self.apply(levels)
        self._refill(_NEAR)
        self._limit = len(self._quantities) + _SPARE
        if not is_whole:
            self.horizon = self._far[0][1] if self._far else next(iter(self._prices), None)
        if self.horizon is not None:
            self._horizon_tick = self._tick_of(self.horizon)

    def __len__(self) -> int:
        """How many levels are known."""
        return sum(quantity not in ZEROS for quantity in self._quantities.values())

    def apply(self, levels: Iterable[Any]) -> None:
        """Set the quantities of these prices; raise ValueError if a price is not a number."""
        quantities = self._quantities
        for level in levels:
            price = level.price
            quantity = level.quantity
            if price not in quantities:
                if quantity in ZEROS:
                    if price[-self.decimals - 1 : -self.decimals] == ".":
                        continue
                    price = self._canonical(price)
                    quantities = self._quantities
                    if price not in quantities:
                        continue
                else:
                    price = self._insert(price)
                quantities = self._quantities
            quantities[price] = quantity
        if len(quantities) > self._limit:
            self._sweep()

    def best(self) -> Level | None:
        """Return the best level, or None if there is none."""
        quantities, prices = self._quantities, self._prices
        while True:
            while prices:
                price = prices[-1]
                quantity = quantities[price]
                if quantity not in ZEROS:
                    return price, quantity
                del quantities[price]
                prices.pop()
                self._ticks.pop()
            if not self._far:
                return None
            self._refill(_NEAR)
            prices = self._prices

    def best_tick(self) -> int | None:
        """Return the best price as an integer of its digits; that of an ask is negative."""
        return None if self.best() is None else self._ticks[-1]

    def top(self, count: int) -> list[Level]:
        """Return the best levels, at most ``count`` of them, the best first."""
        if count <= 0:
            return []
        found: list[Level] = []
        quantities = self._quantities
        for price in self._best_first():
            quantity = quantities[price]
            if quantity not in ZEROS:
                found.append((price, quantity))
                if len(found) == count:
                    break
        return found

    def down_to(self, bounds: Iterable[str]) -> list[Level]:
        """Return the levels at these prices or better ones, the best first; all without prices."""
        levels = self.top(len(self._quantities))
        lowest = max(map(self._key, bounds), default=None)
        if lowest is None:
            return levels
        return [level for level in levels if self._key(level[0]) >= lowest]

    def known(self, most: int | None = None) -> list[Level]:
        """Return the levels within the horizon, the best first, at most so many."""
        levels = self.top(len(self._quantities) if most is None else most)
        if self.horizon is None or not levels or self._tick_of(levels[-1][0]) >= self._horizon_tick:
            return levels
        lowest = self._horizon_tick
        return [level for level in levels if self._tick_of(level[0]) >= lowest]

    def is_known(self, levels: list[Level], count: int) -> bool:
        """Return whether these are the best ``count`` levels, or all if they are fewer."""
        if self.horizon is None:
            return True
        return len(levels) == count and self._tick_of(levels[-1][0]) >= self._horizon_tick

    @property
    def is_exhausted(self) -> bool:
        """Whether the best level is unknown, as every level within the horizon is gone."""
        if self.horizon is None:
            return False
        tick = self.best_tick()
        return tick is None or tick < self._horizon_tick

    @property
    def known_depth(self) -> float:
        """How many levels are within the horizon; infinite if all levels are known."""
        if self.horizon is None:
            return _HIGHEST
        levels = chain(zip(self._ticks, self._prices, strict=True), self._far)
        lowest, quantities = self._horizon_tick, self._quantities
        return sum(tick >= lowest and quantities[price] not in ZEROS for tick, price in levels)

    def _best_first(self) -> Iterator[str]:
        """Yield the prices, those of removed levels among them."""
        yield from reversed(self._prices)
        if self._far:
            if not self._is_far_sorted:
                self._far.sort()
                self._is_far_sorted = True
            for _, price in reversed(self._far):
                yield price

    def _insert(self, price: str) -> str:
        """Give a new price its place, and return it with the side's number of decimals."""
        whole, _, fraction = price.partition(".")
        if len(fraction) != self.decimals:
            price = self._canonical(price)
            if price in self._quantities:
                return price
            whole, _, fraction = price.partition(".")
        tick = self._sign * int(whole + fraction)
        if tick < self._floor:
            self._far.append((tick, price))
            self._is_far_sorted = False
            return price
        ticks = self._ticks
        if len(ticks) >= _MOST_NEAR:
            self._refill(_NEAR)
            return self._insert(price)
        place = bisect_left(ticks, tick)
        ticks.insert(place, tick)
        self._prices.insert(place, price)
        return price

    def _tick_of(self, price: str) -> int:
        return self._sign * int(price.replace(".", ""))

    def _key(self, price: str) -> Decimal:
        """Return what prices are compared by, however they are written; the best is the highest."""
        return self._sign * Decimal(price)

    def _canonical(self, price: str) -> str:
        """Write a price with the side's number of decimals, of which it may need more now."""
        whole, _, fraction = price.partition(".")
        decimals = self.decimals
        if len(fraction) == decimals:
            return price
        if len(fraction) > decimals:
            self._rescale(len(fraction))
            return price
        return f"{whole}.{fraction:0<{decimals}}"

    def _rescale(self, decimals: int) -> None:
        """Write all prices with more decimals."""
        self.decimals = decimals
        kept = [(self._canonical(price), quantity) for price, quantity in self._quantities.items()]
        self._quantities = {}
        self._ticks, self._prices, self._far = [], [], []
        for price, quantity in kept:
            if quantity not in ZEROS:
                self._quantities[price] = quantity
                self._far.append((self._tick_of(price), price))
        self._is_far_sorted = False
        self._refill(_NEAR)
        if self.horizon is not None:
            self.horizon = self._canonical(self.horizon)
            self._horizon_tick = self._tick_of(self.horizon)

    def _sweep(self) -> None:
        """Forget removed levels."""
        self._refill(_NEAR)
        self._limit = len(self._quantities) + _SPARE

    def _refill(self, count: int) -> None:
        """Keep the best ``count`` levels in the sorted list, and the others behind it."""
        quantities = self._quantities
        far = self._far
        far += zip(self._ticks, self._prices, strict=True)
        far = [(tick, price) for tick, price in far if quantities[price] not in ZEROS]
        if len(far) < len(quantities):
            self._quantities = {price: quantities[price] for _, price in far}
        far.sort()
        near = far[-count:]
        del far[-count:]
        self._far, self._is_far_sorted = far, True
        self._ticks = [tick for tick, _ in near]
        self._prices = [price for _, price in near]
        self._floor = self._ticks[0] if far else _LOWEST
