"""Conformance of ``<listen_key>``: User Data Streams.

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
    BAD_LISTEN_KEYS,
    NUMBERS,
    OTHER,
    Case,
    Key,
    Number,
    Record,
    Stream,
    Word,
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
    key="user_data",
    method="user_data",
    arguments={"listen_key": "pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"},
)

NAMES: list[tuple[dict[str, object], str]] = [
    (
        {"listen_key": "pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"},
        "pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
    ),
]

REFUSED: dict[str, list[object]] = {
    "listen_key": BAD_LISTEN_KEYS,
}

CASES = [
    Case(
        id="account_position",
        stream="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
        payload=(
            b'{"e":"outboundAccountPosition","E":1564034571105,"u":1564034571073,'
            b'"B":[{"a":"ETH","f":"10000.000000","l":"0.000000"}]}'
        ),
        expected=Record(
            "OutboundAccountPosition",
            event_type="outboundAccountPosition",
            event_time=1564034571105,
            account_update_time=1564034571073,
            balances=[
                Record(
                    "Balance", asset="ETH", free=Number("10000.000000"), locked=Number("0.000000")
                )
            ],
        ),
        keys=(
            Key("e", "word", "event_type"),
            Key("E", "integer", "event_time"),
            Key("u", "integer", "account_update_time"),
            Key("B", "list", "balances"),
            Key("B/0/a", "text", "balances/0/asset"),
            Key("B/0/f", "decimal", "balances/0/free"),
            Key("B/0/l", "decimal", "balances/0/locked"),
        ),
    ),
    Case(
        id="balance_update",
        stream="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
        payload=(
            b'{"e":"balanceUpdate","E":1573200697110,"a":"BTC","d":"100.00000000",'
            b'"T":1573200697068}'
        ),
        expected=Record(
            "BalanceUpdate",
            event_type="balanceUpdate",
            event_time=1573200697110,
            asset="BTC",
            balance_delta=Number("100.00000000"),
            clear_time=1573200697068,
        ),
        keys=(
            Key("e", "word", "event_type"),
            Key("E", "integer", "event_time"),
            Key("a", "text", "asset"),
            Key("d", "decimal", "balance_delta"),
            Key("T", "integer", "clear_time"),
        ),
    ),
    Case(
        id="execution_report",
        stream="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
        payload=(
            b'{"e":"executionReport","E":1499405658658,"s":"ETHBTC",'
            b'"c":"mUvoqJxFIILMdfAW5iGSOW","S":"BUY","o":"LIMIT","f":"GTC",'
            b'"q":"1.00000000","p":"0.10264410","P":"0.00000000","F":"0.00000000",'
            b'"g":-1,"C":"","x":"NEW","X":"NEW","r":"NONE","i":4293153,'
            b'"l":"0.00000000","z":"0.00000000","L":"0.00000000","n":"0","N":null,'
            b'"T":1499405658657,"t":-1,"I":8641984,"w":true,"m":false,"M":false,'
            b'"O":1499405658657,"Z":"0.00000000","Y":"0.00000000","Q":"0.00000000",'
            b'"W":1499405658657,"V":"NONE"}'
        ),
        expected=Record(
            "ExecutionReport",
            event_type="executionReport",
            event_time=1499405658658,
            symbol="ETHBTC",
            client_order_id="mUvoqJxFIILMdfAW5iGSOW",
            side=Word("OrderSide", "BUY"),
            order_type=Word("OrderType", "LIMIT"),
            time_in_force=Word("TimeInForce", "GTC"),
            quantity=Number("1.00000000"),
            price=Number("0.10264410"),
            stop_price=Number("0.00000000"),
            trailing_delta=None,
            iceberg_quantity=Number("0.00000000"),
            order_list_id=-1,
            original_client_order_id="",
            execution_type=Word("ExecutionType", "NEW"),
            order_status=Word("OrderStatus", "NEW"),
            reject_reason=Word("OrderRejectReason", "NONE"),
            order_id=4293153,
            last_executed_quantity=Number("0.00000000"),
            cumulative_filled_quantity=Number("0.00000000"),
            last_executed_price=Number("0.00000000"),
            commission_amount=Number("0"),
            commission_asset=None,
            transaction_time=1499405658657,
            trade_id=-1,
            prevented_match_id=None,
            is_on_book=True,
            is_maker=False,
            order_creation_time=1499405658657,
            cumulative_quote_quantity=Number("0.00000000"),
            last_quote_quantity=Number("0.00000000"),
            quote_order_quantity=Number("0.00000000"),
            trailing_time=None,
            working_time=1499405658657,
            self_trade_prevention_mode=Word("SelfTradePreventionMode", "NONE"),
            trade_group_id=None,
            counter_order_id=None,
            prevented_quantity=None,
            last_prevented_quantity=None,
        ),
        keys=(
            Key("e", "word", "event_type"),
            Key("E", "integer", "event_time"),
            Key("s", "text", "symbol"),
            Key("c", "text", "client_order_id"),
            Key("S", "open word", "side"),
            Key("o", "open word", "order_type"),
            Key("f", "open word", "time_in_force"),
            Key("q", "decimal", "quantity"),
            Key("p", "decimal", "price"),
            Key("P", "decimal", "stop_price"),
            Key("F", "decimal", "iceberg_quantity"),
            Key("g", "integer", "order_list_id"),
            Key("C", "text", "original_client_order_id", is_nullable=True),
            Key("x", "open word", "execution_type"),
            Key("X", "open word", "order_status"),
            Key("r", "open word", "reject_reason"),
            Key("i", "integer", "order_id"),
            Key("l", "decimal", "last_executed_quantity"),
            Key("z", "decimal", "cumulative_filled_quantity"),
            Key("L", "decimal", "last_executed_price"),
            Key("n", "decimal", "commission_amount"),
            Key("N", "text", "commission_asset", is_nullable=True),
            Key("T", "integer", "transaction_time"),
            Key("t", "integer", "trade_id", is_required=False, is_nullable=True),
            Key("w", "boolean", "is_on_book"),
            Key("m", "boolean", "is_maker"),
            Key("O", "integer", "order_creation_time", is_required=False, is_nullable=True),
            Key("Z", "decimal", "cumulative_quote_quantity", is_required=False, is_nullable=True),
            Key("Y", "decimal", "last_quote_quantity", is_required=False, is_nullable=True),
            Key("Q", "decimal", "quote_order_quantity", is_required=False, is_nullable=True),
            Key("W", "integer", "working_time", is_required=False, is_nullable=True),
            Key(
                "V", "open word", "self_trade_prevention_mode", is_required=False, is_nullable=True
            ),
        ),
        ignored=("I", "M"),
    ),
    Case(
        id="execution_report_with_conditional_fields",
        stream="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
        payload=(
            b'{"e":"executionReport","E":1499405658658,"s":"ETHBTC",'
            b'"c":"mUvoqJxFIILMdfAW5iGSOW","S":"BUY","o":"LIMIT","f":"GTC",'
            b'"q":"1.00000000","p":"0.10264410","P":"0.00000000","d":4,'
            b'"F":"0.00000000","g":-1,"C":null,"x":"TRADE_PREVENTION",'
            b'"X":"EXPIRED_IN_MATCH","r":"NONE","i":4293153,"l":"0.00000000",'
            b'"z":"0.00000000","L":"0.00000000","n":"0.00000001","N":"BNB",'
            b'"T":1499405658657,"t":77517,"v":3,"I":8641984,"w":true,"m":false,'
            b'"M":false,"O":1499405658657,"Z":"0.00000000","Y":"0.00000000",'
            b'"Q":"0.00000000","D":1668680518494,"W":1668683798379,"V":"EXPIRE_TAKER",'
            b'"u":1,"U":37,"A":"3.000000","B":"3.000000"}'
        ),
        expected=Record(
            "ExecutionReport",
            event_type="executionReport",
            event_time=1499405658658,
            symbol="ETHBTC",
            client_order_id="mUvoqJxFIILMdfAW5iGSOW",
            side=Word("OrderSide", "BUY"),
            order_type=Word("OrderType", "LIMIT"),
            time_in_force=Word("TimeInForce", "GTC"),
            quantity=Number("1.00000000"),
            price=Number("0.10264410"),
            stop_price=Number("0.00000000"),
            trailing_delta=4,
            iceberg_quantity=Number("0.00000000"),
            order_list_id=-1,
            original_client_order_id=None,
            execution_type=Word("ExecutionType", "TRADE_PREVENTION"),
            order_status=Word("OrderStatus", "EXPIRED_IN_MATCH"),
            reject_reason=Word("OrderRejectReason", "NONE"),
            order_id=4293153,
            last_executed_quantity=Number("0.00000000"),
            cumulative_filled_quantity=Number("0.00000000"),
            last_executed_price=Number("0.00000000"),
            commission_amount=Number("0.00000001"),
            commission_asset="BNB",
            transaction_time=1499405658657,
            trade_id=77517,
            prevented_match_id=3,
            is_on_book=True,
            is_maker=False,
            order_creation_time=1499405658657,
            cumulative_quote_quantity=Number("0.00000000"),
            last_quote_quantity=Number("0.00000000"),
            quote_order_quantity=Number("0.00000000"),
            trailing_time=1668680518494,
            working_time=1668683798379,
            self_trade_prevention_mode=Word("SelfTradePreventionMode", "EXPIRE_TAKER"),
            trade_group_id=1,
            counter_order_id=37,
            prevented_quantity=Number("3.000000"),
            last_prevented_quantity=Number("3.000000"),
        ),
        keys=(
            Key("e", "word", "event_type"),
            Key("E", "integer", "event_time"),
            Key("s", "text", "symbol"),
            Key("c", "text", "client_order_id"),
            Key("S", "open word", "side"),
            Key("o", "open word", "order_type"),
            Key("f", "open word", "time_in_force"),
            Key("q", "decimal", "quantity"),
            Key("p", "decimal", "price"),
            Key("P", "decimal", "stop_price"),
            Key("d", "integer", "trailing_delta", is_required=False, is_nullable=True),
            Key("F", "decimal", "iceberg_quantity"),
            Key("g", "integer", "order_list_id"),
            Key("C", "text", "original_client_order_id", is_nullable=True),
            Key("x", "open word", "execution_type"),
            Key("X", "open word", "order_status"),
            Key("r", "open word", "reject_reason"),
            Key("i", "integer", "order_id"),
            Key("l", "decimal", "last_executed_quantity"),
            Key("z", "decimal", "cumulative_filled_quantity"),
            Key("L", "decimal", "last_executed_price"),
            Key("n", "decimal", "commission_amount"),
            Key("N", "text", "commission_asset", is_nullable=True),
            Key("T", "integer", "transaction_time"),
            Key("t", "integer", "trade_id", is_required=False, is_nullable=True),
            Key("v", "integer", "prevented_match_id", is_required=False, is_nullable=True),
            Key("w", "boolean", "is_on_book"),
            Key("m", "boolean", "is_maker"),
            Key("O", "integer", "order_creation_time", is_required=False, is_nullable=True),
            Key("Z", "decimal", "cumulative_quote_quantity", is_required=False, is_nullable=True),
            Key("Y", "decimal", "last_quote_quantity", is_required=False, is_nullable=True),
            Key("Q", "decimal", "quote_order_quantity", is_required=False, is_nullable=True),
            Key("D", "integer", "trailing_time", is_required=False, is_nullable=True),
            Key("W", "integer", "working_time", is_required=False, is_nullable=True),
            Key(
                "V", "open word", "self_trade_prevention_mode", is_required=False, is_nullable=True
            ),
            Key("u", "integer", "trade_group_id", is_required=False, is_nullable=True),
            Key("U", "integer", "counter_order_id", is_required=False, is_nullable=True),
            Key("A", "decimal", "prevented_quantity", is_required=False, is_nullable=True),
            Key("B", "decimal", "last_prevented_quantity", is_required=False, is_nullable=True),
        ),
        ignored=("I", "M"),
    ),
    Case(
        id="list_status",
        stream="pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
        payload=(
            b'{"e":"listStatus","E":1564035303637,"s":"ETHBTC","g":2,"c":"OCO",'
            b'"l":"EXEC_STARTED","L":"EXECUTING","r":"NONE",'
            b'"C":"F4QN4G8DlFATFlIUQ0cjdD","T":1564035303625,"O":[{"s":"ETHBTC","i":17,'
            b'"c":"AJYsMjErWJesZvqlJCTUgL"},{"s":"ETHBTC","i":18,'
            b'"c":"bfYPSQdLoqAJeNrOr9adzq"}]}'
        ),
        expected=Record(
            "ListStatus",
            event_type="listStatus",
            event_time=1564035303637,
            symbol="ETHBTC",
            order_list_id=2,
            contingency_type=Word("ContingencyType", "OCO"),
            list_status_type=Word("ListStatusType", "EXEC_STARTED"),
            list_order_status=Word("ListOrderStatus", "EXECUTING"),
            reject_reason=Word("OrderRejectReason", "NONE"),
            list_client_order_id="F4QN4G8DlFATFlIUQ0cjdD",
            transaction_time=1564035303625,
            orders=[
                Record(
                    "ListStatusOrder",
                    symbol="ETHBTC",
                    order_id=17,
                    client_order_id="AJYsMjErWJesZvqlJCTUgL",
                ),
                Record(
                    "ListStatusOrder",
                    symbol="ETHBTC",
                    order_id=18,
                    client_order_id="bfYPSQdLoqAJeNrOr9adzq",
                ),
            ],
        ),
        keys=(
            Key("e", "word", "event_type"),
            Key("E", "integer", "event_time"),
            Key("s", "text", "symbol"),
            Key("g", "integer", "order_list_id"),
            Key("c", "open word", "contingency_type"),
            Key("l", "open word", "list_status_type"),
            Key("L", "open word", "list_order_status"),
            Key("r", "open word", "reject_reason"),
            Key("C", "text", "list_client_order_id"),
            Key("T", "integer", "transaction_time"),
            Key("O", "list", "orders"),
            Key("O/0/s", "text", "orders/0/symbol"),
            Key("O/0/i", "integer", "orders/0/order_id"),
            Key("O/0/c", "text", "orders/0/client_order_id"),
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
    assert entry.template == "<listen_key>"
    assert entry.title == "User Data Streams"
    assert (
        entry.source
        == "https://github.com/binance-us/binance-us-api-docs/blob/master/user-data-stream.md#web-socket-payloads"
    )
    assert entry.category == "user"
    assert entry.is_array is False
    assert entry.is_state is False
    assert entry.update_speed == UpdateSpeed(None)
    assert entry.sequence is None
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
