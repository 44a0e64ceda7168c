"""What the user's code reads from events of binance-streams: the fields of ``benchmarks.reads``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from benchmarks.reads import Read

NUMBERS: dict[str, type[Any]] = {"decimal": Decimal, "float": float, "str": str}


def time_of(event: Any) -> int:
    """Return the time of sending."""
    return int(event.first_trade_id)


def _agg_trade(e: Any) -> object:
    return (
        e.event_time, e.symbol, e.aggregate_trade_id, e.price, e.quantity, e.trade_time,
        e.is_buyer_maker,
    )  # fmt: skip


def _book_ticker(e: Any) -> object:
    return (
        e.update_id, e.symbol, e.best_bid_price, e.best_bid_quantity, e.best_ask_price,
        e.best_ask_quantity,
    )  # fmt: skip


def _depth(e: Any) -> object:
    bids, asks = e.bids, e.asks
    best, worst = bids[0], asks[-1]
    return (
        e.event_time, e.symbol, e.first_update_id, e.last_update_id, best.price, best.quantity,
        worst.price, worst.quantity,
    )  # fmt: skip


def _kline(e: Any) -> object:
    k = e.kline
    return (
        e.event_time, e.symbol, k.open_time, k.interval, k.open, k.high, k.low, k.close,
        k.base_volume, k.trade_count, k.is_closed,
    )  # fmt: skip


READS: dict[str, Read] = {
    "aggTrade": _agg_trade,
    "bookTicker": _book_ticker,
    "depth": _depth,
    "kline": _kline,
    "mix": lambda e: e.symbol,
}
