"""Conformance of ``<symbol>@avgPrice``: Average Price.

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
    package=binance_streams, key="avg_price", method="avg_price", arguments={"symbol": "btcusdt"}
)

NAMES: list[tuple[dict[str, object], str]] = [
    ({"symbol": "btcusdt"}, "btcusdt@avgPrice"),
    ({"symbol": "币安人生usdt"}, "币安人生usdt@avgPrice"),
]

REFUSED: dict[str, list[object]] = {
    "symbol": [*BAD_SYMBOLS, None],
}

CASES = [
    Case(
        id="documented",
        stream="btcusdt@avgPrice",
        payload=(
            b'{"e":"avgPrice","E":1693907033000,"s":"BTCUSDT","i":"5m",'
            b'"w":"25776.86000000","T":1693907032213}'
        ),
        expected=Record(
            "AvgPrice",
            event_type="avgPrice",
            event_time=1693907033000,
            symbol="BTCUSDT",
            interval="5m",
            average_price=Number("25776.86000000"),
            last_trade_time=1693907032213,
        ),
        keys=(
            Key("e", "word", "event_type"),
            Key("E", "integer", "event_time"),
            Key("s", "text", "symbol"),
            Key("i", "text", "interval"),
            Key("w", "decimal", "average_price"),
            Key("T", "integer", "last_trade_time"),
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
    assert entry.template == "<symbol>@avgPrice"
    assert entry.title == "Average Price"
    assert (
        entry.source
        == "https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#average-price"
    )
    assert entry.category == "market"
    assert entry.is_array is False
    assert entry.is_state is True
    assert entry.update_speed == UpdateSpeed(1000)
    assert entry.sequence == Monotonic("event_time", is_time=True)
    assert entry.lifecycle == Lifecycle(since="2023-12-04")
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
