"""An account's answers and events as the client reads them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from binance_streams import AccountStatus, Order
from binance_streams._api import API
from binance_streams_runtime.decoding.json import PayloadDecoder, concrete, json_decoder
from tests.support.true_orders import Json

_NUMBERS = Decimal


def _result_of(method: str) -> msgspec.json.Decoder[Any]:
    return json_decoder(concrete(API.methods[method].result, _NUMBERS), _NUMBERS)


_ACCOUNT, _ORDERS = _result_of("account.status"), _result_of("openOrders.status")
_EVENTS = PayloadDecoder(API.account, _NUMBERS)


def account_of(answer: Json) -> AccountStatus:
    """Read the result of ``account.status``."""
    account: AccountStatus = _ACCOUNT.decode(msgspec.json.encode(answer))
    return account


def orders_of(answer: list[Json]) -> list[Order]:
    """Read the result of ``openOrders.status``."""
    orders: list[Order] = _ORDERS.decode(msgspec.json.encode(answer))
    return orders


def event_of(event: Json) -> object:
    """Read an event."""
    read: object = _EVENTS.bare(msgspec.json.encode(event))
    return read
