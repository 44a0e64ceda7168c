"""Conformance of ``<symbol>@depth<speed>``: Diff. Depth Stream.

Made from spec/binance_us/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

import binance_streams_us
from binance_streams_runtime.generated_api import (
    Lifecycle,
    Range,
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
    key="diff_book_depth",
    method="diff_book_depth",
    arguments={"symbol": "btcusdt", "speed": 1000},
)

NAMES: list[tuple[dict[str, object], str]] = [
    ({"symbol": "btcusdt", "speed": 1000}, "btcusdt@depth"),
    ({"symbol": "btcusdt", "speed": 100}, "btcusdt@depth@100ms"),
    ({"symbol": "币安人生usdt", "speed": 1000}, "币安人生usdt@depth"),
]

REFUSED: dict[str, list[object]] = {
    "symbol": [*BAD_SYMBOLS, None],
    "speed": ["", "nonsense", "1000", "100", 0, -1, 1001, None, True],
}

CASES = [
    Case(
        id="documented",
        stream="bnbbtc@depth",
        payload=(
            b'{"e":"depthUpdate","E":1672515782136,"s":"BNBBTC","U":157,"u":160,'
            b'"b":[["0.0024","10"]],"a":[["0.0026","100"]]}'
        ),
        expected=Record(
            "DepthUpdate",
            event_type="depthUpdate",
            event_time=1672515782136,
            symbol="BNBBTC",
            first_update_id=157,
            last_update_id=160,
            bids=[Record("PriceLevel", price=Number("0.0024"), quantity=Number("10"))],
            asks=[Record("PriceLevel", price=Number("0.0026"), quantity=Number("100"))],
        ),
        keys=(
            Key("e", "word", "event_type"),
            Key("E", "integer", "event_time"),
            Key("s", "text", "symbol"),
            Key("U", "integer", "first_update_id"),
            Key("u", "integer", "last_update_id"),
            Key("b", "list", "bids"),
            Key("b/0/0", "decimal", "bids/0/price"),
            Key("b/0/1", "decimal", "bids/0/quantity"),
            Key("a", "list", "asks"),
            Key("a/0/0", "decimal", "asks/0/price"),
            Key("a/0/1", "decimal", "asks/0/quantity"),
        ),
    ),
    Case(
        id="every_100_ms",
        stream="bnbbtc@depth@100ms",
        payload=(
            b'{"e":"depthUpdate","E":1672515782236,"s":"BNBBTC","U":161,"u":163,'
            b'"b":[["0.0024","0"],["0.0023","12"]],"a":[]}'
        ),
        expected=Record(
            "DepthUpdate",
            event_type="depthUpdate",
            event_time=1672515782236,
            symbol="BNBBTC",
            first_update_id=161,
            last_update_id=163,
            bids=[
                Record("PriceLevel", price=Number("0.0024"), quantity=Number("0")),
                Record("PriceLevel", price=Number("0.0023"), quantity=Number("12")),
            ],
            asks=[],
        ),
        keys=(
            Key("e", "word", "event_type"),
            Key("E", "integer", "event_time"),
            Key("s", "text", "symbol"),
            Key("U", "integer", "first_update_id"),
            Key("u", "integer", "last_update_id"),
            Key("b", "list", "bids"),
            Key("b/0/0", "decimal", "bids/0/price"),
            Key("b/0/1", "decimal", "bids/0/quantity"),
            Key("a", "list", "asks"),
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
    assert entry.template == "<symbol>@depth<speed>"
    assert entry.title == "Diff. Depth Stream"
    assert (
        entry.source
        == "https://github.com/binance-us/binance-us-api-docs/blob/master/web-socket-streams.md#diff-depth-stream"
    )
    assert entry.category == "market"
    assert entry.is_array is False
    assert entry.is_state is False
    assert entry.update_speed == UpdateSpeed(1000, by="speed", exceptions={100: 100})
    assert entry.sequence == Range("first_update_id", "last_update_id")
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
