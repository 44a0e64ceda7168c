"""Books without a library: what a program of one's own would do. The variant is STRUCTURE-NUMBERS.

``sort`` is a dict that is sorted on every read, ``bisect`` a dict with a sorted list of prices, and
``sorteddict`` the SortedDict of sortedcontainers.
"""

from __future__ import annotations

import importlib
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any, Protocol

from benchmarks.books.contend import Level
from benchmarks.books.diffs import Diffs
from benchmarks.books.json_of_peers import loads


class Side(Protocol):
    """The levels of one side."""

    def apply(self, levels: Iterable[Any]) -> None:
        """Set the quantities of levels by their prices, which are texts."""

    def first(self, count: int) -> Sequence[Level]:
        """Return the best levels."""


class _Sort:
    def __init__(self, is_bids: bool, number: Callable[[str], Any]) -> None:
        self._is_bids, self._number = is_bids, number
        self._quantities: dict[Any, Any] = {}

    def apply(self, levels: Iterable[Any]) -> None:
        quantities, number = self._quantities, self._number
        for price, quantity in levels:
            key, value = number(price), number(quantity)
            if value:
                quantities[key] = value
            else:
                quantities.pop(key, None)

    def first(self, count: int) -> Sequence[Level]:
        return sorted(self._quantities.items(), reverse=self._is_bids)[:count]


class _Bisect:
    def __init__(self, is_bids: bool, number: Callable[[str], Any]) -> None:
        self._is_bids, self._number = is_bids, number
        self._quantities: dict[Any, Any] = {}
        self._keys: list[Any] = []

    def apply(self, levels: Iterable[Any]) -> None:
        quantities, keys, number = self._quantities, self._keys, self._number
        for price, quantity in levels:
            key, value = number(price), number(quantity)
            if value:
                if key not in quantities:
                    insort(keys, key)
                quantities[key] = value
            elif quantities.pop(key, None) is not None:
                del keys[bisect_left(keys, key)]

    def first(self, count: int) -> Sequence[Level]:
        quantities = self._quantities
        keys = self._keys[: -count - 1 : -1] if self._is_bids else self._keys[:count]
        return [(key, quantities[key]) for key in keys]


class _SortedDict:
    def __init__(self, is_bids: bool, number: Callable[[str], Any]) -> None:
        self._is_bids, self._number = is_bids, number
        module: Any = importlib.import_module("sortedcontainers")
        self._quantities: Any = module.SortedDict()

    def apply(self, levels: Iterable[Any]) -> None:
        quantities, number = self._quantities, self._number
        for price, quantity in levels:
            key, value = number(price), number(quantity)
            if value:
                quantities[key] = value
            else:
                quantities.pop(key, None)

    def first(self, count: int) -> Sequence[Level]:
        quantities = self._quantities
        if count == 1:
            return [quantities.peekitem(-1 if self._is_bids else 0)]
        keys = reversed(quantities) if self._is_bids else quantities
        return [(key, quantities[key]) for key in islice(keys, count)]


_STRUCTURES: dict[str, Callable[[bool, Callable[[str], Any]], Side]] = {
    "sort": _Sort,
    "bisect": _Bisect,
    "sorteddict": _SortedDict,
}
_NUMBERS: dict[str, Callable[[str], Any]] = {"decimal": Decimal, "float": float}


class _Book:
    decode = staticmethod(loads)

    def __init__(self, snapshot: dict[str, Any], variant: str) -> None:
        structure, _, numbers = variant.partition("-")
        make, number = _STRUCTURES[structure], _NUMBERS[numbers]
        self._bids, self._asks = make(True, number), make(False, number)
        self._bids.apply(snapshot["bids"])
        self._asks.apply(snapshot["asks"])
        self._last_id = snapshot["lastUpdateId"]

    def apply(self, message: Any) -> None:
        data = message["data"]
        if data["U"] > self._last_id + 1:
            raise RuntimeError("updates are missing")
        self._bids.apply(data["b"])
        self._asks.apply(data["a"])
        self._last_id = data["u"]

    def best(self) -> tuple[Level, Level]:
        return self._bids.first(1)[0], self._asks.first(1)[0]

    def ten(self) -> tuple[Sequence[Level], Sequence[Level]]:
        return self._bids.first(10), self._asks.first(10)


def make(sequence: Diffs, variant: str) -> _Book:
    """Return a book of the variant's structure and numbers."""
    return _Book(sequence.snapshot, variant)
