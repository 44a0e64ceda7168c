"""Builds a table column by column; what a column is, each library says."""

from __future__ import annotations

from abc import ABC, abstractmethod
from decimal import Decimal
from itertools import chain
from operator import attrgetter
from typing import Any, ClassVar, Generic, TypeVar

from binance_streams_runtime.errors import BinanceStreamsError, ParameterError
from binance_streams_runtime.tables.batch import Batch, Options
from binance_streams_runtime.tables.numbers import check_conversion, given_numbers
from binance_streams_runtime.tables.plan import Column, Plan, Plans
from binance_streams_runtime.types import Numbers

S = TypeVar("S")
T = TypeVar("T")

_SIDE = Column("side", "category")
_LEVEL = Column("level", "integer")


class Builder(ABC, Generic[S, T]):
    """Builds tables of one library: columns of type ``S``, tables of type ``T``."""

    _NAME: ClassVar[str]
    """The library's."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._numbers: Numbers = options.numbers or Decimal
        self._plans: Plans = {}

    def table(self, batch: Batch, numbers: Numbers | None) -> T:
        """Build the table of a batch; ``numbers`` counts if the options and events say nothing.

        Raises ParameterError if a value fits no column, or events have no levels to be rows of.
        """
        self._plans = batch.plans
        given = self._given(batch.plan, batch.rows)
        self._numbers = self._options.numbers or given or numbers or Decimal
        if self._options.levels == "explode":
            return self._exploded(batch)
        return self._joined(
            [*self._around(batch), *self._columns(batch.plan, batch.rows)], len(batch.rows)
        )

    @abstractmethod
    def _decimals(self, column: Column, values: list[Any], given: Numbers | None) -> S:
        """Return a column of numbers, which are ``given`` as this type; some may be None."""

    @abstractmethod
    def _others(self, column: Column, values: list[Any]) -> S:
        """Return a column of what is neither a decimal nor a list; some may be None."""

    @abstractmethod
    def _structs(self, columns: list[tuple[str, S]], size: int) -> S:
        """Return a column of structs with these columns."""

    @abstractmethod
    def _lists(self, items: S, sizes: list[int | None]) -> S:
        """Return a column of lists: so many of the items in each, or None."""

    @abstractmethod
    def _joined(self, columns: list[tuple[str, S]], size: int) -> T:
        """Return the table of these columns."""

    @abstractmethod
    def _taken(self, table: T, rows: list[int]) -> T:
        """Return a table of these rows, some maybe several times."""

    @abstractmethod
    def _extended(self, table: T, columns: list[tuple[str, S]]) -> T:
        """Return the table with more columns."""

    def _given(self, plan: Plan, rows: list[Any]) -> Numbers | None:
        """Return the type of the numbers that the events have; None if none of them says."""
        for column in plan:
            if column.inner is not None:
                found = self._given(self._plans[column.inner], _items(_values(column, rows)))
            elif column.kind == "decimal":
                values = _values(column, rows)
                items = _items(values) if column.is_list else values
                found = next((type(item) for item in items if item is not None), None)
            else:
                continue
            if found is not None:
                return found
        return None

    def _around(self, batch: Batch) -> list[tuple[str, S]]:
        return [(column.name, self._checked(column, values)) for column, values in batch.around]

    def _columns(self, plan: Plan, rows: list[Any]) -> list[tuple[str, S]]:
        return [(column.name, self._column(column, _values(column, rows))) for column in plan]

    def _column(self, column: Column, values: list[Any]) -> S:
        if not column.is_list and column.inner is None:
            return self._checked(column, values)
        items = _items(values)
        sizes = [None if value is None else len(value) for value in values]
        if column.inner is None:
            return self._lists(self._checked(column, items), sizes)
        inner = self._columns(self._plans[column.inner], items)
        return self._lists(self._structs(inner, len(items)), sizes)

    def _checked(self, column: Column, values: list[Any]) -> S:
        try:
            if column.kind == "decimal":
                given = given_numbers(column.name, values)
                check_conversion(given, self._numbers)
                return self._decimals(column, values, given)
            return self._others(column, values)
        except BinanceStreamsError:
            raise
        except Exception as error:
            # Each library has errors of its own for a value that does not fit.
            allowed = f"what fits a column of {self._NAME}, unlike this: {error}"
            raise ParameterError(column.name, _odd(column, values), allowed) from error

    def _exploded(self, batch: Batch) -> T:
        """Return a row for each level, with the event's other columns."""
        sides = [column for column in batch.plan if column.is_levels]
        if not sides:
            allowed = f"lists, as {batch.struct.__name__} has no levels"
            raise ParameterError("levels", "explode", allowed)
        rows: list[int] = []
        words: list[str] = []
        numbers: list[int] = []
        levels: list[Any] = []
        for row, event in enumerate(batch.rows):
            for column in sides:
                found = attrgetter(column.attribute)(event) or ()
                rows += [row] * len(found)
                words += [column.name.removesuffix("s")] * len(found)
                numbers += range(1, len(found) + 1)
                levels += found
        others = tuple(column for column in batch.plan if not column.is_levels)
        table = self._joined(
            [*self._around(batch), *self._columns(others, batch.rows)], len(batch.rows)
        )
        assert sides[0].inner is not None
        return self._extended(
            self._taken(table, rows),
            [
                (_SIDE.name, self._checked(_SIDE, words)),
                (_LEVEL.name, self._checked(_LEVEL, numbers)),
                *self._columns(self._plans[sides[0].inner], levels),
            ],
        )


def _values(column: Column, rows: list[Any]) -> list[Any]:
    """Return the values of a column; None if a struct on the way to it is."""
    *outer, last = column.attribute.split(".")
    values = rows
    for name in outer:
        values = list(map(attrgetter(name), values))
    if outer and column.nullable:
        return [None if value is None else getattr(value, last) for value in values]
    return list(map(attrgetter(last), values))


def _items(lists: list[Any]) -> list[Any]:
    """Return the items of all lists; some may be None."""
    return list(chain.from_iterable(filter(None, lists)))


def _odd(column: Column, values: list[Any]) -> object:
    """Return the value that most likely does not fit."""
    if column.kind in ("integer", "time"):
        return max((value for value in values if value is not None), key=abs, default=None)
    return max((value for value in values if value is not None), key=lambda one: len(str(one)))
