"""Conformance of the order book: its updates, its snapshots, what verifies it.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

import binance_streams
from binance_streams._catalog import (
    BOOK_TICKER,
    DIFF_BOOK_DEPTH,
)
from binance_streams._rest import OrderBookSnapshot
from binance_streams_runtime.generated_api import BestLevels, Endpoint, OrderBookRules
from conformance._checks import (
    NUMBERS,
    OTHER,
    Case,
    Key,
    Number,
    Record,
    Snapshots,
    check_answers,
    check_attribute,
    check_mutants,
    check_unknown_key,
)
from conformance._client_checks import EACH_CLIENT, check_order_book

SNAPSHOTS = Snapshots(
    package=binance_streams, key="diff_book_depth", method="diff_book_depth", arguments={}
)

ANSWERS = [
    Case(
        id="documented",
        stream="bnbbtc@depth",
        payload=(
            b'{"lastUpdateId":1027024,"bids":[["4.00000000","431.00000000"]],'
            b'"asks":[["4.00000200","12.00000000"]]}'
        ),
        expected=Record(
            "OrderBookSnapshot",
            last_update_id=1027024,
            bids=[
                Record("PriceLevel", price=Number("4.00000000"), quantity=Number("431.00000000"))
            ],
            asks=[Record("PriceLevel", price=Number("4.00000200"), quantity=Number("12.00000000"))],
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

EACH_ANSWER = pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.id)
KEYS = [
    pytest.param(answer, key, id=f"{answer.id}-{key.path}")
    for answer in ANSWERS
    for key in answer.keys
]
VALUES = [
    pytest.param(answer, key, id=f"{answer.id}-{key.path}")
    for answer in ANSWERS
    for key in answer.keys
    if key.kind in OTHER
]


def test_catalog_has_what_the_spec_says() -> None:
    expected = OrderBookRules(
        updates=DIFF_BOOK_DEPTH,
        bids="bids",
        asks="asks",
        snapshot=Endpoint(
            path="/api/v3/depth",
            source="https://github.com/binance/binance-spot-api-docs/blob/master/rest-api.md#order-book",
            weights=((100, 5), (500, 25), (1000, 50), (5000, 250)),
        ),
        query={"symbol": "symbol"},
        snapshot_struct=OrderBookSnapshot,
        snapshot_id="last_update_id",
        event_time="event_time",
        best=BestLevels(
            stream=BOOK_TICKER,
            update_id="update_id",
            bid_price="best_bid_price",
            bid_quantity="best_bid_quantity",
            ask_price="best_ask_price",
            ask_quantity="best_ask_quantity",
        ),
    )
    rules = binance_streams.CATALOG.order_book
    assert rules is not None
    assert fields(rules) == fields(expected)


def fields(rules: Any) -> dict[str, Any]:
    found = msgspec.structs.asdict(rules)
    best = found.pop("best")
    return {**found, "best": None if best is None else msgspec.structs.asdict(best)}


NAMES: list[tuple[dict[str, object], str]] = [
    ({"symbol": "btcusdt", "speed": 1000}, "btcusdt@depth"),
    ({"symbol": "btcusdt", "speed": 100}, "btcusdt@depth@100ms"),
    ({"symbol": "币安人生usdt", "speed": 1000}, "币安人生usdt@depth"),
]


@EACH_CLIENT
@pytest.mark.parametrize(("arguments", "name"), NAMES, ids=[name for _, name in NAMES])
def test_method_hands_on_its_arguments(
    client: str, arguments: dict[str, object], name: str
) -> None:
    check_order_book(SNAPSHOTS, client, arguments, name)


@pytest.mark.parametrize(
    ("limit", "weight"),
    [(1, 5), (100, 5), (101, 25), (500, 25), (501, 50), (1000, 50), (1001, 250), (5000, 250)],
)
def test_request_weighs_what_the_spec_says(limit: int, weight: int) -> None:
    rules = binance_streams.CATALOG.order_book
    assert rules is not None
    assert rules.snapshot.weight(limit) == weight


@EACH_ANSWER
@pytest.mark.parametrize("numbers", NUMBERS)
def test_snapshot_decodes_to_exact_values_and_types(answer: Case, numbers: type[Any]) -> None:
    check_answers(SNAPSHOTS, answer, numbers)


@EACH_ANSWER
def test_unknown_key_changes_nothing(answer: Case) -> None:
    check_unknown_key(SNAPSHOTS, answer)


@pytest.mark.parametrize(("answer", "key"), KEYS)
def test_snapshot_without_a_key_or_of_another_type_is_refused(answer: Case, key: Key) -> None:
    check_mutants(SNAPSHOTS, answer, key)


@pytest.mark.parametrize(("answer", "key"), VALUES)
def test_each_key_becomes_its_attribute(answer: Case, key: Key) -> None:
    check_attribute(SNAPSHOTS, answer, key)
