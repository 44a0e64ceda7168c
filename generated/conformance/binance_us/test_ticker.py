"""Conformance of ``<symbol>@ticker``: Individual Symbol Ticker Streams.

Made from spec/binance_us/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

import binance_streams_us
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
    package=binance_streams_us, key="ticker", method="ticker", arguments={"symbol": "btcusdt"}
)

NAMES: list[tuple[dict[str, object], str]] = [
    ({"symbol": "btcusdt"}, "btcusdt@ticker"),
    ({"symbol": "币安人生usdt"}, "币安人生usdt@ticker"),
]

REFUSED: dict[str, list[object]] = {
    "symbol": BAD_SYMBOLS,
}

CASES = [
    Case(
        id="documented",
        stream="bnbbtc@ticker",
        payload=(
            b'{"e":"24hrTicker","E":1672515782136,"s":"BNBBTC","p":"0.0015",'
            b'"P":"250.00","w":"0.0018","x":"0.0009","c":"0.0025","Q":"10",'
            b'"b":"0.0024","B":"10","a":"0.0026","A":"100","o":"0.0010","h":"0.0025",'
            b'"l":"0.0010","v":"10000","q":"18","O":0,"C":86400000,"F":0,"L":18150,'
            b'"n":18151}'
        ),
        expected=Record(
            "Ticker",
            event_type="24hrTicker",
            event_time=1672515782136,
            symbol="BNBBTC",
            price_change=Number("0.0015"),
            price_change_percent=Number("250.00"),
            weighted_average_price=Number("0.0018"),
            previous_close=Number("0.0009"),
            close=Number("0.0025"),
            last_quantity=Number("10"),
            best_bid_price=Number("0.0024"),
            best_bid_quantity=Number("10"),
            best_ask_price=Number("0.0026"),
            best_ask_quantity=Number("100"),
            open=Number("0.0010"),
            high=Number("0.0025"),
            low=Number("0.0010"),
            base_volume=Number("10000"),
            quote_volume=Number("18"),
            open_time=0,
            close_time=86400000,
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
            Key("w", "decimal", "weighted_average_price"),
            Key("x", "decimal", "previous_close"),
            Key("c", "decimal", "close"),
            Key("Q", "decimal", "last_quantity"),
            Key("b", "decimal", "best_bid_price"),
            Key("B", "decimal", "best_bid_quantity"),
            Key("a", "decimal", "best_ask_price"),
            Key("A", "decimal", "best_ask_quantity"),
            Key("o", "decimal", "open"),
            Key("h", "decimal", "high"),
            Key("l", "decimal", "low"),
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
        id="recorded",
        stream="btcusdt@ticker",
        payload=(
            b'{"e":"24hrTicker","E":1592593727005,"s":"BTCUSDT","p":"-65.00000000",'
            b'"P":"-0.693","w":"9343.29777965","x":"9383.27000000","c":"9318.48000000",'
            b'"Q":"0.00250000","b":"9318.18000000","B":"0.32000000",'
            b'"a":"9318.47000000","A":"0.35414300","o":"9383.48000000",'
            b'"h":"9438.30000000","l":"9215.79000000","v":"48745.36667100",'
            b'"q":"455442476.18534620","O":1592507327001,"C":1592593727001,'
            b'"F":343178738,"L":343729077,"n":550340}'
        ),
        expected=Record(
            "Ticker",
            event_type="24hrTicker",
            event_time=1592593727005,
            symbol="BTCUSDT",
            price_change=Number("-65.00000000"),
            price_change_percent=Number("-0.693"),
            weighted_average_price=Number("9343.29777965"),
            previous_close=Number("9383.27000000"),
            close=Number("9318.48000000"),
            last_quantity=Number("0.00250000"),
            best_bid_price=Number("9318.18000000"),
            best_bid_quantity=Number("0.32000000"),
            best_ask_price=Number("9318.47000000"),
            best_ask_quantity=Number("0.35414300"),
            open=Number("9383.48000000"),
            high=Number("9438.30000000"),
            low=Number("9215.79000000"),
            base_volume=Number("48745.36667100"),
            quote_volume=Number("455442476.18534620"),
            open_time=1592507327001,
            close_time=1592593727001,
            first_trade_id=343178738,
            last_trade_id=343729077,
            trade_count=550340,
        ),
        keys=(
            Key("e", "word", "event_type"),
            Key("E", "integer", "event_time"),
            Key("s", "text", "symbol"),
            Key("p", "decimal", "price_change"),
            Key("P", "decimal", "price_change_percent"),
            Key("w", "decimal", "weighted_average_price"),
            Key("x", "decimal", "previous_close"),
            Key("c", "decimal", "close"),
            Key("Q", "decimal", "last_quantity"),
            Key("b", "decimal", "best_bid_price"),
            Key("B", "decimal", "best_bid_quantity"),
            Key("a", "decimal", "best_ask_price"),
            Key("A", "decimal", "best_ask_quantity"),
            Key("o", "decimal", "open"),
            Key("h", "decimal", "high"),
            Key("l", "decimal", "low"),
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
    assert entry.template == "<symbol>@ticker"
    assert entry.title == "Individual Symbol Ticker Streams"
    assert (
        entry.source
        == "https://github.com/binance-us/binance-us-api-docs/blob/master/web-socket-streams.md#individual-symbol-ticker-streams"
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
