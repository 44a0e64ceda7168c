"""Methods of the WebSocket API as data: what requests weigh, and what is known of errors."""

from __future__ import annotations

from decimal import Decimal

import pytest

from binance_streams import VENUE, Order
from binance_streams_runtime.catalog.api import ApiMethod, ApiWeight
from binance_streams_runtime.decoding.json import concrete


def method(*weights: ApiWeight, security: str = "NONE", is_session_only: bool = False) -> ApiMethod:
    return ApiMethod(
        "x",
        "A method.",
        "https://example.com",
        security,  # type: ignore[arg-type]
        (),
        weights,
        is_session_only=is_session_only,
    )


@pytest.mark.parametrize(
    ("params", "weight"),
    [
        ({}, 40),
        ({"symbol": "BTCUSDT"}, 2),
        ({"symbols": ["BTCUSDT"]}, 3),
        ({"symbols": ["BTCUSDT"] * 20}, 60),
        ({"symbols": ["BTCUSDT"] * 21}, 40),
        ({"symbols": "BTCUSDT"}, 40),
        ({"limit": 100}, 5),
        ({"limit": 101}, 40),
        ({"limit": "100"}, 40),
    ],
)
def test_the_first_weight_that_matches_counts(params: dict[str, object], weight: int) -> None:
    weights = (
        ApiWeight(2, given=("symbol",)),
        ApiWeight(3, at_most={"symbols": 20}, per="symbols"),
        ApiWeight(5, at_most={"limit": 100}),
        ApiWeight(40),
    )
    assert method(*weights).weight(params) == weight


def test_the_last_weight_counts_if_none_matches() -> None:
    assert method(ApiWeight(2, given=("symbol",))).weight({}) == 2


def test_a_method_that_relies_on_the_session_is_not_signed() -> None:
    one = ApiWeight(1)
    assert not method(one).is_signed
    assert method(one, security="SIGNED").is_signed
    assert not method(one, security="USER_STREAM", is_session_only=True).is_signed


def test_of_a_code_that_is_not_listed_nothing_is_known() -> None:
    api = VENUE.api
    assert api is not None
    assert api.error(None) is None
    assert api.error(-9999) is None
    refused = api.error(-2015)
    assert refused is not None
    assert refused.remedy == "end"


def test_a_list_of_structs_gets_the_number_type() -> None:
    assert concrete(list[Order], Decimal) == list[Order[Decimal]]
    assert concrete(Order, float) == Order[float]
