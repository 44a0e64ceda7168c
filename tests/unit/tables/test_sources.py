"""What tables are made of: anything that has events of one type."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from binance_streams import (
    CATALOG,
    CandleWindow,
    DepthUpdate,
    Gap,
    Message,
    ParameterError,
    PartialBookDepth,
    Recorded,
    decode,
    read_recording,
)
from binance_streams_runtime.candles.values import WindowView
from binance_streams_runtime.client.frames import FrameCollector
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.decoding.rows import RowDecoder
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.tables import plan as plans
from tests.support.recorded_events import line_of
from tests.support.recordings import write_part
from tests.support.table_values import DEPTH, dtypes, rows, trade

NUMBERS = (Decimal, float, str)


def test_messages_have_their_stream(make: Callable[..., Any]) -> None:
    """The events of many streams are one table, and it says of each row where it is from."""
    event = decode(DEPTH, "bnbbtc@depth")
    partial = PartialBookDepth(160, event.bids, event.asks)
    messages = [Message("bnbbtc@depth5", partial), Message("ethbtc@depth5", partial)]
    table = make(messages)
    assert [row["stream"] for row in rows(table)] == ["bnbbtc@depth5", "ethbtc@depth5"]
    assert next(iter(dtypes(table))) == "stream"
    exploded = rows(make(messages, levels="explode"))
    assert [row["stream"] for row in exploded] == ["bnbbtc@depth5"] * 3 + ["ethbtc@depth5"] * 3


def test_recorded_events_have_the_time_of_receipt(make: Callable[..., Any]) -> None:
    """To the nanosecond, which Python's own datetimes do not have."""
    items = [Recorded(1_795_645_242_000_000_007, 1, "bnbbtc@aggTrade", trade("1"))]
    table = make(items, times="int")
    assert list(dtypes(table))[:3] == ["received", "connection", "stream"]
    assert rows(table)[0]["received"] == 1_795_645_242_000_000_007
    timed = make(items)
    types = {"polars": pl.Datetime("ns", "UTC"), "arrow": pa.timestamp("ns", "UTC")}
    found = dtypes(timed)["received"]
    assert found == types.get(_library(timed), "datetime64[ns, UTC]")


def _library(table: Any) -> str:
    return type(table).__module__.partition(".")[0].replace("pyarrow", "arrow")


def test_lists_of_events_are_rows(make: Callable[..., Any]) -> None:
    """As streams of all symbols give them; what came with a list is in each of its rows."""
    lists = [[trade("1"), trade("2")], [], [trade("3")]]
    assert [row["price"] for row in rows(make(lists))] == [1, 2, 3]
    messages = [Message(f"s{number}", events) for number, events in enumerate(lists)]
    assert [row["stream"] for row in rows(make(messages))] == ["s0", "s0", "s2"]


def test_any_iterable_will_do(make: Callable[..., Any]) -> None:
    """What has batches is read by them."""

    class Source:
        def __iter__(self) -> Iterator[Any]:
            raise NotImplementedError

        def batches(self) -> Iterator[list[Any]]:
            yield [trade("1"), trade("2")]
            yield [trade("3")]

    assert len(rows(make(trade(str(price)) for price in range(4)))) == 4
    assert len(rows(make(Source()))) == 3
    assert len(rows(make((trade("1"), trade("2"))))) == 2


@pytest.mark.parametrize(
    ("arguments", "options", "text"),
    [
        ([[]], {}, "events: got \\[\\]; allowed: at least one event, or type="),
        ([[]], {"type": int}, "type: got <class 'int'>"),
        ([[]], {"type": Gap}, "a struct of a generated package"),
        ([[1, 2]], {}, "events: got 'int'; allowed: events of a generated package"),
        ([[trade("1"), decode(DEPTH, "bnbbtc@depth")]], {}, "'AggTrade, DepthUpdate'"),
        ([[trade("1")]], {"type": DepthUpdate}, "events of the type DepthUpdate"),
        ([trade("1")], {}, "events: got 'AggTrade'; allowed: a list or another iterable of events"),
        ([None], {}, "events: got 'NoneType'; allowed: a list or another iterable of events"),
        ([[trade("1")]], {"numbers": int}, "numbers: got <class 'int'>"),
        ([[trade("1")]], {"levels": "rows"}, "levels: got 'rows'; allowed: lists, explode"),
        ([[trade("1")]], {"times": "ms"}, "times: got 'ms'; allowed: datetime, int"),
        (
            [[trade("1", aggregate_trade_id=2**63)]],
            {},
            "aggregate_trade_id: got 92233",
        ),
    ],
)
def test_what_is_wrong_is_said(
    make: Callable[..., Any], arguments: list[Any], options: dict[str, Any], text: str
) -> None:
    with pytest.raises(ParameterError, match=text):
        make(*arguments, **options)


