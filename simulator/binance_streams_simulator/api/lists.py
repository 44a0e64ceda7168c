"""The methods about order lists. Of those that are placed, only OCO is supported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from binance_streams_simulator.accounts.lists import OrderList
from binance_streams_simulator.accounts.orders import NewOrder
from binance_streams_simulator.accounts.rules import refused_cancel
from binance_streams_simulator.api.arguments import Arguments
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
_SHARED = ("symbol", "side", "quantity", "selfTradePreventionMode")
_LEGS = ("above", "below")


def _place(call: ApiCall) -> object:
    arguments = call.arguments
    above, below = (_leg(arguments, leg) for leg in _LEGS)
    kind = response_type(arguments, "RESULT")
    list_client_id = client_id(arguments, "listClientOrderId")
    for _ in _LEGS:
        call.orders.count(call.account)
    made = call.exchange.trading.place_pair(call.account, (above, below), list_client_id)
    reports = [answer_of(order, kind) for order in made.orders]
    return {**made.described(), "orderReports": reports}


def _leg(arguments: Arguments, leg: str) -> NewOrder:
    """Read one of the orders as if it were placed on its own."""
    values = arguments.texts()
    own: dict[str, Any] = {name: values[name] for name in _SHARED if name in values}
    for name, value in values.items():
        if name.startswith(leg):
            short = name.removeprefix(leg)
            own[short[:1].lower() + short[1:]] = value
    if "clientOrderId" in own:
        own["newClientOrderId"] = own.pop("clientOrderId")
    if "type" not in own:
        raise missing(f"{leg}Type")
    if own["type"] in ("STOP_LOSS", "TAKE_PROFIT", "LIMIT", "MARKET"):
        raise Refusal(-1158, "Order type not supported in OCO.")
    return new_order(Arguments(own))


def _cancel(call: ApiCall) -> object:
    symbol = instrument_of(call).symbol
    new_client_id = client_id(call.arguments, "newClientOrderId")
    found = _find(call, "listClientOrderId", refused_cancel())
    if found.symbol != symbol:
        raise refused_cancel()
    return call.exchange.trading.cancel_list(call.account, found, new_client_id)


def _status(call: ApiCall) -> object:
    refusal = Refusal(-2013, "Order does not exist.")
    return _find(call, "origClientOrderId", refusal).described()


def _open_lists(call: ApiCall) -> object:
    return [one.described() for one in _lists(call) if one.is_open]


def _all_lists(call: ApiCall) -> object:
    limit = call.arguments.limit(_ROWS, _MOST_ROWS)
    first_id = call.arguments.whole("fromId")
    start, end = times_of(call.arguments)
    if first_id is not None and (start is not None or end is not None):
        raise Refusal(-1128, "Combination of optional parameters invalid.")
    found = [
        one.described()
        for one in _lists(call)
        if (first_id is None or one.id >= first_id) and is_between(one.updated, start, end)
    ]
    is_oldest = first_id is not None or start is not None
    return found[:limit] if is_oldest else found[-limit:]


LISTS: Mapping[str, Handler] = {
    "orderList.place.oco": _place,
    "orderList.cancel": _cancel,
    "orderList.status": _status,
    "openOrderLists.status": _open_lists,
    "allOrderLists": _all_lists,
}


def _lists(call: ApiCall) -> list[OrderList]:
    return call.exchange.trading.lists.all(call.account)


def _find(call: ApiCall, by_text: str, refusal: Refusal) -> OrderList:
    id, text = call.arguments.whole("orderListId"), call.arguments.optional(by_text)
    if id is None and text is None:
        raise neither("orderListId", by_text)
    for one in reversed(_lists(call)):
        if one.id == id or (id is None and one.client_id == text):
            return one
    raise refusal
