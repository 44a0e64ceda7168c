"""Conformance of ``!ticker@arr``: All Market Tickers Stream.

Made from spec/binance_us/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

import binance_streams_us
from binance_streams_runtime.generated_api import (
    Lifecycle,
    UpdateSpeed,
)
from conformance._checks import (
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
from conformance._client_checks import EACH_CLIENT, check_end_to_end, check_name

if TYPE_CHECKING:
    from conformance.conftest import Server

STREAM = Stream(package=binance_streams_us, key="all_tickers", method="ticker", arguments={})

NAMES: list[tuple[dict[str, object], str]] = [
    ({}, "!ticker@arr"),
]

CASES = [
    Case(
        id="documented",
        stream="!ticker@arr",
        payload=(
            b'[{"e":"24hrTicker","E":1672515782136,"s":"BNBBTC","p":"0.0015",'
            b'"P":"250.00","w":"0.0018","x":"0.0009","c":"0.0025","Q":"10",'
            b'"b":"0.0024","B":"10","a":"0.0026","A":"100","o":"0.0010","h":"0.0025",'
            b'"l":"0.0010","v":"10000","q":"18","O":0,"C":86400000,"F":0,"L":18150,'
            b'"n":18151}]'
        ),
        expected=[
            Record(
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
            )
        ],
        keys=(
            Key("0/e", "word", "0/event_type"),
            Key("0/E", "integer", "0/event_time"),
            Key("0/s", "text", "0/symbol"),
            Key("0/p", "decimal", "0/price_change"),
            Key("0/P", "decimal", "0/price_change_percent"),
            Key("0/w", "decimal", "0/weighted_average_price"),
            Key("0/x", "decimal", "0/previous_close"),
            Key("0/c", "decimal", "0/close"),
            Key("0/Q", "decimal", "0/last_quantity"),
            Key("0/b", "decimal", "0/best_bid_price"),
            Key("0/B", "decimal", "0/best_bid_quantity"),
            Key("0/a", "decimal", "0/best_ask_price"),
            Key("0/A", "decimal", "0/best_ask_quantity"),
            Key("0/o", "decimal", "0/open"),
            Key("0/h", "decimal", "0/high"),
            Key("0/l", "decimal", "0/low"),
            Key("0/v", "decimal", "0/base_volume"),
            Key("0/q", "decimal", "0/quote_volume"),
            Key("0/O", "integer", "0/open_time"),
            Key("0/C", "integer", "0/close_time"),
            Key("0/F", "integer", "0/first_trade_id"),
            Key("0/L", "integer", "0/last_trade_id"),
            Key("0/n", "integer", "0/trade_count"),
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
    assert entry.template == "!ticker@arr"
    assert entry.title == "All Market Tickers Stream"
    assert (
        entry.source
        == "https://github.com/binance-us/binance-us-api-docs/blob/master/web-socket-streams.md#all-market-tickers-stream"
    )
    assert entry.category == "market"
    assert entry.is_array is True
    assert entry.is_state is False
    assert entry.update_speed == UpdateSpeed(1000)
    assert entry.sequence is None
    assert entry.lifecycle == Lifecycle()
    assert entry.backfill is None


@EACH_CLIENT
@pytest.mark.parametrize(("arguments", "name"), NAMES, ids=[name for _, name in NAMES])
def test_arguments_build_the_documented_name(
    client: str, arguments: dict[str, object], name: str
) -> None:
    check_name(STREAM, client, arguments, name)


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
