"""Events as tables: every value as it was, in columns whose types do not depend on the events."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import binance_streams
import binance_streams_us
from binance_streams import (
    AggTrade,
    BalanceUpdate,
    BookChange,
    DepthUpdate,
    ExecutionReport,
    KlineEvent,
    OutboundAccountInfo,
    ParameterError,
    PriceLevel,
    ReferencePrice,
    decode,
    to_arrow,
    to_pandas,
    to_polars,
)
from binance_streams_runtime.tables.plan import Column, plans_of
from tests.captures.records import needs_captures, records
from tests.support.table_values import DEPTH, MILLISECONDS, dtypes, expected, rows, trade

NUMBERS = (Decimal, float, str)
MARKETS = (binance_streams, binance_streams_us)


def events_of(package: Any, numbers: Any) -> Iterator[tuple[str, Any]]:
    """The examples of a market, each with its id."""
    for examples in sys.modules[f"{package.__name__}._examples"].EXAMPLES.values():
        for example in examples:
            event = package.decode(example.payload, example.stream, numbers=numbers)
            yield example.id, event[0] if isinstance(event, list) else event


@pytest.fixture(autouse=True, scope="module")
def _examples() -> None:
    for package in MARKETS:
        __import__(f"{package.__name__}._examples")


@pytest.mark.parametrize("package", MARKETS, ids=lambda package: package.__name__)
@pytest.mark.parametrize("numbers", NUMBERS, ids=lambda numbers: numbers.__name__)
def test_every_example_is_what_it_was(make: Callable[..., Any], package: Any, numbers: Any) -> None:
    """And no, one and several events make columns of the same types."""
    by_type: dict[type[Any], list[Any]] = {}
    for _, event in events_of(package, numbers):
        by_type.setdefault(type(event), []).append(event)
    for type_, events in by_type.items():
        several = make(events * 3, numbers=numbers)
        assert rows(several) == [expected(event) for event in events] * 3
        one = make(events[:1], numbers=numbers)
        assert rows(one) == [expected(events[0])]
        none = make([], type=type_, numbers=numbers)
        assert rows(none) == []
        assert dtypes(none) == dtypes(one) == dtypes(several)


@pytest.mark.parametrize("package", MARKETS, ids=lambda package: package.__name__)
def test_every_struct_has_columns(make: Callable[..., Any], package: Any) -> None:
    """Those of answers about accounts, too; no two have the same name."""
    for struct, plan in plans_of(package.Trade).items():
        names = [column.name for column in plan]
        assert len(set(names)) == len(names)
        if struct.__module__.startswith(package.__name__ + "."):
            assert list(dtypes(make([], type=struct))) == names


@needs_captures
def test_every_record_is_what_it_was(make: Callable[..., Any]) -> None:
    by_type: dict[type[Any], list[Any]] = {}
    for record in records():
        event = decode(record.raw, record.stream)
        for item in event if isinstance(event, list) else [event]:
            by_type.setdefault(type(item), []).append(item)
    for events in by_type.values():
        assert rows(make(events)) == [expected(event) for event in events]


def test_prices_are_exact(make: Callable[..., Any]) -> None:
    """Also such as are written with an exponent, or that fill all digits."""
    prices = ["0.00000012", "1E+3", "0", "-12.5", "12345678901234567890.12345678"]
    table = make([trade(price) for price in prices])
    assert [row["price"] for row in rows(table)] == list(map(Decimal, prices))


@pytest.mark.parametrize("numbers", [Decimal, str])
def test_more_digits_after_the_point_make_a_wider_column(numbers: Any) -> None:
    """Rather than being rounded."""
    events = [trade("1.5", numbers), trade("0.1234567890123", numbers), trade("2e-12", numbers)]
    frame = to_polars(events, numbers=Decimal)
    assert frame.schema["price"] == pl.Decimal(38, 13)
    table = to_arrow(events, numbers=Decimal)
    assert table.schema.field("price").type == pa.decimal128(38, 13)
    prices = [Decimal("1.5"), Decimal("0.1234567890123"), Decimal("2e-12")]
    assert frame["price"].to_list() == table["price"].to_pylist() == prices


def test_zeros_at_the_end_need_no_wider_column() -> None:
    frame = to_polars([trade("1.50000000000000", str)], numbers=Decimal)
    assert frame.schema["price"] == pl.Decimal(38, 8)


@pytest.mark.parametrize("price", ["1e40", "1234567890123456789012345678901.5", "NaN"])
@pytest.mark.parametrize("library", ["polars", "arrow"], indirect=True)
def test_a_number_that_fits_no_decimal_is_an_error(make: Callable[..., Any], price: str) -> None:
    with pytest.raises(ParameterError, match=r"price: .*numbers=str"):
        make([trade("1"), trade(price)])


@pytest.mark.parametrize(
    ("given", "wanted", "value"),
    [
        (Decimal, float, 1.2e-07),
        (Decimal, str, "0.00000012"),
        (str, Decimal, Decimal("0.00000012")),
        (str, float, 1.2e-07),
    ],
)
def test_numbers_are_converted(
    make: Callable[..., Any], given: Any, wanted: Any, value: object
) -> None:
    (row,) = rows(make([trade("0.00000012", given)], numbers=wanted))
    assert row["price"] == value
    assert type(row["price"]) is wanted


@pytest.mark.parametrize("wanted", [Decimal, str])
def test_floats_do_not_become_exact(make: Callable[..., Any], wanted: Any) -> None:
    """They are not what the server sent any more."""
    with pytest.raises(ParameterError, match="float, as the events have no other numbers"):
        make([trade("1", float)], numbers=wanted)


def test_numbers_of_two_clients_are_not_mixed(make: Callable[..., Any]) -> None:
    with pytest.raises(ParameterError, match="Decimal and float"):
        make([trade("1"), trade("1", float)])


def test_a_type_says_the_numbers_of_no_events(make: Callable[..., Any]) -> None:
    floats = make([], type=AggTrade[float])
    assert dtypes(floats) == dtypes(make([], type=AggTrade, numbers=float))
    assert dtypes(make([], type=AggTrade[Decimal])) == dtypes(make([], type=AggTrade))
    assert dtypes(floats) != dtypes(make([], type=AggTrade))


def test_milliseconds_and_microseconds_are_the_same_type(make: Callable[..., Any]) -> None:
    """So tables of clients with either unit can be joined; even one column may have both."""
    micros = trade("1", trade_time=MILLISECONDS * 1000 + 7)
    table = make([trade("1"), micros])
    instant = datetime(2022, 12, 31, 19, 43, 2, 136_000, tzinfo=UTC)
    times = [row["trade_time"] for row in rows(table)]
    assert times == [instant, instant + timedelta(microseconds=7)]
    assert dtypes(table) == dtypes(make([trade("1")]))


def test_times_can_stay_numbers(make: Callable[..., Any]) -> None:
    table = make([trade("1")], times="int")
    assert rows(table)[0]["event_time"] == MILLISECONDS
    assert dtypes(table) == dtypes(make([], type=AggTrade, times="int"))


def test_levels_are_lists(make: Callable[..., Any]) -> None:
    (row,) = rows(make([decode(DEPTH, "bnbbtc@depth")]))
    assert row["bids"] == [
        {"price": Decimal("0.0024"), "quantity": Decimal(10)},
        {"price": Decimal("0.0023"), "quantity": Decimal(0)},
    ]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_lists_may_be_empty(make: Callable[..., Any], count: int) -> None:
    """Wherever they are among the others."""
    full = decode(DEPTH, "bnbbtc@depth")
    empty = msgspec.structs.replace(full, bids=[])
    events = [empty, *[full] * count, empty]
    found = [len(row["bids"]) for row in rows(make(events))]
    assert found == [0, *[2] * count, 0]


def test_levels_are_rows(make: Callable[..., Any]) -> None:
    """Each with its event, its side, its place and its numbers; an event without any has none."""
    event = decode(DEPTH, "bnbbtc@depth")
    empty = msgspec.structs.replace(event, bids=[], asks=[])
    table = make([empty, event], levels="explode")
    found = [(row["side"], row["level"], row["price"], row["quantity"]) for row in rows(table)]
    assert found == [
        ("bid", 1, Decimal("0.0024"), Decimal(10)),
        ("bid", 2, Decimal("0.0023"), Decimal(0)),
        ("ask", 1, Decimal("0.0026"), Decimal(100)),
    ]
    assert {row["last_update_id"] for row in rows(table)} == {160}
    assert not {"bids", "asks"} & set(dtypes(table))
    assert dtypes(table) == dtypes(make([], type=DepthUpdate, levels="explode"))


def test_changes_of_an_order_book_are_rows(make: Callable[..., Any]) -> None:
    """As a book delivers them; a snapshot has no time."""
    levels = (PriceLevel(Decimal(1), Decimal(2)), PriceLevel(Decimal(3), Decimal(0)))
    changes = [
        BookChange(7, levels, (), True, True, None),
        BookChange(8, (), levels[1:], False, False, MILLISECONDS),
    ]
    first, second = rows(make(changes))
    assert [first["update_id"], first["event_time"], first["asks"]] == [7, None, []]
    assert second["asks"] == [{"price": 3, "quantity": 0}]
    found = [(row["side"], row["price"]) for row in rows(make(changes, levels="explode"))]
    assert found == [("bid", 1), ("bid", 3), ("ask", 3)]


def test_what_has_no_levels_has_no_rows_of_them(make: Callable[..., Any]) -> None:
    with pytest.raises(ParameterError, match="lists, as AggTrade has no levels"):
        make([trade("1")], levels="explode")


def test_an_inner_struct_has_columns_of_its_own(make: Callable[..., Any]) -> None:
    """By their own names; only if the event has the name already, the struct's stands before it."""
    names = list(dtypes(make([], type=KlineEvent)))
    assert names[2:6] == ["symbol", "open_time", "close_time", "kline_symbol"]
    assert {"open", "close", "is_closed"} < set(names)


