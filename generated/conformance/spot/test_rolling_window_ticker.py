"""Conformance of ``<symbol>@ticker_<windowSize>``: Individual Symbol Rolling Window Statistics
Streams.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

import binance_streams
from binance_streams_runtime.generated_api import (
    Lifecycle,
    Monotonic,
    UpdateSpeed,
)
from conformance._checks import (
    BAD_SYMBOLS,
    NUMBERS,
    OTHER,
    Case,
    Key,
    Number,
    Record,
    Stream,
    check_attribute,
    check_decodes,
    check_encodes,
    check_mutants,
    check_unknown_key,
)
from conformance._client_checks import EACH_CLIENT, check_end_to_end, check_name, check_refused

if TYPE_CHECKING:
    from conformance.conftest import Server

STREAM = Stream(
    package=binance_streams,
    key="rolling_window_ticker",
    method="rolling_window_ticker",
    arguments={"symbol": "btcusdt", "windowSize": "1h"},
)

NAMES: list[tuple[dict[str, object], str]] = [
    ({"symbol": "btcusdt", "windowSize": "1h"}, "btcusdt@ticker_1h"),
    ({"symbol": "btcusdt", "windowSize": "4h"}, "btcusdt@ticker_4h"),
    ({"symbol": "btcusdt", "windowSize": "1d"}, "btcusdt@ticker_1d"),
    ({"symbol": "币安人生usdt", "windowSize": "1h"}, "币安人生usdt@ticker_1h"),
]

REFUSED: dict[str, list[object]] = {
    "symbol": [*BAD_SYMBOLS, None],
    "windowSize": ["", "nonsense", "1H", "4H", "1D", 5, None, True],
}

CASES = [
    Case(
        id="documented",
        stream="bnbbtc@ticker_1h",
        payload=(
            b'{"e":"1hTicker","E":1672515782136,"s":"BNBBTC","p":"0.0015","P":"250.00",'
            b'"o":"0.0010","h":"0.0025","l":"0.0010","c":"0.0025","w":"0.0018",'
            b'"v":"10000","q":"18","O":0,"C":1675216573749,"F":0,"L":18150,"n":18151}'
        ),
        expected=Record(
            "RollingWindowTicker",
            event_type="1hTicker",
            event_time=1672515782136,
            symbol="BNBBTC",
            price_change=Number("0.0015"),
            price_change_percent=Number("250.00"),
            open=Number("0.0010"),
            high=Number("0.0025"),
            low=Number("0.0010"),
            close=Number("0.0025"),
            weighted_average_price=Number("0.0018"),
            base_volume=Number("10000"),
            quote_volume=Number("18"),
            open_time=0,
            close_time=1675216573749,
            first_trade_id=0,
            last_trade_id=18150,
            trade_count=18151,
        ),
        keys=(
            Key("e", "word", "event_type"),
            Key("E", "integer", "event_time"),
            Key("s", "text", "symbol"),
            Key("p", "decimal", "price_change"),
            Key("P", "decimal", "price_change_percent"),
            Key("o", "decimal", "open"),
            Key("h", "decimal", "high"),
            Key("l", "decimal", "low"),
            Key("c", "decimal", "close"),
            Key("w", "decimal", "weighted_average_price"),
            Key("v", "decimal", "base_volume"),
            Key("q", "decimal", "quote_volume"),
            Key("O", "integer", "open_time"),
            Key("C", "integer", "close_time"),
            Key("F", "integer", "first_trade_id"),
            Key("L", "integer", "last_trade_id"),
            Key("n", "integer", "trade_count"),
        ),
    ),
    Case(
        id="one_day",
        stream="bnbbtc@ticker_1d",
        payload=(
            b'{"e":"1dTicker","E":1672515782136,"s":"BNBBTC","p":"0.0015","P":"250.00",'
            b'"o":"0.0010","h":"0.0025","l":"0.0010","c":"0.0025","w":"0.0018",'
            b'"v":"10000","q":"18","O":0,"C":1675216573749,"F":0,"L":18150,"n":18151}'
        ),
        expected=Record(
            "RollingWindowTicker",
            event_type="1dTicker",
            event_time=1672515782136,
            symbol="BNBBTC",
            price_change=Number("0.0015"),
            price_change_percent=Number("250.00"),
            open=Number("0.0010"),
            high=Number("0.0025"),
            low=Number("0.0010"),
            close=Number("0.0025"),
            weighted_average_price=Number("0.0018"),
            base_volume=Number("10000"),
            quote_volume=Number("18"),
            open_time=0,
            close_time=1675216573749,
            first_trade_id=0,
            last_trade_id=18150,
            trade_count=18151,
        ),
        keys=(
            Key("e", "word", "event_type"),
            Key("E", "integer", "event_time"),
            Key("s", "text", "symbol"),
            Key("p", "decimal", "price_change"),
            Key("P", "decimal", "price_change_percent"),
            Key("o", "decimal", "open"),
            Key("h", "decimal", "high"),
            Key("l", "decimal", "low"),
            Key("c", "decimal", "close"),
            Key("w", "decimal", "weighted_average_price"),
            Key("v", "decimal", "base_volume"),
            Key("q", "decimal", "quote_volume"),
            Key("O", "integer", "open_time"),
            Key("C", "integer", "close_time"),
            Key("F", "integer", "first_trade_id"),
            Key("L", "integer", "last_trade_id"),
            Key("n", "integer", "trade_count"),
        ),
    ),
]

EACH_CASE = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
KEYS = [pytest.param(case, key, id=f"{case.id}-{key.path}") for case in CASES for key in case.keys]
VALUES = [
    pytest.param(case, key, id=f"{case.id}-{key.path}")
    for case in CASES
    for key in case.keys
    if key.kind in OTHER
]


def test_catalog_has_what_the_spec_says() -> None:
    entry = STREAM.type
    assert entry.template == "<symbol>@ticker_<windowSize>"
    assert entry.title == "Individual Symbol Rolling Window Statistics Streams"
    assert (
        entry.source
        == "https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#individual-symbol-rolling-window-statistics-streams"
    )
    assert entry.category == "market"
    assert entry.is_array is False
    assert entry.is_state is True
    assert entry.update_speed == UpdateSpeed(1000)
    assert entry.sequence == Monotonic("event_time", is_time=True)
    assert entry.lifecycle == Lifecycle()
    assert entry.backfill is None


@EACH_CLIENT
@pytest.mark.parametrize(("arguments", "name"), NAMES, ids=[name for _, name in NAMES])
def test_arguments_build_the_documented_name(
    client: str, arguments: dict[str, object], name: str
) -> None:
    check_name(STREAM, client, arguments, name)


@EACH_CLIENT
@pytest.mark.parametrize(
    ("parameter", "value"),
    [(parameter, value) for parameter, values in REFUSED.items() for value in values],
    ids=lambda value: repr(value)[:20],
)
def test_bad_argument_is_refused_before_anything_is_sent(
    client: str, parameter: str, value: object
) -> None:
    check_refused(STREAM, client, parameter, value)


@EACH_CASE
@pytest.mark.parametrize("numbers", NUMBERS)
def test_payload_decodes_to_exact_values_and_types(case: Case, numbers: type[Any]) -> None:
    check_decodes(STREAM, case, numbers)


@EACH_CASE
@pytest.mark.parametrize("numbers", [Decimal, str])
def test_event_encodes_to_its_payload(case: Case, numbers: type[Any]) -> None:
    check_encodes(STREAM, case, numbers)


@EACH_CASE
def test_unknown_key_changes_nothing(case: Case) -> None:
    check_unknown_key(STREAM, case)


@pytest.mark.parametrize(("case", "key"), KEYS)
def test_payload_without_a_key_or_of_another_type_is_refused(case: Case, key: Key) -> None:
    check_mutants(STREAM, case, key)


@pytest.mark.parametrize(("case", "key"), VALUES)
def test_each_key_becomes_its_attribute(case: Case, key: Key) -> None:
    check_attribute(STREAM, case, key)


@EACH_CLIENT
def test_stream_delivers_its_events_end_to_end(client: str, server: Server) -> None:
    check_end_to_end(STREAM, client, CASES, server)
