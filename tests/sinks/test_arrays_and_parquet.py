"""Parquet, as other programs read it, and arrays of hftbacktest. They need large libraries."""

from __future__ import annotations

import importlib
import shutil
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from binance_streams_runtime.recording.lines import prefix_of, snapshot_line
from binance_streams_sinks import convert
from binance_streams_sinks.npz import (
    BUY,
    DEPTH,
    DEPTH_CLEAR,
    DEPTH_SNAPSHOT,
    EVENT,
    EXCHANGE,
    LOCAL,
    SELL,
    TRADE,
    in_order,
)
from tests.support.recorded_events import MS, line_of
from tests.support.recordings import BEGIN, frame_line, write_part

BOTH = EXCHANGE | LOCAL
NO_PLACE = "events of all_mini_tickers, which hftbacktest has no place for"


# Imported by those who use them: they take seconds, and every process collects all tests.


@pytest.fixture(scope="module")
def polars() -> Any:
    return importlib.import_module("polars")


@pytest.fixture(scope="module")
def parquet() -> Any:
    return importlib.import_module("binance_streams_sinks.parquet")


@pytest.fixture
def trades(recording: Path, tmp_path: Path) -> str:
    """Where the Parquet files of trades are."""
    convert(recording, "parquet", tmp_path / "out")
    return str(tmp_path / "out" / "stream=trade" / "**" / "*.parquet")


def test_folders_are_by_stream_symbol_and_day(recording: Path, tmp_path: Path) -> None:
    converted = convert(recording, "parquet", tmp_path / "out")
    assert [str(Path(path).relative_to(tmp_path / "out")) for path in converted.files] == [
        "stream=all_mini_tickers/date=2026-11-25/!miniTicker@arr-0.parquet",
        "stream=diff_book_depth/symbol=BTCUSDT/date=2026-11-25/btcusdt@depth@100ms-0.parquet",
        "stream=trade/symbol=BTCUSDT/date=2026-11-25/btcusdt@trade-0.parquet",
        "stream=trade/symbol=BTCUSDT/date=2026-11-26/btcusdt@trade-0.parquet",
    ]


def test_polars_reads_it(polars: Any, trades: str) -> None:
    frame = polars.read_parquet(trades, hive_partitioning=True).sort("trade_id")
    assert frame["trade_id"].to_list() == [0, 1, 2, 3, 4]
    assert frame["price"].to_list() == [Decimal(1)] * 5
    assert frame.schema["price"] == polars.Decimal(38, 8)
    assert frame.schema["received"] == polars.Datetime("ns", "UTC")
    assert frame["trade_time"][0] == datetime(2026, 11, 25, 22, 20, 42, tzinfo=UTC)
    assert frame["symbol"].to_list() == ["BTCUSDT"] * 5
    assert frame["connection"].to_list() == [1, 1, 1, 1, 2]
    assert set(frame["stream_name"].to_list()) == {"btcusdt@trade"}
    assert [str(day) for day in frame["date"].unique().sort()] == ["2026-11-25", "2026-11-26"]


def test_duckdb_reads_it(trades: str) -> None:
    duckdb = importlib.import_module("duckdb")
    query = "select count(*), sum(price), min(symbol), min(date) from read_parquet(?)"
    (row,) = duckdb.execute(query, [trades]).fetchall()
    assert (row[0], row[1], row[2], str(row[3])) == (5, Decimal(5), "BTCUSDT", "2026-11-25")


def test_pandas_reads_it(trades: str) -> None:
    pandas = importlib.import_module("pandas")
    folder = trades.split("/**")[0]
    frame = pandas.read_parquet(folder)
    assert sorted(frame["trade_id"]) == [0, 1, 2, 3, 4]
    assert set(frame["symbol"].astype(str)) == {"BTCUSDT"}


def test_levels_are_lists(polars: Any, recording: Path, tmp_path: Path) -> None:
    (path,) = convert(recording, "parquet", tmp_path / "out", stream="diff_book_depth").files
    (level,) = polars.read_parquet(path, hive_partitioning=False)["bids"][0]
    assert level == {"price": Decimal(1), "quantity": Decimal(2)}


def test_a_stream_of_all_symbols_keeps_the_symbol_as_a_column(
    polars: Any, recording: Path, tmp_path: Path
) -> None:
    (path,) = convert(recording, "parquet", tmp_path / "out", stream="all_mini_tickers").files
    assert polars.read_parquet(path, hive_partitioning=False)["symbol"].to_list() == ["BTCUSDT"]


