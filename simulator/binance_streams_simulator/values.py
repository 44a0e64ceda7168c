"""Values for the fields of events, by the standard field names of the spec.

They are encoded the way the wire encodes them, except times: those are microseconds here, as the
unit depends on the connection.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from binance_streams_simulator.amounts import ONE, formatted, percent
from binance_streams_simulator.book import Changes, Level
from binance_streams_simulator.market import Aggregate, Instrument
from binance_streams_simulator.records import KEPT
from binance_streams_simulator.windows import SECOND, Summary, Trade

Values = dict[str, Any]


def common(now: int, instrument: Instrument | None = None) -> Values:
    """Return the values that any event may have."""
    if instrument is None:
        return {"event_time": now}
    last = instrument.last_trade
    price = formatted(last.price)
    return {
        "event_time": now,
        "symbol": instrument.symbol,
        "price": price,
        "quantity": formatted(last.quantity),
        "last_price": price,
        "last_quantity": formatted(last.quantity),
        "last_trade_time": last.time,
    }


def of_trade(trade: Trade) -> Values:
    """Return the values of one trade."""
    return {
        "trade_id": trade.id,
        "block_trade_id": trade.id,
        "price": formatted(trade.price),
        "quantity": formatted(trade.quantity),
        "quote_quantity": formatted(trade.price * trade.quantity // ONE),
        "trade_time": trade.time,
        "is_buyer_maker": trade.is_buyer_maker,
    }


def of_aggregate(aggregate: Aggregate) -> Values:
    """Return the values of the trades of one taker order at one price."""
    return {
        "aggregate_trade_id": aggregate.id,
        "price": formatted(aggregate.price),
        "quantity": formatted(aggregate.quantity),
        "first_trade_id": aggregate.first_id,
        "last_trade_id": aggregate.last_id,
        "trade_time": aggregate.time,
        "is_buyer_maker": aggregate.is_buyer_maker,
    }


def of_top(instrument: Instrument) -> Values:
    """Return the best bid and ask."""
    bid, bid_quantity, ask, ask_quantity = instrument.book.best
    return {
        "update_id": instrument.book.update_id,
        "best_bid_price": formatted(bid),
        "best_bid_quantity": formatted(bid_quantity),
        "best_ask_price": formatted(ask),
        "best_ask_quantity": formatted(ask_quantity),
    }


def of_changes(changes: Changes) -> Values:
    """Return the changes of a book."""
    return {
        "first_update_id": changes.first_id,
        "last_update_id": changes.last_id,
        "previous_id": changes.previous_id,
        "bids": levels(changes.bids),
        "asks": levels(changes.asks),
    }


def of_levels(instrument: Instrument, count: int) -> Values:
    """Return the best ``count`` levels of each side."""
    book = instrument.book
    return {
        "last_update_id": book.update_id,
        "bids": levels(book.bids.top(count)),
        "asks": levels(book.asks.top(count)),
    }


def of_window(summary: Summary, end: int, before: int | None) -> Values:
    """Return the values of a candle or rolling window that ends at ``end``.

    ``before`` is the last price before it.
    """
    average = summary.quote // summary.base if summary.base else summary.close
    change = summary.close - summary.open
    return {
        "open_time": summary.start,
        "close_time": end,
        "open": formatted(summary.open),
        "high": formatted(summary.high),
        "low": formatted(summary.low),
        "close": formatted(summary.close),
        "base_volume": formatted(summary.base),
        "quote_volume": formatted(summary.quote // ONE),
        "taker_buy_base_volume": formatted(summary.taker_base),
        "taker_buy_quote_volume": formatted(summary.taker_quote // ONE),
        "trade_count": summary.count,
        "first_trade_id": summary.first_id,
        "last_trade_id": summary.last_id,
        "price_change": formatted(change),
        "price_change_percent": percent(change, summary.open),
        "weighted_average_price": formatted(average),
        "previous_close": formatted(summary.open if before is None else before),
    }


def of_candle(instrument: Instrument, bounds: tuple[int, int], until: int) -> Values:
    """Return the values of the candle of ``instrument`` as it was at the time ``until``.

    ``bounds`` are when it opens and when the next one does.
    """
    start, end = bounds
    history = instrument.history
    if until >= end:
        summary = history.between(start, end)
    else:
        newest = instrument.trades.from_time(until - until % SECOND, KEPT, until)
        summary = history.between_until(start, until, newest)
    before = history.close_before(start)
    if summary is None:
        summary = Summary.empty(start, instrument.last_trade.price if before is None else before)
    return of_window(summary, end - 1, before)


def of_average(summary: Summary | None, last_price: int) -> Values:
    """Return the average price of some minutes, or the last price if there were no trades."""
    average = summary.quote // summary.base if summary and summary.base else last_price
    return {"average_price": formatted(average), "weighted_average_price": formatted(average)}


def levels(side: Iterable[Level]) -> list[list[str]]:
    """Return levels as the wire encodes them."""
    return [[formatted(price), formatted(quantity)] for price, quantity in side]
