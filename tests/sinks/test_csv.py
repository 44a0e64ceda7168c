"""CSV files."""

from __future__ import annotations

from pathlib import Path

from binance_streams_sinks import convert
from tests.support.recorded_events import line_of
from tests.support.recordings import write_part

TRADES = """\
received,connection,stream,event_type,event_time,symbol,trade_id,price,quantity,trade_time,\
is_buyer_maker
1795645242000000000,1,btcusdt@trade,trade,1795645242000,BTCUSDT,0,1.0,2.0,1795645242000,true
1795645242001000000,1,btcusdt@trade,trade,1795645242001,BTCUSDT,1,1.0,2.0,1795645242001,true
"""
UPDATES = """\
received,connection,stream,event_type,event_time,symbol,first_update_id,last_update_id,bids,asks
1795645242000500000,1,btcusdt@depth@100ms,depthUpdate,1795645242000,BTCUSDT,0,9,\
"[[""1.0"",""2.0""]]",[]
"""


def test_a_stream_has_a_file_with_a_header_and_numbers_as_they_were_sent(
    recording: Path, tmp_path: Path
) -> None:
    until = "1795645242.0015"
    convert(recording, "csv", tmp_path / "out", stream="trade", until=until)
    assert (tmp_path / "out" / "btcusdt@trade.csv").read_text(encoding="utf-8") == TRADES


def test_levels_are_json(recording: Path, tmp_path: Path) -> None:
    until = "1795645242.0006"
    convert(recording, "csv", tmp_path / "out", stream="diff_book_depth", until=until)
    assert (tmp_path / "out" / "btcusdt@depth@100ms.csv").read_text(encoding="utf-8") == UPDATES


def test_a_stream_of_all_symbols_has_a_row_for_each(recording: Path, tmp_path: Path) -> None:
    convert(recording, "csv", tmp_path / "out", stream="all_mini_tickers")
    header, row = (tmp_path / "out" / "!miniTicker@arr.csv").read_text().splitlines()
    assert header.startswith("received,connection,stream,event_type,event_time,symbol,close")
    assert ",!miniTicker@arr,24hrMiniTicker,1795645242001,BTCUSDT,1,1,1,1,1,1" in row


def test_more_streams_than_files_can_be_open(tmp_path: Path) -> None:
    streams = [f"s{number}@trade" for number in range(150)]
    lines = [line_of("btcusdt@trade", step, step) for step in (1, 2)]
    lines = [
        line.replace(b"btcusdt@", f"{name[:-5]}".encode()) for line in lines for name in streams
    ]
    write_part(tmp_path / "rec", [lines])
    converted = convert(tmp_path / "rec", "csv", tmp_path / "out")
    assert (len(converted.files), converted.rows) == (150, 300)
    assert all(len(Path(path).read_text().splitlines()) == 3 for path in converted.files)
