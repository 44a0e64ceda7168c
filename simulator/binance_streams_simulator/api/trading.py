"""The methods about orders: their parameters, as the venue checks them, and their answers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from binance_streams_simulator.accounts.orders import NewOrder, Order
from binance_streams_simulator.accounts.rules import check_filters, refused_cancel
from binance_streams_simulator.api.arguments import Arguments
from binance_streams_simulator.api.errors import (
    ApiRefusal,
    illegal,
    invalid,
    missing,
    neither,
    not_required,
)
from binance_streams_simulator.api.methods import ApiCall, Handler
from binance_streams_simulator.market import Instrument
from binance_streams_simulator.rest.arguments import SYMBOLS, is_symbol

_CLIENT_IDS = r"^[\.A-Z\:/a-z0-9_-]{1,36}$"
_LEAST_STRATEGY_TYPE = 1_000_000
_PREVENTIONS = ("NONE", "EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT", "TRANSFER")
_DAY = 24 * 3_600 * 1_000_000
_ROWS, _MOST_ROWS = 500, 1_000
_UNSUPPORTED_TYPES = {
    "STOP_LOSS": "Stop loss",
    "STOP_LOSS_LIMIT": "Stop loss limit",
    "TAKE_PROFIT": "Take profit",
    "TAKE_PROFIT_LIMIT": "Take profit limit",
}
_UNSUPPORTED_PARAMETERS = {
    "icebergQty": "Iceberg",
    "trailingDelta": "Trailing stop",
    "pegPriceType": "Pegged",
}
_NEEDED = {
    "LIMIT": ("timeInForce", "price", "quantity"),
    "LIMIT_MAKER": ("price", "quantity"),
    "MARKET": (),
}
_TOO_MANY = {
    "LIMIT": ("stopPrice", "quoteOrderQty"),
    "LIMIT_MAKER": ("stopPrice", "quoteOrderQty", "timeInForce"),
    "MARKET": ("stopPrice", "price", "timeInForce"),
}


def _place(call: ApiCall) -> object:
    new = _new_order(call.arguments)
    kind = _response_type(call.arguments, new)
    call.orders.count(call.account)
    order = call.exchange.trading.place(call.account, new)
    return {"ACK": order.acknowledged, "RESULT": order.result, "FULL": order.full}[kind]()


def _test(call: ApiCall) -> object:
    new = _new_order(call.arguments)
    check_filters(call.account, new, call.exchange.trading.instrument(new.symbol))
    return {}


def _cancel(call: ApiCall) -> object:
    arguments = call.arguments
    new_client_id = _client_id(arguments, "newClientOrderId")
    restriction = arguments.optional("cancelRestrictions")
    order = _find(call, refused_cancel())
    if restriction is not None:
        wanted = {"ONLY_NEW": "NEW", "ONLY_PARTIALLY_FILLED": "PARTIALLY_FILLED"}.get(restriction)
        if wanted is None:
            raise ApiRefusal(-1145, "Invalid cancelRestrictions")
        if order.status != wanted:
            raise ApiRefusal(-2011, "Order was not canceled due to cancel restrictions.")
    return call.exchange.trading.cancel(call.account, order, new_client_id)


def _cancel_all(call: ApiCall) -> object:
    symbol = _instrument(call).symbol
    orders = [order for order in _orders(call, symbol) if order.is_open]
    if not orders:
        raise refused_cancel()
    return [call.exchange.trading.cancel(call.account, order) for order in orders]


def _amend(call: ApiCall) -> object:
    quantity = call.arguments.amount("newQty")
    if quantity is None:
        raise missing("newQty")
    new_client_id = _client_id(call.arguments, "newClientOrderId")
    order = _find(call, ApiRefusal(-2038, "Unknown order sent."))
    return call.exchange.trading.amend(call.account, order, quantity, new_client_id)


def _order(call: ApiCall) -> object:
    return _find(call, ApiRefusal(-2013, "Order does not exist.")).described()


def _open_orders(call: ApiCall) -> object:
    symbol = _instrument(call).symbol if call.arguments.has("symbol") else None
    return [order.described() for order in _orders(call, symbol) if order.is_open]


def _all_orders(call: ApiCall) -> object:
    symbol, arguments = _instrument(call).symbol, call.arguments
    limit = arguments.limit(_ROWS, _MOST_ROWS)
    first_id = arguments.whole("orderId")
    start, end = _times(arguments)
    orders = _orders(call, symbol)
    if start is not None or end is not None:
        orders = [one for one in orders if _is_between(one.updated, start, end)]
    elif first_id is not None:
        orders = [one for one in orders if one.id >= first_id]
    is_oldest = start is not None or (end is None and first_id is not None)
    return [order.described() for order in (orders[:limit] if is_oldest else orders[-limit:])]


def _trades(call: ApiCall) -> object:
    symbol, arguments = _instrument(call).symbol, call.arguments
    limit = arguments.limit(_ROWS, _MOST_ROWS)
    order_id, first_id = arguments.whole("orderId"), arguments.whole("fromId")
    start, end = _times(arguments)
    has_times = start is not None or end is not None
    if has_times and (order_id is not None or first_id is not None):
        raise ApiRefusal(-1128, "Combination of optional parameters invalid.")
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
        if (first_id is None or id >= first_id) and _is_between(time, start, end)
    ]
    return rows[:limit] if start is not None or first_id is not None else rows[-limit:]


def _order_counts(call: ApiCall) -> object:
    return call.orders.described(call.account)


def _nothing(call: ApiCall) -> object:
    return []


def _unsupported_list(call: ApiCall) -> object:
    raise ApiRefusal(-2010, "OCO orders are not supported for this symbol")


def _unsupported_replacement(call: ApiCall) -> object:
    raise ApiRefusal(-2010, "Order cancel-replace is not supported for this symbol.")


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
    # There are no order lists, allocations and prevented matches.
    "openOrderLists.status": _nothing,
    "allOrderLists": _nothing,
    "myAllocations": _nothing,
    "myPreventedMatches": _nothing,
    "orderList.place": _unsupported_list,
    "orderList.place.oco": _unsupported_list,
    "orderList.place.oto": _unsupported_list,
    "orderList.place.otoco": _unsupported_list,
}


def _new_order(arguments: Arguments) -> NewOrder:
    symbol = _symbol_text(arguments)
    side = arguments.choice("side", ("BUY", "SELL"), ApiRefusal(-1117, "Invalid side."))
    known = {*_NEEDED, *_UNSUPPORTED_TYPES}
    type = arguments.choice("type", known, ApiRefusal(-1116, "Invalid orderType."))
    if type in _UNSUPPORTED_TYPES:
        text = f"{_UNSUPPORTED_TYPES[type]} orders are not supported for this symbol."
        raise ApiRefusal(-2010, text)
    for name, words in _UNSUPPORTED_PARAMETERS.items():
        if arguments.has(name):
            raise ApiRefusal(-2010, f"{words} orders are not supported for this symbol.")
    for name in _NEEDED[type]:
        arguments.text(name)
    for name in _TOO_MANY[type]:
        if arguments.has(name):
            raise not_required(name)
    quantity, quote = arguments.amount("quantity"), arguments.amount("quoteOrderQty")
    if quantity is None and quote is None:
        raise neither("quantity", "quoteOrderQty")
    if quantity is not None and quote is not None:
        raise not_required("quoteOrderQty")
    in_force = arguments.optional("timeInForce") or "GTC"
    if in_force not in ("GTC", "IOC", "FOK"):
        raise ApiRefusal(-1115, "Invalid timeInForce.")
    prevention = arguments.optional("selfTradePreventionMode") or "NONE"
    if prevention not in _PREVENTIONS:
        raise invalid("selfTradePreventionMode")
    strategy_type = arguments.whole("strategyType")
    if strategy_type is not None and strategy_type < _LEAST_STRATEGY_TYPE:
        raise ApiRefusal(-1134, "`strategyType` was less than 1000000.")
    return NewOrder(
        symbol=symbol,
        is_buy=side == "BUY",
        type=type,
        quantity=quantity or 0,
        price=arguments.amount("price") or 0,
        time_in_force=in_force,
        quote_quantity=quote or 0,
        client_id=_client_id(arguments, "newClientOrderId"),
        strategy_id=arguments.whole("strategyId"),
        strategy_type=strategy_type,
        prevention=prevention,
    )


def _response_type(arguments: Arguments, new: NewOrder) -> str:
    kind = arguments.optional("newOrderRespType")
    if kind is None:
        return "ACK" if new.type == "LIMIT_MAKER" else "FULL"
    if kind not in ("ACK", "RESULT", "FULL"):
        raise invalid("newOrderRespType")
    return kind


def _find(call: ApiCall, refusal: ApiRefusal) -> Order:
    symbol = _instrument(call).symbol
    id, client_id = call.arguments.whole("orderId"), call.arguments.optional("origClientOrderId")
    if id is None and client_id is None:
        raise neither("orderId", "origClientOrderId")
    if id is not None:
        order = call.account.orders.get((symbol, id))
        if order is not None and client_id is not None and order.client_id != client_id:
            raise ApiRefusal(-2039, "Client order ID is not correct for this order ID.")
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


def _times(arguments: Arguments) -> tuple[int | None, int | None]:
    start, end = arguments.time("startTime"), arguments.time("endTime")
    if start is not None and end is not None and end - start > _DAY:
        raise ApiRefusal(-1127, "More than 24 hours between startTime and endTime.")
    return start, end


def _is_between(time: int, start: int | None, end: int | None) -> bool:
    return (start is None or start <= time) and (end is None or time <= end)


def _symbol_text(arguments: Arguments) -> str:
    symbol = arguments.text("symbol")
    if not is_symbol(symbol):
        raise illegal("symbol", SYMBOLS)
    return symbol


def _instrument(call: ApiCall) -> Instrument:
    return call.exchange.trading.instrument(_symbol_text(call.arguments))


def _client_id(arguments: Arguments, name: str) -> str | None:
    id = arguments.optional(name)
    if id is not None and not re.fullmatch(_CLIENT_IDS, id):
        raise illegal(name, _CLIENT_IDS)
    return id
