"""The methods about orders, and their answers."""

from __future__ import annotations

from collections.abc import Mapping

from binance_streams_simulator.accounts.orders import Order
from binance_streams_simulator.accounts.rules import check_filters, refused_cancel
from binance_streams_simulator.api.errors import neither
from binance_streams_simulator.api.methods import ApiCall, Handler
from binance_streams_simulator.api.parameters import (
    answer_of,
    client_id,
    instrument_of,
    is_between,
    new_order,
    response_type,
    times_of,
)
from binance_streams_simulator.refusals import Refusal, missing

_ROWS, _MOST_ROWS = 500, 1_000
_ACKNOWLEDGED = ("LIMIT_MAKER", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT")
"""Their answers are short, unless more is asked for."""


def _place(call: ApiCall) -> object:
    new = new_order(call.arguments)
    kind = response_type(call.arguments, "ACK" if new.type in _ACKNOWLEDGED else "FULL")
    call.orders.count(call.account)
    order = call.exchange.trading.place(call.account, new)
    return answer_of(order, kind)


def _test(call: ApiCall) -> object:
    new = new_order(call.arguments)
    check_filters(call.account, new, call.exchange.trading.instrument(new.symbol))
    return {}


def _cancel(call: ApiCall) -> object:
    arguments = call.arguments
    new_client_id = client_id(arguments, "newClientOrderId")
    restriction = arguments.optional("cancelRestrictions")
    order = _find(call, refused_cancel())
    if restriction is not None:
        wanted = {"ONLY_NEW": "NEW", "ONLY_PARTIALLY_FILLED": "PARTIALLY_FILLED"}.get(restriction)
        if wanted is None:
            raise Refusal(-1145, "Invalid cancelRestrictions")
        if order.status != wanted:
            raise Refusal(-2011, "Order was not canceled due to cancel restrictions.")
    return call.exchange.trading.cancel(call.account, order, new_client_id)


def _cancel_all(call: ApiCall) -> object:
    symbol = instrument_of(call).symbol
    orders = [order for order in _orders(call, symbol) if order.is_open]
    if not orders:
        raise refused_cancel()
    # An order that is in a list ends with the other one.
    return [call.exchange.trading.cancel(call.account, order) for order in orders if order.is_open]


def _amend(call: ApiCall) -> object:
    quantity = call.arguments.amount("newQty")
    if quantity is None:
        raise missing("newQty")
    new_client_id = client_id(call.arguments, "newClientOrderId")
    order = _find(call, Refusal(-2038, "Unknown order sent."))
    return call.exchange.trading.amend(call.account, order, quantity, new_client_id)


def _order(call: ApiCall) -> object:
    return _find(call, Refusal(-2013, "Order does not exist.")).described()


def _open_orders(call: ApiCall) -> object:
    symbol = instrument_of(call).symbol if call.arguments.has("symbol") else None
    return [order.described() for order in _orders(call, symbol) if order.is_open]


def _all_orders(call: ApiCall) -> object:
    symbol, arguments = instrument_of(call).symbol, call.arguments
    limit = arguments.limit(_ROWS, _MOST_ROWS)
    first_id = arguments.whole("orderId")
    start, end = times_of(arguments)
    orders = _orders(call, symbol)
    if start is not None or end is not None:
        orders = [one for one in orders if is_between(one.updated, start, end)]
    elif first_id is not None:
        orders = [one for one in orders if one.id >= first_id]
    is_oldest = start is not None or (end is None and first_id is not None)
    return [order.described() for order in (orders[:limit] if is_oldest else orders[-limit:])]


def _trades(call: ApiCall) -> object:
    symbol, arguments = instrument_of(call).symbol, call.arguments
    limit = arguments.limit(_ROWS, _MOST_ROWS)
    order_id, first_id = arguments.whole("orderId"), arguments.whole("fromId")
    start, end = times_of(arguments)
    has_times = start is not None or end is not None
    if has_times and (order_id is not None or first_id is not None):
        raise Refusal(-1128, "Combination of optional parameters invalid.")
    found = sorted(
        (
            (fill.id, fill.time, row)
            for order in _orders(call, symbol)
            if order_id is None or order.id == order_id
            for fill, row in zip(order.fills, order.trades(), strict=True)
        ),
        key=lambda one: one[0],
    )
    rows = [
        row
        for id, time, row in found
        if (first_id is None or id >= first_id) and is_between(time, start, end)
    ]
    return rows[:limit] if start is not None or first_id is not None else rows[-limit:]


def _order_counts(call: ApiCall) -> object:
    return call.orders.described(call.account)


def _nothing(call: ApiCall) -> object:
    return []


def _unsupported_replacement(call: ApiCall) -> object:
    raise Refusal(-2010, "Order cancel-replace is not supported for this symbol.")


TRADING: Mapping[str, Handler] = {
    "order.place": _place,
    "order.test": _test,
    "order.cancel": _cancel,
    "order.cancelReplace": _unsupported_replacement,
    "order.amend.keepPriority": _amend,
    "openOrders.cancelAll": _cancel_all,
    "order.status": _order,
    "openOrders.status": _open_orders,
    "allOrders": _all_orders,
    "myTrades": _trades,
    "account.rateLimits.orders": _order_counts,
    # There are no allocations and prevented matches.
    "myAllocations": _nothing,
    "myPreventedMatches": _nothing,
}


def _find(call: ApiCall, refusal: Refusal) -> Order:
    symbol = instrument_of(call).symbol
    id, client_id = call.arguments.whole("orderId"), call.arguments.optional("origClientOrderId")
    if id is None and client_id is None:
        raise neither("orderId", "origClientOrderId")
    if id is not None:
        order = call.account.orders.get((symbol, id))
        if order is not None and client_id is not None and order.client_id != client_id:
            raise Refusal(-2039, "Client order ID is not correct for this order ID.")
    else:
        # An ID may be used again once its order is no longer open.
        found = [one for one in _orders(call, symbol) if one.client_id == client_id]
        order = found[-1] if found else None
    if order is None:
        raise refusal
    return order


def _orders(call: ApiCall, symbol: str | None) -> list[Order]:
    return [
        order
        for (other, _), order in call.account.orders.items()
        if symbol is None or other == symbol
    ]
