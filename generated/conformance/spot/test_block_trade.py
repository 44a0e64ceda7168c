"""Conformance of ``<symbol>@blockTrade``: Block Trade Streams.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

import binance_streams
from binance_streams._rest import (
    BlockTradeRow,
    block_trade_from_row,
)
from binance_streams_runtime.generated_api import (
    Backfill,
    Endpoint,
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
    Rows,
    Stream,
    check_answers,
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
    key="block_trade",
    method="block_trade",
    arguments={"symbol": "btcusdt"},
)

NAMES: list[tuple[dict[str, object], str]] = [
    ({"symbol": "btcusdt"}, "btcusdt@blockTrade"),
    ({"symbol": "币安人生usdt"}, "币安人生usdt@blockTrade"),
]

REFUSED: dict[str, list[object]] = {
    "symbol": [*BAD_SYMBOLS, None],
}

CASES = [
    Case(
        id="documented",
        stream="bnbbtc@blockTrade",
        payload=(
            b'{"e":"blockTrade","E":1772506983582,"s":"BNBBTC","t":582,"p":"0.052",'
            b'"q":"5838","T":1772506983321,"m":true}'
        ),
        expected=Record(
            "BlockTrade",
            event_type="blockTrade",
            event_time=1772506983582,
            symbol="BNBBTC",
            block_trade_id=582,
            price=Number("0.052"),
            quantity=Number("5838"),
            trade_time=1772506983321,
            is_buyer_maker=True,
        ),
        keys=(
            Key("e", "word", "event_type"),
            Key("E", "integer", "event_time"),
            Key("s", "text", "symbol"),
            Key("t", "integer", "block_trade_id"),
            Key("p", "decimal", "price"),
            Key("q", "decimal", "quantity"),
            Key("T", "integer", "trade_time"),
            Key("m", "boolean", "is_buyer_maker"),
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
    assert entry.template == "<symbol>@blockTrade"
    assert entry.title == "Block Trade Streams"
    assert (
        entry.source
        == "https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#block-trade-streams"
    )
    assert entry.category == "market"
    assert entry.is_array is False
    assert entry.is_state is False
    assert entry.update_speed == UpdateSpeed(None)
    assert entry.sequence == Monotonic("block_trade_id")
    assert entry.lifecycle == Lifecycle(since="2026-05-12")


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


ROWS = Rows(
    package=binance_streams,
    key="block_trade",
    method="block_trade",
    arguments={"symbol": "btcusdt"},
)

ANSWERS = [
    Case(
        id="documented",
        stream="bnbbtc@blockTrade",
        payload=(
            b'[{"id":582,"price":"0.052","qty":"5838","quoteQty":"303.576",'
            b'"time":1772506983321,"isBuyerMaker":true}]'
        ),
        expected=[
            Record(
                "BlockTrade",
                event_type="blockTrade",
                event_time=1772506983321,
                symbol="BNBBTC",
                block_trade_id=582,
                price=Number("0.052"),
                quantity=Number("5838"),
                trade_time=1772506983321,
                is_buyer_maker=True,
            )
        ],
        keys=(
            Key("0/id", "integer", "0/block_trade_id"),
            Key("0/price", "decimal", "0/price"),
            Key("0/qty", "decimal", "0/quantity"),
            Key("0/time", "integer", "0/trade_time", also=("0/event_time",)),
            Key("0/isBuyerMaker", "boolean", "0/is_buyer_maker"),
        ),
    ),
]

EACH_ANSWER = pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.id)
ROW_KEYS = [
    pytest.param(answer, key, id=f"{answer.id}-{key.path}")
    for answer in ANSWERS
    for key in answer.keys
]
ROW_VALUES = [
    pytest.param(answer, key, id=f"{answer.id}-{key.path}")
    for answer in ANSWERS
    for key in answer.keys
    if key.kind in OTHER
]


def test_backfill_is_what_the_spec_says() -> None:
    expected = Backfill(
        endpoint=Endpoint(
            path="/api/v3/historicalBlockTrades",
            source="https://github.com/binance/binance-spot-api-docs/blob/master/rest-api.md#historical-block-trades",
            weights=((1000, 25),),
        ),
        query={"symbol": "symbol"},
        start="fromId",
        number="block_trade_id",
        row=BlockTradeRow,
        to_event=block_trade_from_row,
    )
    assert msgspec.structs.asdict(ROWS.backfill) == msgspec.structs.asdict(expected)


@pytest.mark.parametrize(("limit", "weight"), [(1, 25), (1000, 25)])
def test_request_weighs_what_the_spec_says(limit: int, weight: int) -> None:
    assert ROWS.backfill.endpoint.weight(limit) == weight


@EACH_ANSWER
@pytest.mark.parametrize("numbers", NUMBERS)
def test_rows_decode_to_exact_events(answer: Case, numbers: type[Any]) -> None:
    check_answers(ROWS, answer, numbers)


@EACH_ANSWER
def test_unknown_key_of_a_row_changes_nothing(answer: Case) -> None:
    check_unknown_key(ROWS, answer)


@pytest.mark.parametrize(("answer", "key"), ROW_KEYS)
def test_row_without_a_key_or_of_another_type_is_refused(answer: Case, key: Key) -> None:
    check_mutants(ROWS, answer, key)


@pytest.mark.parametrize(("answer", "key"), ROW_VALUES)
def test_each_key_of_a_row_becomes_its_attributes(answer: Case, key: Key) -> None:
    check_attribute(ROWS, answer, key)