def test_a_text_that_is_no_number_is_an_error(make: Callable[..., Any]) -> None:
    """Such as a client with ``numbers=str`` lets pass."""
    with pytest.raises(ParameterError, match="price: got 'none'"):
        make([trade("1", str), trade("none", str)], numbers=Decimal)


def test_an_unknown_library_is_an_error() -> None:
    stream = CATALOG.resolve("bnbbtc@aggTrade")
    route = Route(stream, decoder_of(stream.type, Decimal), EventQueue())
    with pytest.raises(ParameterError, match="got 'duckdb'; allowed: polars, pandas, arrow"):
        FrameCollector(route, "duckdb", seconds=10)


def test_an_asynchronous_iterable_is_recognized(make: Callable[..., Any]) -> None:
    class Source:
        def __aiter__(self) -> Any:
            raise NotImplementedError

    with pytest.raises(ParameterError, match="event async for event in"):
        make(Source())


@pytest.mark.parametrize(
    ("library", "package"),
    [("polars", "polars"), ("pandas", "pandas"), ("arrow", "pyarrow")],
    indirect=["library"],
)
def test_a_library_that_is_missing_is_named(
    make: Callable[..., Any], library: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the command that installs it."""
    monkeypatch.delitem(sys.modules, f"{plans.__package__}.of_{library}", raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=f"pip install 'binance-streams\\[{library}\\]'"):
        make([trade("1")])


@pytest.mark.parametrize("numbers", NUMBERS, ids=lambda numbers: numbers.__name__)
def test_frames_of_a_stream_have_its_types(library: str, numbers: Any) -> None:
    """Those of the client's numbers, even if nothing came."""
    stream = CATALOG.resolve("bnbbtc@aggTrade")
    route = Route(stream, decoder_of(stream.type, numbers), EventQueue())
    frames = FrameCollector(route, library, seconds=10)
    none = frames.take(0)
    frames.add([trade("1", numbers)])
    assert dtypes(none) == dtypes(frames.take(0))
    assert len(none) == 0


@pytest.mark.parametrize("numbers", NUMBERS, ids=lambda numbers: numbers.__name__)
def test_a_recording_has_the_types_of_what_was_asked_for(
    make: Callable[..., Any], numbers: Any, tmp_path: Path
) -> None:
    """Even if nothing came at those times."""
    write_part(tmp_path, [[line_of("btcusdt@trade", 1, at=5), line_of("!miniTicker@arr", 2, at=6)]])
    for stream in ("trade", "all_mini_tickers"):
        some = make(read_recording(tmp_path, stream=stream, numbers=numbers))
        none = make(read_recording(tmp_path, stream=stream, since="2030-01-01", numbers=numbers))
        assert [len(some), len(none)] == [1, 0]
        assert dtypes(some) == dtypes(none)
        assert list(dtypes(some))[:3] == ["received", "connection", "stream"]


def test_a_recording_of_several_types_is_no_table(make: Callable[..., Any], tmp_path: Path) -> None:
    write_part(tmp_path, [[line_of("btcusdt@trade", 1, at=5), line_of("!miniTicker@arr", 2, at=6)]])
    with pytest.raises(ParameterError, match="events of one type"):
        make(read_recording(tmp_path))


@pytest.mark.parametrize("numbers", NUMBERS)
def test_the_candles_of_a_window_are_rows_also_if_there_are_none(numbers: Any) -> None:
    stream = CATALOG.resolve("btcusdt@kline_1m")
    window: Any = CandleWindow.__new__(CandleWindow)
    window._route = Route(stream, decoder_of(stream.type, numbers), EventQueue())
    assert stream.type.backfill is not None
    row = [60_000, "1", "4", "0.5", "2.5", "7", 119_999, "9", 3, "1", "2", "0"]
    candle = RowDecoder(stream.type.backfill, stream, numbers).decode(json.dumps([row]).encode())[0]
    frames = []
    for candles in ((), (candle.kline, candle.kline)):
        window._feed = SimpleNamespace(view=WindowView(candles))
        frames.append(window.to_polars())
        assert window.to_pandas().shape == window.to_arrow(times="int").shape
    assert [frame.height for frame in frames] == [0, 2]
    assert frames[0].schema == frames[1].schema
    assert frames[1]["trade_count"].to_list() == [3, 3]
