"""Tables of Apache Arrow."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from binance_streams_runtime.tables.builder import Builder
from binance_streams_runtime.tables.numbers import (
    PRECISION,
    SCALE,
    converted,
    plain_texts,
    scale_of,
)
from binance_streams_runtime.tables.plan import Column
from binance_streams_runtime.times import FIRST_MICROSECONDS
from binance_streams_runtime.types import Numbers

_TYPES: dict[str, Any] = {"integer": pa.int64(), "bool": pa.bool_(), "text": pa.string()}
_CATEGORY = pa.dictionary(pa.int32(), pa.string())


class ArrowBuilder(Builder[Any, Any]):
    """Builds ``pyarrow.Table``."""

    _NAME = "arrow"

    def _decimals(self, column: Column, values: list[Any], given: Numbers | None) -> Any:
        if self._numbers is float:
            return pa.array(converted(values, given, float), pa.float64())
        if self._numbers is str:
            return pa.array(converted(values, given, str), pa.string())
        if given is str:
            values = plain_texts(values, given)
        try:
            return _exact(values, given, SCALE)
        except pa.ArrowInvalid:
            # It has more digits after the point, or there is something else, which this says.
            return _exact(values, given, scale_of(column.name, values))

    def _others(self, column: Column, values: list[Any]) -> Any:
        match column.kind:
            case "time" | "nanoseconds":
                return self._times(column, values)
            case "category":
                return pa.array(values, pa.string()).cast(_CATEGORY)
        return pa.array(values, _TYPES[column.kind])

    def _structs(self, columns: list[tuple[str, Any]], size: int) -> Any:
        names = [name for name, _ in columns]
        return pa.StructArray.from_arrays([array for _, array in columns], names)

    def _lists(self, items: Any, sizes: list[int | None]) -> Any:
        # A list that is None is marked where it begins.
        offsets = [0, *accumulate(size or 0 for size in sizes)]
        marked = [
            None if size is None else offset
            for offset, size in zip(offsets, [*sizes, 0], strict=True)
        ]
        return pa.ListArray.from_arrays(pa.array(marked, pa.int32()), items)

    def _joined(self, columns: list[tuple[str, Any]], size: int) -> Any:
        names = [name for name, _ in columns]
        return pa.Table.from_arrays([array for _, array in columns], names)

    def _taken(self, table: Any, rows: list[int]) -> Any:
        return table.take(pa.array(rows, pa.int64()))

    def _extended(self, table: Any, columns: list[tuple[str, Any]]) -> Any:
        for name, array in columns:
            table = table.append_column(name, array)
        return table

    def _times(self, column: Column, values: list[Any]) -> Any:
        numbers = pa.array(values, pa.int64())
        if self._options.times == "int":
            return numbers
        if column.kind == "nanoseconds":
            return numbers.cast(pa.timestamp("ns", "UTC"))
        is_micros = pc.greater_equal(pc.abs(numbers), FIRST_MICROSECONDS)
        micros = pc.if_else(is_micros, numbers, pc.multiply(numbers, 1000))
        return micros.cast(pa.timestamp("us", "UTC"))


def _exact(values: list[Any], given: Numbers | None, scale: int) -> Any:
    wanted = pa.decimal128(PRECISION, scale)
    return pa.array(values, pa.string()).cast(wanted) if given is str else pa.array(values, wanted)