def test_an_inner_struct_may_be_missing(
    make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its columns are empty then."""

    class Inner(msgspec.Struct, frozen=True):
        price: Decimal

    class Outer(msgspec.Struct, frozen=True):
        inner: Inner | None = None

    columns = types.ModuleType("made_up._columns")
    columns.COLUMNS = {Outer: (Column("price", "decimal", "inner.price", True),)}  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "made_up", types.ModuleType("made_up"))
    monkeypatch.setitem(sys.modules, "made_up._columns", columns)
    Outer.__module__ = "made_up._structs"
    table = make([Outer(), Outer(Inner(Decimal("1.5")))])
    assert [row["price"] for row in rows(table)] == [None, Decimal("1.5")]


def test_lists_may_be_missing(make: Callable[..., Any]) -> None:
    """Which is not the same as an empty one."""
    payload = {
        "e": "outboundAccountInfo",
        "E": 1,
        "m": 0,
        "t": 0,
        "b": 0,
        "s": 0,
        "u": 1,
        "T": True,
        "W": True,
        "D": True,
        "B": [],
    }
    none, some = (
        msgspec.convert(given, OutboundAccountInfo[Decimal])
        for given in (payload, {**payload, "P": ["SPOT", "LEVERAGED"]})
    )
    empty = msgspec.structs.replace(some, permissions=[])
    found = [row["permissions"] for row in rows(make([none, some, empty]))]
    assert found == [None, ["SPOT", "LEVERAGED"], []]


def test_values_that_are_missing_have_no_other_type(make: Callable[..., Any]) -> None:
    """Some, all or none of them."""
    price = ReferencePrice("referencePrice", "BAZUSD", Decimal(1), MILLISECONDS)
    none = msgspec.structs.replace(price, reference_price=None)
    tables = [make(events) for events in ([price], [none], [none, price])]
    assert [row["reference_price"] for row in rows(tables[2])] == [None, 1]
    assert dtypes(tables[0]) == dtypes(tables[1]) == dtypes(tables[2])
    update = BalanceUpdate(
        event_type="balanceUpdate", event_time=1, asset="BTC", balance_delta=Decimal(1)
    )
    assert rows(make([update]))[0]["clear_time"] is None
    assert dtypes(make([update])) == dtypes(make([], type=BalanceUpdate))


def test_optional_columns_of_accounts_hold_their_types(make: Callable[..., Any]) -> None:
    """A report has many columns that are seldom there."""
    examples = [event for _, event in events_of(binance_streams, Decimal)]
    reports = [event for event in examples if isinstance(event, ExecutionReport)]
    assert len(reports) > 1
    tables = [make([report]) for report in reports]
    assert all(dtypes(table) == dtypes(tables[0]) for table in tables)


def test_frames_can_be_joined() -> None:
    """Those of other symbols, too, without a warning."""
    frames = [to_polars([trade("1", symbol=symbol)]) for symbol in ("BTCUSDT", "ETHUSDT")]
    assert pl.concat(frames)["symbol"].to_list() == ["BTCUSDT", "ETHUSDT"]
    tables = [to_arrow([trade("1", symbol=symbol)]) for symbol in ("BTCUSDT", "ETHUSDT")]
    assert pa.concat_tables(tables)["symbol"].to_pylist() == ["BTCUSDT", "ETHUSDT"]
    plain = [to_pandas([trade("1", symbol=symbol)]) for symbol in ("BTCUSDT", "ETHUSDT")]
    joined = pd.concat(plain)
    assert joined.dtypes.equals(plain[0].dtypes)
