"""Column plans: which columns the events of a struct make, as data that is generated."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias, get_origin

from msgspec import Struct

from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.order_book.values import BookChange
from binance_streams_runtime.types import PriceLevel

Kind: TypeAlias = Literal[
    "decimal", "time", "nanoseconds", "integer", "bool", "category", "text", "structs"
]
"""What a column holds: ``time`` is in the unit of the event, ``nanoseconds`` when it was received;
``category`` are texts of which there are few, such as symbols; ``structs`` are lists of structs."""


class Column(Struct, frozen=True):
    """One column: its name, what it holds, and where an event has it."""

    name: str
    kind: Kind
    path: str | None = None
    """The attribute, as ``kline.open`` if it is one of an inner struct; None if it is ``name``."""
    nullable: bool = False
    """Whether some events have None there."""
    is_list: bool = False
    """Whether its values are lists of what ``kind`` says; always so for ``structs``."""
    inner: type[Any] | None = None
    """The struct whose columns the items of ``structs`` have."""

    @property
    def attribute(self) -> str:
        """The path, written out."""
        return self.path or self.name

    @property
    def is_levels(self) -> bool:
        """Whether it holds levels of an order book."""
        return self.inner is PriceLevel


Plan: TypeAlias = tuple[Column, ...]
Plans: TypeAlias = Mapping[type[Any], Plan]


_OF_ALL_MARKETS: Plans = {
    PriceLevel: (Column("price", "decimal"), Column("quantity", "decimal")),
    BookChange: (
        Column("update_id", "integer"),
        Column("bids", "structs", inner=PriceLevel),
        Column("asks", "structs", inner=PriceLevel),
        Column("best_changed", "bool"),
        Column("is_snapshot", "bool"),
        Column("event_time", "time", nullable=True),
    ),
}


def plans_of(type: type[Any]) -> Plans:
    """Return the plans of the generated package that has this struct; empty if there is none.

    Those of what the order books of all markets share are here.
    """
    if type in _OF_ALL_MARKETS:
        return _OF_ALL_MARKETS
    package = getattr(type, "__module__", "").rpartition(".")[0]
    name = f"{package}._columns"
    # Only packages that are there already have structs: nothing is imported that a name made up.
    if package not in sys.modules or not hasattr(type, "__struct_fields__"):
        return {}
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return {}
    plans: Plans = module.COLUMNS
    return plans


def struct_of(given: object) -> type[Any]:
    """Return the struct that users name as ``AggTrade`` or as ``AggTrade[float]``.

    Raises ParameterError if it is none of a generated package.
    """
    struct = get_origin(given) or given
    if isinstance(struct, type) and struct in plans_of(struct):
        return struct
    raise ParameterError("type", given, "a struct of a generated package, such as an event's")
