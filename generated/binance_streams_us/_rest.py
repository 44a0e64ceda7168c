"""What the REST API answers, and the events that its rows stand for.

Made from spec/binance_us/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from collections.abc import Mapping
from typing import Any, Generic, final

from msgspec import Struct, field

from binance_streams_runtime.catalog_api import Count, Id, N, Timestamp
from binance_streams_us._structs import (
    AggTrade,
    Kline,
    KlineEvent,
    PriceLevel,
)


@final
class AggTradeRow(Struct, Generic[N], frozen=True, gc=False):
    """A row of ``/api/v3/aggTrades``.

    Source:
    https://github.com/binance-us/binance-us-api-docs/blob/master/rest-api.md#compressedaggregate-trades-list
    (checked 2026-11-26).
    """

    aggregate_trade_id: Id = field(name="a")
    """Aggregate trade ID."""
    price: N = field(name="p")
    """Price of every trade in it."""
    quantity: N = field(name="q")
    """Quantity of all trades together."""
    first_trade_id: Id = field(name="f")
    """ID of the first trade in it."""
    last_trade_id: Id = field(name="l")
    """ID of the last trade in it."""
    trade_time: Timestamp = field(name="T")
    """When the trades took place."""
    is_buyer_maker: bool = field(name="m")
    """Whether the buyer was the maker."""


@final
class KlineRow(Struct, Generic[N], frozen=True, gc=False, array_like=True):
    """A row of ``/api/v3/klines``.

    Source:
    https://github.com/binance-us/binance-us-api-docs/blob/master/rest-api.md#klinecandlestick-data
    (checked 2026-11-26).
    """

    open_time: Timestamp
    """When the candle opened."""
    open: N
    """Price of its first trade."""
    high: N
    """Highest price."""
    low: N
    """Lowest price."""
    close: N
    """Price of its last trade so far."""
    base_volume: N
    """Volume in the base asset."""
    close_time: Timestamp
    """When the candle closes."""
    quote_volume: N
    """Volume in the quote asset."""
    trade_count: Count
    """Number of trades."""
    taker_buy_base_volume: N
    """Base volume that takers bought."""
    taker_buy_quote_volume: N
    """Quote volume that takers bought."""


@final
class OrderBookSnapshot(Struct, Generic[N], frozen=True, gc=False):
    """A whole order book: the answer of ``/api/v3/depth``.

    Source: https://github.com/binance-us/binance-us-api-docs/blob/master/rest-api.md#order-book
    (checked 2026-11-26).
    """

    last_update_id: Id = field(name="lastUpdateId")
    """ID of the last update in it."""
    bids: list[PriceLevel[N]]
    """The highest bids, the best one first."""
    asks: list[PriceLevel[N]]
    """The lowest asks, the best one first."""


def agg_trade_from_row(row: AggTradeRow[N], parameters: Mapping[str, Any]) -> AggTrade[N]:
    """Return the event that a row of ``/api/v3/aggTrades`` stands for."""
    return AggTrade(
        event_type="aggTrade",
        event_time=row.trade_time,
        symbol=parameters["symbol"].upper(),
        aggregate_trade_id=row.aggregate_trade_id,
        price=row.price,
        quantity=row.quantity,
        first_trade_id=row.first_trade_id,
        last_trade_id=row.last_trade_id,
        trade_time=row.trade_time,
        is_buyer_maker=row.is_buyer_maker,
    )


def kline_from_row(row: KlineRow[N], parameters: Mapping[str, Any]) -> KlineEvent[N]:
    """Return the event that a row of ``/api/v3/klines`` stands for."""
    return KlineEvent(
        event_type="kline",
        event_time=row.close_time,
        symbol=parameters["symbol"].upper(),
        kline=Kline(
            open_time=row.open_time,
            close_time=row.close_time,
            symbol=parameters["symbol"].upper(),
            interval=parameters["interval"],
            first_trade_id=-1,
            last_trade_id=-1,
            open=row.open,
            close=row.close,
            high=row.high,
            low=row.low,
            base_volume=row.base_volume,
            trade_count=row.trade_count,
            is_closed=True,
            quote_volume=row.quote_volume,
            taker_buy_base_volume=row.taker_buy_base_volume,
            taker_buy_quote_volume=row.taker_buy_quote_volume,
        ),
    )
