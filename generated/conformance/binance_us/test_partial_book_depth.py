"""Conformance of ``<symbol>@depth<level><speed>``: Partial Book Depth Streams.

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
    key="partial_book_depth",
    method="partial_book_depth",
    arguments={"symbol": "btcusdt", "level": 5, "speed": 1000},
)

NAMES: list[tuple[dict[str, object], str]] = [
    ({"symbol": "btcusdt", "level": 5, "speed": 1000}, "btcusdt@depth5"),
    ({"symbol": "btcusdt", "level": 5, "speed": 100}, "btcusdt@depth5@100ms"),
    ({"symbol": "btcusdt", "level": 10, "speed": 1000}, "btcusdt@depth10"),
    ({"symbol": "btcusdt", "level": 10, "speed": 100}, "btcusdt@depth10@100ms"),
    ({"symbol": "btcusdt", "level": 20, "speed": 1000}, "btcusdt@depth20"),
    ({"symbol": "btcusdt", "level": 20, "speed": 100}, "btcusdt@depth20@100ms"),
    ({"symbol": "币安人生usdt", "level": 5, "speed": 1000}, "币安人生usdt@depth5"),
]

REFUSED: dict[str, list[object]] = {
    "symbol": [*BAD_SYMBOLS, None],
    "level": ["", "nonsense", "5", "10", "20", 0, -1, 21, None, True],
    "speed": ["", "nonsense", "1000", "100", 0, -1, 1001, None, True],
}

CASES = [
    Case(
        id="documented",
        stream="bnbbtc@depth5",
        payload=(b'{"lastUpdateId":160,"bids":[["0.0024","10"]],"asks":[["0.0026","100"]]}'),
        expected=Record(
            "PartialBookDepth",
            last_update_id=160,
            bids=[Record("PriceLevel", price=Number("0.0024"), quantity=Number("10"))],
            asks=[Record("PriceLevel", price=Number("0.0026"), quantity=Number("100"))],
        ),
        keys=(
            Key("lastUpdateId", "integer", "last_update_id"),
            Key("bids", "list", "bids"),
            Key("bids/0/0", "decimal", "bids/0/price"),
            Key("bids/0/1", "decimal", "bids/0/quantity"),
            Key("asks", "list", "asks"),
            Key("asks/0/0", "decimal", "asks/0/price"),
            Key("asks/0/1", "decimal", "asks/0/quantity"),
        ),
    ),
    Case(
        id="twenty_levels_every_100_ms",
        stream="bnbbtc@depth20@100ms",
        payload=(
            b'{"lastUpdateId":161,"bids":[["0.0024","10"],["0.0023","7.5"]],'
            b'"asks":[["0.0026","100"],["0.0027","3"]]}'
        ),
        expected=Record(
            "PartialBookDepth",
            last_update_id=161,
            bids=[
                Record("PriceLevel", price=Number("0.0024"), quantity=Number("10")),
                Record("PriceLevel", price=Number("0.0023"), quantity=Number("7.5")),
            ],
            asks=[
                Record("PriceLevel", price=Number("0.0026"), quantity=Number("100")),
                Record("PriceLevel", price=Number("0.0027"), quantity=Number("3")),
            ],
        ),
        keys=(
            Key("lastUpdateId", "integer", "last_update_id"),
            Key("bids", "list", "bids"),
            Key("bids/0/0", "decimal", "bids/0/price"),
            Key("bids/0/1", "decimal", "bids/0/quantity"),
            Key("asks", "list", "asks"),
            Key("asks/0/0", "decimal", "asks/0/price"),
            Key("asks/0/1", "decimal", "asks/0/quantity"),
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
    assert entry.template == "<symbol>@depth<level><speed>"
    assert entry.title == "Partial Book Depth Streams"
    assert (
        entry.source
        == "https://github.com/binance-us/binance-us-api-docs/blob/master/web-socket-streams.md#partial-book-depth-streams"
    )
    assert entry.category == "market"
    assert entry.is_array is False
    assert entry.is_state is True
    assert entry.update_speed == UpdateSpeed(1000, by="speed", exceptions={100: 100})
    assert entry.sequence == Monotonic("last_update_id", repeats=True)
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
