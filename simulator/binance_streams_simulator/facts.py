"""What the market knows, under the standard words of the spec's fields.

A fact is written as the wire writes it, but for times, which are microseconds here: the unit is
the connection's choice.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from binance_streams_simulator.amounts import ONE, percent, written
from binance_streams_simulator.book import Changes, Level
from binance_streams_simulator.market import Aggregate, Instrument
from binance_streams_simulator.windows import Summary, Trade

Facts = dict[str, Any]


def general(now: int, instrument: Instrument | None = None) -> Facts:
    """Facts of any event."""
    if instrument is None:
        return {"event_time": now}
    last = instrument.last_trade
    price = written(last.price)
    return {
        "event_time": now,
        "symbol": instrument.symbol,
        "price": price,
        "quantity": written(last.quantity),
        "last_price": price,
        "last_quantity": written(last.quantity),
        "last_trade_time": last.time,
    }


def of_trade(trade: Trade) -> Facts:
    """One trade."""
    return {
        "trade_id": trade.id,
        "price": written(trade.price),
        "quantity": written(trade.quantity),
        "trade_time": trade.time,
        "is_buyer_maker": trade.is_buyer_maker,
    }


def of_aggregate(aggregate: Aggregate) -> Facts:
    """The trades of one taker order at one price."""
    return {
        "aggregate_trade_id": aggregate.id,
        "price": written(aggregate.price),
        "quantity": written(aggregate.quantity),
        "first_trade_id": aggregate.first_id,
        "last_trade_id": aggregate.last_id,
        "trade_time": aggregate.time,
        "is_buyer_maker": aggregate.is_buyer_maker,
    }


def of_top(instrument: Instrument) -> Facts:
    """The best bid and ask."""
    bid, bid_quantity, ask, ask_quantity = instrument.book.best
    return {
        "update_id": instrument.book.update_id,
        "best_bid_price": written(bid),
        "best_bid_quantity": written(bid_quantity),
        "best_ask_price": written(ask),
        "best_ask_quantity": written(ask_quantity),
    }


def of_changes(changes: Changes) -> Facts:
    """What changed in a book; its last id is what the next range follows."""
    return {
        "first_update_id": changes.first_id,
        "last_update_id": changes.last_id,
        "bids": levels(changes.bids),
        "asks": levels(changes.asks),
    }


def of_levels(instrument: Instrument, count: int) -> Facts:
    """The best ``count`` levels of each side."""
    book = instrument.book
    return {
        "last_update_id": book.update_id,
        "bids": levels(book.bids.top(count)),
        "asks": levels(book.asks.top(count)),
    }


def of_window(summary: Summary, end: int, before: int | None) -> Facts:
    """A candle or a rolling window that ends at ``end``, and the last price before it."""
    average = summary.quote // summary.base if summary.base else summary.close
    change = summary.close - summary.open
    return {
        "open_time": summary.start,
        "close_time": end,
        "open": written(summary.open),
        "high": written(summary.high),
        "low": written(summary.low),
        "close": written(summary.close),
        "base_volume": written(summary.base),
        "quote_volume": written(summary.quote // ONE),
        "taker_buy_base_volume": written(summary.taker_base),
        "taker_buy_quote_volume": written(summary.taker_quote // ONE),
        "trade_count": summary.count,
        "first_trade_id": summary.first_id,
        "last_trade_id": summary.last_id,
        "price_change": written(change),
        "price_change_percent": percent(change, summary.open),
        "weighted_average_price": written(average),
        "previous_close": written(summary.open if before is None else before),
    }


def of_average(summary: Summary | None, last_price: int) -> Facts:
    """The average price of some minutes, or the last one if nobody traded."""
    average = summary.quote // summary.base if summary and summary.base else last_price
    return {"average_price": written(average), "weighted_average_price": written(average)}


def levels(side: Iterable[Level]) -> list[list[str]]:
    """Levels as the wire writes them."""
    return [[written(price), written(quantity)] for price, quantity in side]
