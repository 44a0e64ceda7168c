"""What tables of any library hold, as plain Python objects."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any

import msgspec
import pandas as pd
import polars as pl
import pyarrow as pa

from binance_streams import (
    decode,
)
from binance_streams_runtime.tables.plan import plans_of

MILLISECONDS = 1_672_515_782_136
TRADE = (
    b'{"e":"aggTrade","E":1672515782136,"s":"BNBBTC","a":12345,"p":"0.00000012","q":"100",'
    b'"f":100,"l":105,"T":1672515782136,"m":true,"M":true}'
)
DEPTH = (
    b'{"e":"depthUpdate","E":1672515782136,"s":"BNBBTC","U":157,"u":160,'
    b'"b":[["0.0024","10"],["0.0023","0"]],"a":[["0.0026","100"]]}'
)


def trade(price: str, numbers: Any = Decimal, **changes: Any) -> Any:
    """A trade at a price."""
    event = decode(TRADE, "bnbbtc@aggTrade", numbers=numbers)
    return msgspec.structs.replace(event, price=numbers(price), **changes)


def dtypes(table: Any) -> Any:
    """The types of a table's columns, by name."""
    if isinstance(table, pl.DataFrame):
        return dict(table.schema)
    if isinstance(table, pa.Table):
        return dict(zip(table.schema.names, table.schema.types, strict=True))
    return dict(table.dtypes)


def rows(table: Any) -> list[dict[str, Any]]:
    """A table as plain Python objects."""
    if isinstance(table, pl.DataFrame):
        return table.to_dicts()
    if isinstance(table, pa.Table):
        found: list[dict[str, Any]] = table.to_pylist()
        return found
    plain = table.astype(object).where(table.notna(), None)
    return [
        {name: _plain(value) for name, value in row.items()} for row in plain.to_dict("records")
    ]


def _plain(value: Any) -> Any:
    return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value


def expected(event: Any, known: Any = None) -> dict[str, Any]:
    """What a table says of an event, found without a table."""
    known = known or plans_of(type(event))
    found = {}
    for column in known[type(event)]:
        value = attrgetter(column.attribute)(event)
        if column.inner is not None and value is not None:
            value = [expected(item, known) for item in value]
        elif column.kind == "time" and value is not None:
            is_micros = value >= 100_000_000_000_000
            since = timedelta(microseconds=value if is_micros else value * 1000)
            value = datetime(1970, 1, 1, tzinfo=UTC) + since
        elif column.kind in ("category", "text") and isinstance(value, str):
            value = str(value)
        found[column.name] = value
    return found
