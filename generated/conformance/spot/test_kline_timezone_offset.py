"""Conformance of ``<symbol>@kline_<interval>@+08:00``: Kline/Candlestick Streams with timezone
offset.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

import binance_streams
from binance_streams._rest import (
    KlineRow,
    kline_from_row,
)
from binance_streams_runtime.generated_api import (
    Backfill,
    Candle,
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
    key="kline_timezone_offset",
    method="kline_timezone_offset",
    arguments={"symbol": "btcusdt", "interval": "1s"},
)

NAMES: list[tuple[dict[str, object], str]] = [
    ({"symbol": "btcusdt", "interval": "1s"}, "btcusdt@kline_1s@+08:00"),
    ({"symbol": "btcusdt", "interval": "1m"}, "btcusdt@kline_1m@+08:00"),
    ({"symbol": "btcusdt", "interval": "3m"}, "btcusdt@kline_3m@+08:00"),
    ({"symbol": "btcusdt", "interval": "5m"}, "btcusdt@kline_5m@+08:00"),
    ({"symbol": "btcusdt", "interval": "15m"}, "btcusdt@kline_15m@+08:00"),
    ({"symbol": "btcusdt", "interval": "30m"}, "btcusdt@kline_30m@+08:00"),
    ({"symbol": "btcusdt", "interval": "1h"}, "btcusdt@kline_1h@+08:00"),
    ({"symbol": "btcusdt", "interval": "2h"}, "btcusdt@kline_2h@+08:00"),
    ({"symbol": "btcusdt", "interval": "4h"}, "btcusdt@kline_4h@+08:00"),
    ({"symbol": "btcusdt", "interval": "6h"}, "btcusdt@kline_6h@+08:00"),
    ({"symbol": "btcusdt", "interval": "8h"}, "btcusdt@kline_8h@+08:00"),
    ({"symbol": "btcusdt", "interval": "12h"}, "btcusdt@kline_12h@+08:00"),
    ({"symbol": "btcusdt", "interval": "1d"}, "btcusdt@kline_1d@+08:00"),
    ({"symbol": "btcusdt", "interval": "3d"}, "btcusdt@kline_3d@+08:00"),
    ({"symbol": "btcusdt", "interval": "1w"}, "btcusdt@kline_1w@+08:00"),
    ({"symbol": "btcusdt", "interval": "1M"}, "btcusdt@kline_1M@+08:00"),
    ({"symbol": "币安人生usdt", "interval": "1s"}, "币安人生usdt@kline_1s@+08:00"),
]

REFUSED: dict[str, list[object]] = {
    "symbol": [*BAD_SYMBOLS, None],
    "interval": ["", "nonsense", "1S", "3M", "5M", "15M", 5, None, True],
}

CASES = [
    Case(
        id="documented",
        stream="bnbbtc@kline_1m@+08:00",
        payload=(
            b'{"e":"kline","E":1672515782136,"s":"BNBBTC","k":{"t":1672515780000,'
            b'"T":1672515839999,"s":"BNBBTC","i":"1m","f":100,"L":200,"o":"0.0010",'
            b'"c":"0.0020","h":"0.0025","l":"0.0015","v":"1000","n":100,"x":false,'
            b'"q":"1.0000","V":"500","Q":"0.500","B":"123456"}}'
        ),
        expected=Record(
            "KlineEvent",
            event_type="kline",
            event_time=1672515782136,
            symbol="BNBBTC",
            kline=Record(
                "Kline",
                open_time=1672515780000,
                close_time=1672515839999,
                symbol="BNBBTC",
                interval="1m",
                first_trade_id=100,
                last_trade_id=200,
                open=Number("0.0010"),
                close=Number("0.0020"),
                high=Number("0.0025"),
                low=Number("0.0015"),
                base_volume=Number("1000"),
                trade_count=100,
                is_closed=False,
                quote_volume=Number("1.0000"),
                taker_buy_base_volume=Number("500"),
                taker_buy_quote_volume=Number("0.500"),
            ),
        ),
        keys=(
            Key("e", "word", "event_type"),
            Key("E", "integer", "event_time"),
            Key("s", "text", "symbol"),
            Key("k", "object", "kline"),
            Key("k/t", "integer", "kline/open_time"),
            Key("k/T", "integer", "kline/close_time"),
            Key("k/s", "text", "kline/symbol"),
            Key("k/i", "word", "kline/interval"),
            Key("k/f", "integer", "kline/first_trade_id"),
            Key("k/L", "integer", "kline/last_trade_id"),
            Key("k/o", "decimal", "kline/open"),
            Key("k/c", "decimal", "kline/close"),
            Key("k/h", "decimal", "kline/high"),
            Key("k/l", "decimal", "kline/low"),
            Key("k/v", "decimal", "kline/base_volume"),
            Key("k/n", "integer", "kline/trade_count"),
            Key("k/x", "boolean", "kline/is_closed"),
            Key("k/q", "decimal", "kline/quote_volume"),
            Key("k/V", "decimal", "kline/taker_buy_base_volume"),
            Key("k/Q", "decimal", "kline/taker_buy_quote_volume"),
        ),
        ignored=("k/B",),
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
    assert entry.template == "<symbol>@kline_<interval>@+08:00"
    assert entry.title == "Kline/Candlestick Streams with timezone offset"
    assert (
        entry.source
        == "https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md#klinecandlestick-streams-with-timezone-offset"
    )
    assert entry.category == "market"
    assert entry.is_array is False
    assert entry.is_state is False
    assert entry.update_speed == UpdateSpeed(2000, by="interval", exceptions={"1s": 1000})
    assert entry.sequence == Monotonic("event_time", is_time=True)
    assert entry.lifecycle == Lifecycle(since="2024-05-30")


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
    key="kline_timezone_offset",
    method="kline_timezone_offset",
    arguments={"symbol": "btcusdt", "interval": "1s"},
)

ANSWERS = [
    Case(
        id="week_of_utc_8",
        stream="ltcbtc@kline_1w@+08:00",
        payload=(
            b'[[1499011200000,"0.01634790","0.80000000","0.01575800","0.01577100",'
            b'"148976.11427815",1499615999999,"2434.19055334",308,"1756.87402397",'
            b'"28.46694368","0"]]'
        ),
        expected=[
            Record(
                "KlineEvent",
                event_type="kline",
                event_time=1499615999999,
                symbol="LTCBTC",
                kline=Record(
                    "Kline",
                    open_time=1499011200000,
                    close_time=1499615999999,
                    symbol="LTCBTC",
                    interval="1w",
                    first_trade_id=-1,
                    last_trade_id=-1,
                    open=Number("0.01634790"),
                    close=Number("0.01577100"),
                    high=Number("0.80000000"),
                    low=Number("0.01575800"),
                    base_volume=Number("148976.11427815"),
                    trade_count=308,
                    is_closed=True,
                    quote_volume=Number("2434.19055334"),
                    taker_buy_base_volume=Number("1756.87402397"),
                    taker_buy_quote_volume=Number("28.46694368"),
                ),
            )
        ],
        keys=(
            Key("0/0", "integer", "0/kline/open_time"),
            Key("0/1", "decimal", "0/kline/open"),
            Key("0/2", "decimal", "0/kline/high"),
            Key("0/3", "decimal", "0/kline/low"),
            Key("0/4", "decimal", "0/kline/close"),
            Key("0/5", "decimal", "0/kline/base_volume"),
            Key("0/6", "integer", "0/kline/close_time", also=("0/event_time",)),
            Key("0/7", "decimal", "0/kline/quote_volume"),
            Key("0/8", "integer", "0/kline/trade_count"),
            Key("0/9", "decimal", "0/kline/taker_buy_base_volume"),
            Key("0/10", "decimal", "0/kline/taker_buy_quote_volume"),
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
            path="/api/v3/klines",
            source="https://github.com/binance/binance-spot-api-docs/blob/master/rest-api.md#klinecandlestick-data",
            weights=((1000, 2),),
        ),
        query={"symbol": "symbol", "interval": "interval"},
        start="startTime",
        number="kline.open_time",
        row=KlineRow,
        to_event=kline_from_row,
        end="endTime",
        constants={"timeZone": "8"},
        candle=Candle(close_time="kline.close_time", is_closed="kline.is_closed"),
    )
    assert msgspec.structs.asdict(ROWS.backfill) == msgspec.structs.asdict(expected)


@pytest.mark.parametrize(("limit", "weight"), [(1, 2), (1000, 2)])
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
