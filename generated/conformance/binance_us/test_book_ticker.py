"""Conformance of ``<symbol>@bookTicker``: Individual Symbol Book Ticker Streams.

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
    package=binance_streams_us,
    key="book_ticker",
    method="book_ticker",
    arguments={"symbol": "btcusdt"},
)

NAMES: list[tuple[dict[str, object], str]] = [
    ({"symbol": "btcusdt"}, "btcusdt@bookTicker"),
    ({"symbol": "币安人生usdt"}, "币安人生usdt@bookTicker"),
]

REFUSED: dict[str, list[object]] = {
    "symbol": [*BAD_SYMBOLS, None],
}

CASES = [
    Case(
        id="documented",
        stream="bnbusdt@bookTicker",
        payload=(
            b'{"u":400900217,"s":"BNBUSDT","b":"25.35190000","B":"31.21000000",'
            b'"a":"25.36520000","A":"40.66000000"}'
        ),
        expected=Record(
            "BookTicker",
            update_id=400900217,
            symbol="BNBUSDT",
            best_bid_price=Number("25.35190000"),
            best_bid_quantity=Number("31.21000000"),
            best_ask_price=Number("25.36520000"),
            best_ask_quantity=Number("40.66000000"),
        ),
        keys=(
            Key("u", "integer", "update_id"),
            Key("s", "text", "symbol"),
            Key("b", "decimal", "best_bid_price"),
            Key("B", "decimal", "best_bid_quantity"),
            Key("a", "decimal", "best_ask_price"),
            Key("A", "decimal", "best_ask_quantity"),
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
    assert entry.template == "<symbol>@bookTicker"
    assert entry.title == "Individual Symbol Book Ticker Streams"
    assert (
        entry.source
        == "https://github.com/binance-us/binance-us-api-docs/blob/master/web-socket-streams.md#individual-symbol-book-ticker-streams"
    )
    assert entry.category == "market"
    assert entry.is_array is False
    assert entry.is_state is True
    assert entry.update_speed == UpdateSpeed(None)
    assert entry.sequence == Monotonic("update_id")
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
