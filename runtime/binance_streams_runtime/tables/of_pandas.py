"""Tables of pandas."""

from __future__ import annotations

from decimal import Decimal
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import pandas as pd

from binance_streams_runtime.tables.builder import Builder
from binance_streams_runtime.tables.numbers import converted
from binance_streams_runtime.tables.plan import Column
from binance_streams_runtime.times import FIRST_MICROSECONDS
from binance_streams_runtime.types import Numbers

# From pandas 3 on, texts have a type of their own.
_TEXT: Any = object if int(pd.__version__.partition(".")[0]) < 3 else "str"
_NOT_A_TIME = np.iinfo(np.int64).min


class PandasBuilder(Builder[Any, pd.DataFrame]):
    """Builds ``pandas.DataFrame``."""

    _NAME = "pandas"

    def _decimals(self, column: Column, values: list[Any], given: Numbers | None) -> Any:
        numbers = converted(values, given, self._numbers)
        if self._numbers is str:
            return _texts(numbers)
        return pd.Series(numbers, dtype=object if self._numbers is Decimal else "float64")

    def _others(self, column: Column, values: list[Any]) -> Any:
        match column.kind:
            case "time" | "nanoseconds":
                return self._times(column, values)
            case "integer":
                return pd.Series(values, dtype="Int64" if column.nullable else "int64")
            case "bool":
                return pd.Series(values, dtype="boolean" if column.nullable else "bool")
        # Not categories: those of two frames differ, so the frames could not be joined.
        return _texts(values)

    def _structs(self, columns: list[tuple[str, Any]], size: int) -> Any:
        names = [name for name, _ in columns]
        rows = zip(*(series.tolist() for _, series in columns), strict=True)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _lists(self, items: Any, sizes: list[int | None]) -> Any:
        values = items if isinstance(items, list) else items.tolist()
        offsets = pairwise([0, *accumulate(size or 0 for size in sizes)])
        lists = [
            None if size is None else values[first:last]
            for (first, last), size in zip(offsets, sizes, strict=True)
        ]
        return pd.Series(lists, dtype=object)

    def _joined(self, columns: list[tuple[str, Any]], size: int) -> pd.DataFrame:
        return pd.DataFrame(dict(columns), index=pd.RangeIndex(size))

    def _taken(self, table: pd.DataFrame, rows: list[int]) -> pd.DataFrame:
        return table.take(rows).reset_index(drop=True)

    def _extended(self, table: pd.DataFrame, columns: list[tuple[str, Any]]) -> pd.DataFrame:
        return table.assign(**dict(columns))

    def _times(self, column: Column, values: list[Any]) -> Any:
        if self._options.times == "int":
            return pd.Series(values, dtype="Int64" if column.nullable else "int64")
        if column.nullable:
            values = [_NOT_A_TIME if value is None else value for value in values]
        numbers = np.array(values, dtype=np.int64)
        unit = "ns"
        if column.kind == "time":
            unit = "us"
            # None stays so, whose absolute value is itself.
            is_micros = (np.abs(numbers) >= FIRST_MICROSECONDS) | (numbers == _NOT_A_TIME)
            numbers = np.where(is_micros, numbers, numbers * 1000)
        return pd.Series(numbers.view(f"M8[{unit}]")).dt.tz_localize("UTC")


def _texts(values: list[Any]) -> Any:
    return pd.Series(values, dtype=_TEXT)
