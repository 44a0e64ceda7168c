"""Conformance of ``!miniTicker@arr``: All Market Mini Tickers Stream.

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

STREAM = Stream(
    package=binance_streams_us, key="all_mini_tickers", method="mini_ticker", arguments={}
)

NAMES: list[tuple[dict[str, object], str]] = [
    ({}, "!miniTicker@arr"),
]

CASES = [
    Case(
        id="recorded",
        stream="!miniTicker@arr",
        payload=(
            b'[{"e":"24hrMiniTicker","E":1592594715455,"s":"ETHBTC","c":"0.02456700",'
            b'"o":"0.02459800","h":"0.02470900","l":"0.02438100","v":"163116.18600000",'
            b'"q":"4006.04936991"},{"e":"24hrMiniTicker","E":1592594715775,'
            b'"s":"BTCUSDT","c":"9342.70000000","o":"9393.74000000",'
            b'"h":"9438.30000000","l":"9215.79000000","v":"47798.03832300",'
            b'"q":"446546826.58722200"}]'
        ),
        expected=[
            Record(
                "MiniTicker",
                event_type="24hrMiniTicker",
                event_time=1592594715455,
                symbol="ETHBTC",
                close=Number("0.02456700"),
                open=Number("0.02459800"),
                high=Number("0.02470900"),
                low=Number("0.02438100"),
                base_volume=Number("163116.18600000"),
                quote_volume=Number("4006.04936991"),
            ),
            Record(
                "MiniTicker",
                event_type="24hrMiniTicker",
                event_time=1592594715775,
                symbol="BTCUSDT",
                close=Number("9342.70000000"),
                open=Number("9393.74000000"),
                high=Number("9438.30000000"),
                low=Number("9215.79000000"),
                base_volume=Number("47798.03832300"),
                quote_volume=Number("446546826.58722200"),
            ),
        ],
        keys=(
            Key("0/e", "word", "0/event_type"),
            Key("0/E", "integer", "0/event_time"),
            Key("0/s", "text", "0/symbol"),
            Key("0/c", "decimal", "0/close"),
            Key("0/o", "decimal", "0/open"),
            Key("0/h", "decimal", "0/high"),
            Key("0/l", "decimal", "0/low"),
            Key("0/v", "decimal", "0/base_volume"),
            Key("0/q", "decimal", "0/quote_volume"),
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
    assert entry.template == "!miniTicker@arr"
    assert entry.title == "All Market Mini Tickers Stream"
    assert (
        entry.source
        == "https://github.com/binance-us/binance-us-api-docs/blob/master/web-socket-streams.md#all-market-mini-tickers-stream"
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
