"""Tables of polars."""

from __future__ import annotations

from typing import Any

import polars as pl

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

_TYPES: dict[str, Any] = {
    "integer": pl.Int64,
    "bool": pl.Boolean,
    "category": pl.Categorical,
    "text": pl.String,
}


class PolarsBuilder(Builder[pl.Series, pl.DataFrame]):
    """Builds ``polars.DataFrame``."""

    _NAME = "polars"

    def _decimals(self, column: Column, values: list[Any], given: Numbers | None) -> pl.Series:
        if self._numbers is float:
            return pl.Series(column.name, converted(values, given, float), dtype=pl.Float64)
        if self._numbers is str:
            return pl.Series(column.name, converted(values, given, str), dtype=pl.String)
        texts = pl.Series(column.name, plain_texts(values, given), dtype=pl.String)
        # A cast rounds, so the digits are counted first.
        digits: Any = (texts.str.len_bytes() - texts.str.find(".", literal=True)).max()
        if digits is None or digits - 1 <= SCALE:
            try:
                return texts.cast(pl.Decimal(PRECISION, SCALE))
            except pl.exceptions.PolarsError:
                # What follows says what is wrong.
                pass
        return texts.cast(pl.Decimal(PRECISION, scale_of(column.name, values)))

    def _others(self, column: Column, values: list[Any]) -> pl.Series:
        if column.kind in ("time", "nanoseconds"):
            return self._times(column, values)
        return pl.Series(column.name, values, dtype=_TYPES[column.kind])

    def _structs(self, columns: list[tuple[str, pl.Series]], size: int) -> pl.Series:
        return self._joined(columns, size).to_struct("")

    def _lists(self, items: pl.Series, sizes: list[int | None]) -> pl.Series:
        rows = pl.Series("row", _repeated(sizes), dtype=pl.UInt32)
        lists = (
            pl.DataFrame([rows, items.alias("items")])
            .group_by("row", maintain_order=True)
            .agg("items")
            .get_column("items")
        )
        if lists.is_empty():
            empty: list[list[Any] | None] = [None if size is None else [] for size in sizes]
            return pl.Series(empty, dtype=lists.dtype)
        # For an empty list stands one of the others, of which nothing is left then.
        places: list[int | None] = []
        place = 0
        for size in sizes:
            places.append(None if size is None else place if size else 0)
            place += bool(size)
        frame = pl.DataFrame(
            [
                lists.gather(pl.Series(places, dtype=pl.UInt32)),
                pl.Series("sizes", sizes, dtype=pl.UInt32),
            ]
        )
        return frame.select(pl.col("items").list.head(pl.col("sizes"))).to_series()

    def _joined(self, columns: list[tuple[str, pl.Series]], size: int) -> pl.DataFrame:
        return pl.DataFrame([series.alias(name) for name, series in columns])

    def _taken(self, table: pl.DataFrame, rows: list[int]) -> pl.DataFrame:
        return table[pl.Series(rows, dtype=pl.UInt32)]

    def _extended(self, table: pl.DataFrame, columns: list[tuple[str, pl.Series]]) -> pl.DataFrame:
        return table.hstack(self._joined(columns, len(table)))

    def _times(self, column: Column, values: list[Any]) -> pl.Series:
        name = column.name
        numbers = pl.Series(name, values, dtype=pl.Int64)
        if self._options.times == "int":
            return numbers
        if column.kind == "nanoseconds":
            return numbers.cast(pl.Datetime("ns", "UTC"))
        micros = (
            pl.when(pl.col(name).abs() >= FIRST_MICROSECONDS)
            .then(pl.col(name))
            .otherwise(pl.col(name) * 1000)
        )
        return numbers.to_frame().select(micros.cast(pl.Datetime("us", "UTC"))).to_series()


def _repeated(sizes: list[int | None]) -> list[int]:
    rows: list[int] = []
    for row, size in enumerate(sizes):
        if size:
            rows += [row] * size
    return rows
