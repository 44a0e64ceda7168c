"""The levels of an order book: exact, cheap to change, and with the best always at hand.

Prices are compared as texts: with the same number of decimals, and zeros before the shorter ones,
texts are in the order of the numbers, so nothing is converted and nothing is rounded. Longer prices
than the usual ones of the side are set aside as long as nobody needs them, as there are always
asks that are ten times as high.

Most changes are about prices that the book has or had a moment ago, so a side is a dict of levels
by price, and a removed level stays in it with its quantity of zero until it is swept out. Only a
new price must find its place in a sorted list. That list holds only the levels near the best; those
behind it, where nobody looks, wait unsorted until somebody does.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import islice
from typing import TypeAlias

from binance_streams_runtime.types import PriceLevel

Level: TypeAlias = PriceLevel[str]
"""Price and quantity as texts, as the server sent them."""

ZEROS = frozenset({"0", *(f"0.{'0' * places}" for places in range(1, 33))})
"""How a quantity of zero is written, which removes a level."""

# How many levels near the best are kept sorted: after the list was made, and at most.
_NEAR = 192
_MOST_NEAR = 512

# Less and more than every price.
_LOWEST, _HIGHEST = "", "~"


def is_same_level(one: Level, other: Level) -> bool:
    """Return whether two levels are the same in numbers: texts may differ in zeros at the end."""
    return one == other or all(map(_is_same_number, one, other))


def _is_same_number(one: str, other: str) -> bool:
    return one == other or Decimal(one) == Decimal(other)


def _order(price: str) -> tuple[int, str]:
    """Return what prices of different lengths are sorted by."""
    return len(price), price


class Side:
    """The bids or the asks of one book."""

    __slots__ = (
        "_aside",
        "_best",
        "_best_at",
        "_best_key",
        "_bound",
        "_decimals",
        "_far",
        "_horizon_key",
        "_is_best_known",
        "_is_bid",
        "_levels",
        "_limit",
        "_near",
        "_new",
        "_point",
        "_width",
        "horizon",
    )

    def __init__(self, is_bid: bool, levels: Sequence[Level], is_whole: bool) -> None:
        """Make a side of a snapshot's levels; ``is_whole`` if there are none beyond them."""
        self._is_bid = is_bid
        self._best_at = -1 if is_bid else 0
        # A price has so many decimals here, and a key is a price with so many characters.
        self._decimals = len(levels[0].price.partition(".")[2]) if levels else 0
        self._point = -self._decimals - 1
        self._width = len(levels[0].price) if levels else 0
        # By price; the quantity is zero if the level is removed.
        self._levels: dict[str, Level] = {}
        # Ascending keys: those better than ``_bound``, and the others; those that are new among the
        # others, unsorted.
        self._near: list[str] = []
        self._bound = _HIGHEST if is_bid else _LOWEST
        self._far: list[str] = []
        self._new: list[str] = []
        # Prices of asks that are longer than keys, unsorted.
        self._aside: list[str] = []
        self._limit = len(levels)
        self._is_best_known = False
        self._best_key: str | None = None
        self._best: Level | None = None
        self._horizon_key: str | None = None
        self.horizon: str | None = None
        """The worst price of the snapshot; None if every level of the side is known."""
        self.apply(levels)
        self._limit = len(self._levels) * 2 + _NEAR
        if self._levels:
            self._advance()
        if not is_whole and self._levels:
            worst = self._far or self._near
            aside = max(self._aside, key=_order, default=None)
            self._horizon_key = aside or worst[0 if is_bid else -1]
            self.horizon = self._level(self._horizon_key).price

    def __len__(self) -> int:
        """How many levels are known."""
        return sum(level.quantity not in ZEROS for level in self._levels.values())

    def apply(self, levels: Iterable[Level]) -> None:
        """Set the quantities of these prices; raise ValueError if a price is not a number."""
        known, near, is_bid = self._levels, self._near, self._is_bid
        width, point, bound = self._width, self._point, self._bound
        self._is_best_known = False
        for level in levels:
            price = level.price
            if price in known:
                known[price] = level
            elif len(price) != width or price[point] != ".":
                self._apply_odd(level)
                width, point, bound = self._width, self._point, self._bound
            elif level.quantity not in ZEROS:
                float(price)
                known[price] = level
                if (price > bound) is is_bid:
                    insort(near, price)
                else:
                    self._new.append(price)
        if len(near) > _MOST_NEAR:
            self._trim()
        if len(known) > self._limit:
            self._sweep()

    def _apply_odd(self, level: Level) -> None:
        """Set the quantity of a price that is not as long as keys are."""
        price = self._canonical(level.price)
        if price not in self._levels:
            if level.quantity in ZEROS:
                return
            key = price.rjust(self._width, "0")
            if len(key) > self._width:
                self._aside.append(key)
            elif (key > self._bound) is self._is_bid:
                insort(self._near, key)
            else:
                self._new.append(key)
        self._levels[price] = level

    def best(self) -> Level | None:
        """Return the best level, or None if there is none."""
        if not self._is_best_known:
            self._find_best()
        return self._best

    def top(self, count: int) -> list[Level]:
        """Return the best levels, at most ``count`` of them, the best first."""
        found = self._best_near(count)
        while len(found) < count and (self._far or self._new or self._aside):
            if count > _NEAR:
                self._sort_far()
                far = reversed(self._far) if self._is_bid else self._far
                found += self._live(far, count - len(found))
                return found + self._live(sorted(self._aside, key=_order), count - len(found))
            self._advance()
            found = self._best_near(count)
        return found

    def down_to(self, bounds: Iterable[str]) -> list[Level]:
        """Return the levels at these prices or better ones, the best first; all without prices."""
        levels = self.top(len(self._levels))
        sign = 1 if self._is_bid else -1
        lowest = max((sign * Decimal(bound) for bound in bounds), default=None)
        if lowest is None:
            return levels
        return [level for level in levels if sign * Decimal(level.price) >= lowest]

    def known(self, most: int | None = None) -> list[Level]:
        """Return the levels within the horizon, the best first, at most so many."""
        levels = self.top(len(self._levels) if most is None else most)
        if not levels or not self._is_beyond(self._key_of(levels[-1].price)):
            return levels
        end = bisect_left(levels, True, key=lambda lv: self._is_beyond(self._key_of(lv.price)))
        return levels[:end]

    def is_known(self, levels: list[Level], count: int) -> bool:
        """Return whether these are the best ``count`` levels, or all if they are fewer."""
        if self.horizon is None:
            return True
        return len(levels) == count and not self._is_beyond(self._key_of(levels[-1].price))

    def meets(self, asks: Side) -> bool:
        """Return whether the best of these bids is not below the best of ``asks``."""
        bid, ask = self.best(), asks.best()
        if bid is None or ask is None:
            return False
        is_alike = len(bid.price) == len(ask.price)
        if is_alike and bid.price.find(".") == ask.price.find("."):
            return bid.price >= ask.price
        return Decimal(bid.price) >= Decimal(ask.price)

    @property
    def is_exhausted(self) -> bool:
        """Whether the best level is unknown, as every level within the horizon is gone."""
        if self._horizon_key is None:
            return False
        if not self._is_best_known:
            self._find_best()
        return self._best_key is None or self._is_beyond(self._best_key)

    @property
    def known_depth(self) -> float:
        """How many levels are within the horizon; infinite if all levels are known."""
        if self._horizon_key is None:
            return float("inf")
        return sum(
            level.quantity not in ZEROS and not self._is_beyond(price.rjust(self._width, "0"))
            for price, level in self._levels.items()
        )

    def _is_beyond(self, key: str) -> bool:
        horizon = self._horizon_key
        if horizon is None:
            return False
        if len(key) != len(horizon):
            return not self._is_bid and len(key) > len(horizon)
        return key < horizon if self._is_bid else key > horizon

    def _find_best(self) -> None:
        """Find the best level, and forget removed ones before it."""
        known, near, at = self._levels, self._near, self._best_at
        self._best = self._best_key = None
        while near or self._far or self._new or self._aside:
            if not near:
                self._advance()
            key = near[at]
            level = known.get(key) or self._level(key)
            if level.quantity not in ZEROS:
                self._best, self._best_key = level, key
                break
            del known[self._price(near.pop(at))]
        self._is_best_known = True

    def _best_near(self, count: int) -> list[Level]:
        """Return the best levels that are near, and forget removed ones before the last of them."""
        found: list[Level] = []
        removed: list[str] = []
        known, near = self._levels, self._near
        for key in reversed(near) if self._is_bid else near:
            if len(found) >= count:
                break
            level = known.get(key) or self._level(key)
            if level.quantity in ZEROS:
                removed.append(key)
            else:
                found.append(level)
        for key in removed:
            del known[self._price(key)]
            del near[bisect_left(near, key)]
        return found

    def _live(self, keys: Iterable[str], count: int) -> list[Level]:
        """Return the levels of the first ``count`` of these keys that are not removed."""
        levels = map(self._level, keys)
        return list(islice((level for level in levels if level.quantity not in ZEROS), count))

    # Prices and keys

    def _level(self, key: str) -> Level:
        return self._levels[self._price(key)]

    def _price(self, key: str) -> str:
        """Return the price that a key is made of."""
        if key in self._levels:
            return key
        price = key.lstrip("0")
        return price if price[:1].isdecimal() else f"0{price}"

    def _key_of(self, price: str) -> str:
        if len(price) == self._width and price[self._point] == ".":
            return price
        return self._canonical(price).rjust(self._width, "0")

    def _canonical(self, price: str) -> str:
        """Return a price with the side's number of decimals, of which it may need more now.

        Raise ValueError if it is not a number.
        """
        whole, _, fraction = price.partition(".")
        decimals = self._decimals
        if not (whole + fraction).isdecimal():
            raise ValueError(f"{price!r} is not a price")
        if len(fraction) != decimals or len(price) > self._width:
            if len(fraction) > decimals:
                fraction = fraction[:decimals] + fraction[decimals:].rstrip("0")
            fraction = fraction.ljust(decimals, "0")
            whole = whole.lstrip("0") or "0"
            price = f"{whole}.{fraction}" if fraction else whole
            # Longer asks are set aside, so keys need no room for them.
            places = len(whole) if self._is_bid or not self._width else 0
            if len(fraction) > decimals or (places and len(price) > self._width):
                self._rewrite(len(fraction), places)
        return price

    def _rewrite(self, decimals: int, whole: int) -> None:
        """Let prices have so many decimals, and keys room for so many digits before the point."""
        more = decimals - self._decimals
        whole = max(whole, self._width - (self._decimals + 1 if self._decimals else 0))
        end = "0" * more if self._decimals else "." + "0" * more if more else ""
        self._decimals, self._point = decimals, -decimals - 1
        self._width = whole + (decimals + 1 if decimals else 0)
        if end:
            levels = {price + end: level for price, level in self._levels.items()}
            self._levels.clear()
            self._levels.update(levels)
        for keys in (self._near, self._far, self._new, self._aside):
            keys[:] = [f"{key}{end}".rjust(self._width, "0") for key in keys]
        if self._horizon_key is not None:
            self._horizon_key = f"{self._horizon_key}{end}".rjust(self._width, "0")
        self._is_best_known = False
        if self._bound not in (_LOWEST, _HIGHEST):
            self._bound = f"{self._bound}{end}".rjust(self._width, "0")

    # Both lists

    def _trim(self) -> None:
        """Forget removed levels near the best, and let the worst of the others be far."""
        near, far = self._near, self._far
        live = self._swept(near)
        surplus = len(live) - _NEAR
        if surplus <= 0:
            near[:] = live
            return
        if self._is_bid:
            near[:] = live[surplus:]
            far += live[:surplus]
        else:
            near[:] = live[:_NEAR]
            far[:0] = live[_NEAR:]
        self._set_bound()

    def _advance(self) -> None:
        """Let the best of the far levels be near, too; if there are none, of those set aside."""
        if not self._far and not self._new:
            longest = max(map(len, self._aside))
            self._rewrite(self._decimals, longest - (self._decimals + 1 if self._decimals else 0))
            self._new += (key.rjust(self._width, "0") for key in self._aside)
            self._aside.clear()
        self._sort_far()
        far = self._far
        if self._is_bid:
            self._near[:0] = far[-_NEAR:]
            del far[-_NEAR:]
        else:
            self._near += far[:_NEAR]
            del far[:_NEAR]
        self._set_bound()

    def _set_bound(self) -> None:
        far, is_bid = self._far, self._is_bid
        if far:
            self._bound = far[-1 if is_bid else 0]
        else:
            self._bound = _LOWEST if is_bid else _HIGHEST

    def _sort_far(self) -> None:
        if self._new:
            self._far += self._new
            self._far.sort()
            self._new.clear()

    def _sweep(self) -> None:
        """Forget removed levels."""
        for keys in (self._near, self._far, self._new, self._aside):
            keys[:] = self._swept(keys)
        self._limit = len(self._levels) * 2 + _NEAR

    def _swept(self, keys: list[str]) -> list[str]:
        """Return the keys of levels that are not removed, and forget the other levels."""
        known = self._levels
        live = []
        for key in keys:
            price = key if key in known else self._price(key)
            if known[price].quantity in ZEROS:
                del known[price]
            else:
                live.append(key)
        return live
