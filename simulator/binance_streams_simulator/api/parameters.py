"""The parameters of requests about orders, as the venue checks them."""

from __future__ import annotations

import re

from binance_streams_simulator.accounts.orders import NewOrder, Order
from binance_streams_simulator.api.arguments import Arguments
from binance_streams_simulator.api.errors import neither, not_required
from binance_streams_simulator.api.methods import ApiCall
from binance_streams_simulator.market import Instrument
from binance_streams_simulator.refusals import Refusal, illegal, invalid
from binance_streams_simulator.rest.arguments import SYMBOLS, is_symbol

_CLIENT_IDS = r"^[\.A-Z\:/a-z0-9_-]{1,36}$"
_LEAST_STRATEGY_TYPE = 1_000_000
_PREVENTIONS = ("NONE", "EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT", "TRANSFER")
_DAY = 24 * 3_600 * 1_000_000
_UNSUPPORTED_TYPES = {"STOP_LOSS": "Stop loss", "TAKE_PROFIT": "Take profit"}
_UNSUPPORTED_PARAMETERS = {
    "icebergQty": "Iceberg",
    "trailingDelta": "Trailing stop",
    "pegPriceType": "Pegged",
}
_NEEDED = {
    "LIMIT": ("timeInForce", "price", "quantity"),
    "LIMIT_MAKER": ("price", "quantity"),
    "MARKET": (),
    "STOP_LOSS_LIMIT": ("timeInForce", "price", "quantity", "stopPrice"),
    "TAKE_PROFIT_LIMIT": ("timeInForce", "price", "quantity", "stopPrice"),
}
_TOO_MANY = {
    "LIMIT": ("stopPrice", "quoteOrderQty"),
    "LIMIT_MAKER": ("stopPrice", "quoteOrderQty", "timeInForce"),
    "MARKET": ("stopPrice", "price", "timeInForce"),
    "STOP_LOSS_LIMIT": ("quoteOrderQty",),
    "TAKE_PROFIT_LIMIT": ("quoteOrderQty",),
}


def new_order(arguments: Arguments) -> NewOrder:
    """Read a new order, as the venue checks its parameters."""
    symbol = _symbol_text(arguments)
    side = arguments.choice("side", ("BUY", "SELL"), Refusal(-1117, "Invalid side."))
    known = {*_NEEDED, *_UNSUPPORTED_TYPES}
    type = arguments.choice("type", known, Refusal(-1116, "Invalid orderType."))
    if type in _UNSUPPORTED_TYPES:
        text = f"{_UNSUPPORTED_TYPES[type]} orders are not supported for this symbol."
        raise Refusal(-2010, text)
    for name, words in _UNSUPPORTED_PARAMETERS.items():
        if arguments.has(name):
            raise Refusal(-2010, f"{words} orders are not supported for this symbol.")
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
        raise Refusal(-1115, "Invalid timeInForce.")
    prevention = arguments.optional("selfTradePreventionMode") or "NONE"
    if prevention not in _PREVENTIONS:
        raise invalid("selfTradePreventionMode")
    strategy_type = arguments.whole("strategyType")
    if strategy_type is not None and strategy_type < _LEAST_STRATEGY_TYPE:
        raise Refusal(-1134, "`strategyType` was less than 1000000.")
    return NewOrder(
        symbol=symbol,
        is_buy=side == "BUY",
        type=type,
        quantity=quantity or 0,
        price=arguments.amount("price") or 0,
        time_in_force=in_force,
        quote_quantity=quote or 0,
        client_id=client_id(arguments, "newClientOrderId"),
        strategy_id=arguments.whole("strategyId"),
        strategy_type=strategy_type,
        prevention=prevention,
        stop_price=arguments.amount("stopPrice") or 0,
    )


def response_type(arguments: Arguments, default: str) -> str:
    """Read which kind of answer is wanted."""
    kind = arguments.optional("newOrderRespType")
    if kind is None:
        return default
    if kind not in ("ACK", "RESULT", "FULL"):
        raise invalid("newOrderRespType")
    return kind


def times_of(arguments: Arguments) -> tuple[int | None, int | None]:
    """Read a span of time, in microseconds; either end may be missing."""
    start, end = arguments.time("startTime"), arguments.time("endTime")
    if start is not None and end is not None and end - start > _DAY:
        raise Refusal(-1127, "More than 24 hours between startTime and endTime.")
    return start, end


def is_between(time: int, start: int | None, end: int | None) -> bool:
    """Return whether a time is within a span."""
    return (start is None or start <= time) and (end is None or time <= end)


def _symbol_text(arguments: Arguments) -> str:
    symbol = arguments.text("symbol")
    if not is_symbol(symbol):
        raise illegal("symbol", SYMBOLS)
    return symbol


def instrument_of(call: ApiCall) -> Instrument:
    """Return the market of the symbol that is sent."""
    return call.exchange.trading.instrument(_symbol_text(call.arguments))


def client_id(arguments: Arguments, name: str) -> str | None:
    """Read a client order ID, None if it was not sent."""
    id = arguments.optional(name)
    if id is not None and not re.fullmatch(_CLIENT_IDS, id):
        raise illegal(name, _CLIENT_IDS)
    return id


def answer_of(order: Order, kind: str) -> dict[str, object]:
    """Return the answer to a new order: ``ACK``, ``RESULT`` or ``FULL``."""
    return {"ACK": order.acknowledged, "RESULT": order.result, "FULL": order.full}[kind]()