def test_prices_may_be_floats(polars: Any, recording: Path, tmp_path: Path) -> None:
    files = convert(recording, "parquet", tmp_path / "out", stream="trade", numbers=float).files
    assert polars.read_parquet(files[0]).schema["price"] == polars.Float64


def test_memory_is_bounded_by_groups_of_rows(
    polars: Any, parquet: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if many streams have few events each."""
    for name, value in {"_ROWS": 20, "_MAX_WAITING": 30, "_FEWEST": 8, "_MAX_OPEN": 2}.items():
        monkeypatch.setattr(parquet, name, value)
    lines = [
        line_of("btcusdt@trade", number, number).replace(b"btcusdt@", b"s%d@" % (number % 7))
        for number in range(210)
    ]
    write_part(tmp_path / "rec", [lines])
    monkeypatch.setattr("binance_streams_sinks.conversion._BATCH", 10)
    converted = convert(tmp_path / "rec", "parquet", tmp_path / "out")
    found = polars.read_parquet(tmp_path / "out" / "stream=trade", hive_partitioning=True)
    assert (converted.rows, len(found)) == (210, 210)
    assert set(found["symbol"].value_counts()["count"]) == {30}
    # Files of before are replaced, and no other one stays.
    again = convert(tmp_path / "rec", "parquet", tmp_path / "out", overwrite=True)
    assert again.files == converted.files


def test_a_value_with_more_digits_begins_another_file(
    polars: Any, parquet: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "_ROWS", 2)
    lines = [line_of("btcusdt@trade", number, number) for number in range(6)]
    lines[2] = lines[2].replace(b'"p":"1.0"', b'"p":"1.0000000000012"')
    write_part(tmp_path / "rec", [lines])
    first, second = convert(tmp_path / "rec", "parquet", tmp_path / "out").files
    schemas = [polars.read_parquet_schema(path)["price"] for path in (first, second)]
    assert schemas == [polars.Decimal(38, 8), polars.Decimal(38, 13)]
    assert polars.read_parquet(second)["price"][0] == Decimal("1.0000000000012")
    assert len(polars.read_parquet(second)) == 4


# hftbacktest


def array_of(folder: Path) -> Any:
    (path,) = folder.rglob("*.npz")
    return np.load(path)["data"]


def rows_of(array: Any) -> list[tuple[int, int, int, float, float]]:
    return [tuple(row)[:5] for row in array.tolist()]


def test_trades_and_the_book_are_one_array_a_day(recording: Path, tmp_path: Path) -> None:
    converted = convert(recording, "hftbacktest", tmp_path / "out")
    names = [Path(path).name for path in converted.files]
    assert names == ["BTCUSDT_20261125.npz", "BTCUSDT_20261126.npz"]
    first = np.load(converted.files[0])["data"]
    assert first.dtype == EVENT
    at, later = BEGIN, BEGIN + 500_000
    assert rows_of(first)[:2] == [
        (TRADE | SELL | BOTH, at, at, 1.0, 2.0),
        (DEPTH | BUY | BOTH, at, later, 1.0, 2.0),
    ]
    assert converted.left_out[NO_PLACE] == 1


def test_rows_do_not_wait_in_memory(
    recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = convert(recording, "hftbacktest", tmp_path / "whole")
    monkeypatch.setattr("binance_streams_sinks.hftbacktest._MOST_ROWS", 1)
    monkeypatch.setattr("binance_streams_sinks.conversion._BATCH", 2)
    parts = convert(recording, "hftbacktest", tmp_path / "parts")
    for one, other in zip(whole.files, parts.files, strict=True):
        assert (np.load(one)["data"] == np.load(other)["data"]).all()


def test_a_snapshot_is_followed_by_what_it_lacks(recording: Path, tmp_path: Path) -> None:
    """It has the updates up to 19, so those with 20 to 39 come again."""
    convert(recording, "hftbacktest", tmp_path / "out")
    array = np.load(tmp_path / "out" / "BTCUSDT_20261125.npz")["data"]
    newest, received = BEGIN + 3 * MS, BEGIN + 4 * MS
    assert rows_of(array)[-7:] == [
        (DEPTH_CLEAR | BUY | BOTH, newest, received, 0.8, 0.0),
        (DEPTH_SNAPSHOT | BUY | BOTH, newest, received, 0.9, 5.0),
        (DEPTH_SNAPSHOT | BUY | BOTH, newest, received, 0.8, 6.0),
        (DEPTH_CLEAR | SELL | BOTH, newest, received, 1.1, 0.0),
        (DEPTH_SNAPSHOT | SELL | BOTH, newest, received, 1.1, 7.0),
        (DEPTH | BUY | BOTH, newest, received, 1.0, 2.0),
        (DEPTH | BUY | BOTH, newest, received, 1.0, 2.0),
    ]


@pytest.mark.parametrize(("update_id", "is_used"), [(29, True), (15, False)])
def test_a_snapshot_before_the_first_update_waits_for_it(
    tmp_path: Path, update_id: int, is_used: bool
) -> None:
    body = b'{"lastUpdateId":%d,"bids":[],"asks":[["1.1","7"]]}' % update_id
    lines = [snapshot_line(BEGIN, "btcusdt@depthSnapshot", "/api/v3/depth", body)]
    lines += [line_of("btcusdt@depth@100ms", number, number) for number in (2, 3)]
    write_part(tmp_path / "rec", [lines])
    converted = convert(tmp_path / "rec", "hftbacktest", tmp_path / "out")
    rows = rows_of(array_of(tmp_path / "out"))
    assert len(rows) == (4 if is_used else 2)
    assert converted.left_out == ({} if is_used else {"snapshots that no update continues": 1})


def test_the_fastest_updates_and_the_best_trades_are_used(tmp_path: Path) -> None:
    """Each change once: two streams have the same."""
    lines = [line_of("btcusdt@depth@100ms", 1, 1), line_of("btcusdt@trade", 1, 1)]
    lines += [lines[0].replace(b"@100ms", b"")]
    write_part(tmp_path / "rec", [lines])
    converted = convert(tmp_path / "rec", "hftbacktest", tmp_path / "out")
    assert converted.rows == 2
    assert converted.left_out == {"events that another stream of the symbol has as well": 1}
    slow = convert(tmp_path / "rec", "hftbacktest", tmp_path / "slow", stream="btcusdt@depth")
    assert slow.rows == 1


def test_microseconds_keep_their_digits(tmp_path: Path) -> None:
    trade = {"e": "trade", "E": 1, "s": "BTCUSDT", "t": 1, "p": "1", "q": "2",
             "T": 1_795_645_241_999_123, "m": False}  # fmt: skip
    message = msgspec.json.encode({"stream": "btcusdt@trade", "data": trade})
    write_part(tmp_path / "rec", [[frame_line(prefix_of(BEGIN, 1), message)]])
    convert(tmp_path / "rec", "hftbacktest", tmp_path / "out")
    (row,) = rows_of(array_of(tmp_path / "out"))
    assert row == (TRADE | BUY | BOTH, 1_795_645_241_999_123_000, BEGIN, 1.0, 2.0)


def test_nothing_is_received_before_it_happens(tmp_path: Path) -> None:
    """If the clocks differ, local times are moved, and users are notified."""
    write_part(tmp_path / "rec", [[line_of("btcusdt@trade", 5, 1), line_of("btcusdt@trade", 6, 7)]])
    converted = convert(tmp_path / "rec", "hftbacktest", tmp_path / "out")
    array = array_of(tmp_path / "out")
    assert (array["local_ts"] - array["exch_ts"]).tolist() == [0, 5 * MS]
    (note,) = converted.notes
    assert note.startswith("BTCUSDT_20261125.npz: 4.000 ms were added to local times")


def test_rows_are_in_order_by_both_clocks() -> None:
    draw = np.random.default_rng(1)
    for _ in range(100):
        count = int(draw.integers(1, 40))
        rows = np.zeros(count, EVENT)
        rows["local_ts"] = draw.integers(100, 140, count)
        rows["exch_ts"] = rows["local_ts"] - draw.integers(0, 20, count)
        rows["px"] = np.arange(count)
        received = rows[np.argsort(rows["local_ts"], kind="stable")]
        happened = received[np.argsort(received["exch_ts"], kind="stable")]
        ordered = in_order(rows)
        assert ordered[ordered["ev"] & LOCAL > 0]["px"].tolist() == received["px"].tolist()
        assert ordered[ordered["ev"] & EXCHANGE > 0]["px"].tolist() == happened["px"].tolist()


def test_a_missing_library_is_named(
    recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("arrow", "parquet", "npz", "hftbacktest"):
        monkeypatch.delitem(sys.modules, f"binance_streams_sinks.{name}", raising=False)
    for name in ("pyarrow", "numpy"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=r"pip install 'binance-streams\[arrow\]'"):
        convert(recording, "parquet", tmp_path / "out")
    with pytest.raises(ImportError, match="pip install numpy"):
        convert(recording, "hftbacktest", tmp_path / "out")
    shutil.rmtree(recording)
    assert not (tmp_path / "out").exists()
