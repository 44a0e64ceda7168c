"""Tables of events have the types of their libraries. Never run."""

from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from typing import assert_type

import pandas as pd
import polars as pl

from binance_streams import AggTrade, AsyncClient, Client, to_arrow, to_pandas, to_polars


def tables(events: list[AggTrade[Decimal]]) -> None:
    assert_type(to_polars(events), pl.DataFrame)
    assert_type(to_polars([], type=AggTrade, numbers=float, levels="explode"), pl.DataFrame)
    assert_type(to_polars([], type=AggTrade[float], times="int"), pl.DataFrame)
    assert_type(to_pandas(events), pd.DataFrame)
    rows: int = to_arrow(events).num_rows
    print(rows)


def live(client: Client) -> None:
    trades = client.agg_trade("btcusdt")
    assert_type(trades.frames("polars"), Iterator[pl.DataFrame])
    assert_type(trades.frames("pandas", 60, max_rows=1000), Iterator[pd.DataFrame])
    for frame in trades.frames("polars", seconds=10, numbers=float, times="int"):
        assert_type(frame, pl.DataFrame)
    for table in trades.frames("arrow", seconds=0.5, levels="explode"):
        rows: int = table.num_rows
        print(rows)


async def live_async(client: AsyncClient) -> None:
    trades = client.agg_trade("btcusdt")
    assert_type(trades.frames("polars"), AsyncIterator[pl.DataFrame])
    async for frame in trades.frames("pandas", seconds=10):
        assert_type(frame, pd.DataFrame)


def mistakes(client: Client, events: list[AggTrade[Decimal]]) -> None:
    # mistake: not a type of numbers
    to_polars(events, numbers=bytes)
    # mistake: neither lists nor explode
    to_polars(events, levels="rows")
    # mistake: no iterable
    to_polars(events[0])
    trades = client.agg_trade("btcusdt")
    # mistake: no such library
    trades.frames("duckdb")
    # mistake: misspelled (unseen by ty)
    trades.frames("polars", max_row=10)
