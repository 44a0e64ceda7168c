"""What the market does not accept, in the venue's words."""

from __future__ import annotations

from binance_streams_simulator.accounts.account import Account
from binance_streams_simulator.accounts.orders import NewOrder, Order
from binance_streams_simulator.accounts.symbols import (
    MIN_NOTIONAL,
    MOST_ORDERS,
    MOST_QUANTITY,
    price_limit,
)
from binance_streams_simulator.amounts import ONE
from binance_streams_simulator.market import LOT, Instrument
from binance_streams_simulator.refusals import Refusal


def check_filters(account: Account, new: NewOrder, instrument: Instrument) -> None:
    """Refuse an order that the filters of its symbol do not let pass."""
    if new.price and (new.price % instrument.tick or new.price > price_limit(instrument)):
        raise _filter("PRICE_FILTER")
    if new.type != "MARKET" and not new.price:
        raise _filter("PRICE_FILTER")
    if new.stop_price % instrument.tick or new.stop_price > price_limit(instrument):
        raise _filter("PRICE_FILTER")
    if not new.quote_quantity and (not 0 < new.quantity <= MOST_QUANTITY or new.quantity % LOT):
        raise _filter("LOT_SIZE")
    price = new.price or instrument.last_trade.price
    notional = new.quote_quantity or price * new.quantity // ONE
    if notional < MIN_NOTIONAL:
        raise _filter("NOTIONAL")
    count = sum(order.is_open for order in account.orders.values() if _is_of(order.new, new))
    if count >= MOST_ORDERS and new.type != "MARKET":
        raise _filter("MAX_NUM_ORDERS")


def check_new(account: Account, new: NewOrder) -> None:
    """Refuse an order whose client order ID is in use."""
    if new.client_id is not None and any(
        order.is_open and order.client_id == new.client_id and _is_of(order.new, new)
        for order in account.orders.values()
    ):
        raise Refusal(-2010, "Duplicate order sent.")


def check_pair(orders: tuple[Order, ...], last_price: int) -> None:
    """Refuse a pair of which one does not cancel the other, or whose prices are wrong."""
    types = sorted(order.new.type for order in orders)
    if types not in (["LIMIT_MAKER", "STOP_LOSS_LIMIT"], ["STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT"]):
        raise Refusal(-1158, "Order type not supported in OCO.")
    for order in orders:
        new = order.new
        if new.type == "LIMIT_MAKER":
            is_right = new.price < last_price if new.is_buy else new.price > last_price
        else:
            is_right = not new.is_reached(last_price)
        if not is_right:
            text = "The relationship of the prices for the orders is not correct."
            raise Refusal(-2010, text)


def would_trigger() -> Refusal:
    """Return the refusal of an order whose stop price has been reached already."""
    return Refusal(-2010, "Order would trigger immediately.")


def insufficient() -> Refusal:
    """Return the refusal of an order that the account cannot pay."""
    return Refusal(-2010, "Account has insufficient balance for requested action.")


def would_match() -> Refusal:
    """Return the refusal of an order that would be no maker."""
    return Refusal(-2010, "Order would immediately match and take.")


def unknown_symbol() -> Refusal:
    """Return the refusal of a symbol that is not listed."""
    return Refusal(-1121, "Invalid symbol.")


def refused_cancel() -> Refusal:
    """Return the refusal to cancel what is not open."""
    return Refusal(-2011, "Unknown order sent.")


def _is_of(one: NewOrder, other: NewOrder) -> bool:
    return one.symbol == other.symbol


def _filter(name: str) -> Refusal:
    return Refusal(-1013, f"Filter failure: {name}")
