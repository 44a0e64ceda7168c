"""Reading the events of a recording from its files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import binance_streams_us
from binance_streams import (
    CATALOG,
    Duplicates,
    Gap,
    ParameterError,
    RecordingError,
    UndecodableError,
)
from binance_streams_runtime.recording.lines import LOST, NOTICE, data_line
from binance_streams_runtime.recording.notices import notice_data
from binance_streams_runtime.storage.compression import Compressor
from binance_streams_runtime.storage.events import RecordingReader
from binance_streams_runtime.storage.info import StreamInfo, recording_info
from tests.support.recordings import BEGIN, SECOND, header_of, trade_line, whole_trade, write_part


def reader(path: Path, **options: Any) -> RecordingReader[Any]:
    return RecordingReader(path, CATALOG, "binance_streams", **options)


def ids(read: RecordingReader[Any]) -> list[int]:
    return [item.data.trade_id for item in read]


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Twenty trades, one a second, in two parts of two blocks each."""
    trades = [whole_trade(number, number) for number in range(20)]
    folder = tmp_path / "production" / "2026-11-26"
    write_part(folder, [trades[:5], trades[5:10]])
    second = header_of(part=2)
    write_part(folder, [trades[10:15], trades[15:]], second, BEGIN + 10 * SECOND)
    return tmp_path


def test_all_parts_are_read_in_order_as_often_as_wished(recording: Path) -> None:
    read = reader(recording)
    assert ids(read) == ids(read) == list(range(20))
    assert read.stats.items == 20
    assert (
        read.bytes_read
        == read.bytes_total
        == sum(path.stat().st_size for path in recording.rglob("*.zst"))
    )


def test_a_day_or_a_part_can_be_read_by_itself(recording: Path) -> None:
    day = recording / "production" / "2026-11-26"
    assert ids(reader(day)) == list(range(20))
    (second,) = day.glob("*-2.jsonl.zst")
    assert ids(reader(second)) == list(range(10, 20))


def test_batches_have_as_many_items_as_asked_for(recording: Path) -> None:
    sizes = [len(batch) for batch in reader(recording).batches(8)]
    assert sizes == [8, 8, 4]


def test_only_what_is_within_the_times_is_read(recording: Path) -> None:
    since, until = BEGIN / SECOND + 7, BEGIN / SECOND + 12
    read = reader(recording, since=since, until=until)
    assert ids(read) == list(range(7, 13))
    assert ids(reader(recording, since=since)) == list(range(7, 20))
    assert ids(reader(recording, until=until)) == list(range(13))


def test_a_torn_part_is_read_up_to_its_last_whole_block(recording: Path) -> None:
    path = sorted(recording.rglob("*.zst"))[0]
    path.write_bytes(path.read_bytes()[:-5])
    read = reader(recording)
    assert ids(read) == [*range(5), *range(10, 20)]
    assert read.stats.torn == (str(path),)


def test_a_line_that_does_not_match_the_spec_is_an_error_unless_skipped(tmp_path: Path) -> None:
    path = write_part(tmp_path, [[whole_trade(1, 1), trade_line(2), whole_trade(2, 3)]])
    with pytest.raises(UndecodableError, match=f"{path.name}: btcusdt@trade: .*errors='skip'"):
        ids(reader(tmp_path))
    read = reader(tmp_path, errors="skip")
    assert ids(read) == [1, 2]
    assert read.stats.undecodable == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"numbers": int}, "numbers"),
        ({"errors": "ignore"}, "errors"),
        ({"stream": "trad"}, "stream"),
        ({"stream": "btcusd@trade"}, "stream: got 'btcusd@trade'; allowed: .*: btcusdt@trade"),
        ({"stream": "kline"}, "stream: got 'kline'; allowed: what has events here: btcusdt@trade"),
        (
            {"stream": "trade", "symbol": "ETHUSDT"},
            "symbol: got 'ETHUSDT'; allowed: what has events here: btcusdt@trade",
        ),
        ({"symbol": "BTCUSD"}, "symbol: got 'BTCUSD'; allowed: .* btcusdt@trade"),
        ({"since": "x"}, "since"),
        ({"since": "13:00", "until": "12:00"}, "until: got '12:00'; allowed: a time after since"),
    ],
)
def test_wrong_options_are_errors(recording: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        reader(recording, **options)
    with pytest.raises(ParameterError, match="max_items"):
        reader(recording).batches(0)


def test_without_an_index_what_had_no_event_is_empty(recording: Path) -> None:
    for path in recording.rglob("*.idx"):
        path.unlink()
    assert ids(reader(recording, symbol="BTCUSD")) == []


def test_what_is_no_recording_of_this_market_is_an_error(recording: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(RecordingError, match="no recording in this folder"):
        reader(empty)
    with pytest.raises(RecordingError, match="no such file or folder"):
        reader(tmp_path / "none")
    with pytest.raises(RecordingError, match=r"another market: use binance_streams$"):
        RecordingReader(recording, binance_streams_us.CATALOG, "binance_streams_us")


def test_several_servers_or_sessions_at_once_are_an_error(recording: Path) -> None:
    """Their events would be there twice."""
    other = header_of(session="ffffffff")
    path = write_part(recording / "x", [[whole_trade(1, 1)]], other, BEGIN + 5 * SECOND)
    with pytest.raises(RecordingError, match=r"ran at the same time.*overlap"):
        reader(recording)
    path.unlink()
    write_part(recording / "x", [[whole_trade(1, 1)]], header_of(server="testnet", session="0"))
    with pytest.raises(RecordingError, match=r"several servers.*production, testnet"):
        reader(recording)


def test_sessions_that_follow_each_other_are_read_in_order(recording: Path) -> None:
    """The first must have ended before the second began."""
    begin = BEGIN + 19 * SECOND + 1
    later = header_of(session="ffffffff")
    path = write_part(recording / "x", [[whole_trade(20, 20)]], later, begin)
    assert ids(reader(recording)) == list(range(21))
    path.unlink()
    path = write_part(recording / "x", [[whole_trade(20, 20)]], later, begin - 2)
    with pytest.raises(RecordingError, match=r"1a2b3c4d-2\S* and ffffffff-1\S* overlap"):
        reader(recording)


def test_info_counts_what_is_there(recording: Path) -> None:
    info = recording_info(recording)
    assert info.streams["btcusdt@trade"] == StreamInfo(20, 20 * (len(whole_trade(10, 10)) + 1) - 10)
    assert (info.begin, info.end) == (BEGIN, BEGIN + 19 * SECOND)
    assert (info.lines, info.sessions, info.torn) == (22, ("1a2b3c4d",), ())
    assert (info.notices, info.gaps, info.missing, info.lost) == ({}, 0, 0, 0)


def test_info_without_counts_reads_the_indexes_only(recording: Path) -> None:
    whole = recording_info(recording)
    quick = recording_info(recording, counts=False)
    assert (quick.begin, quick.end, quick.lines) == (whole.begin, whole.end, whole.lines)
    assert (quick.notices, quick.gaps, quick.lost) == (None, None, None)
    path = sorted(recording.rglob("*.zst"))[1]
    path.write_bytes(path.read_bytes()[:-5])
    assert recording_info(recording, counts=False).torn == (str(path),)


def test_info_says_what_is_missing(tmp_path: Path) -> None:
    notices = [Gap("btcusdt@trade", 3, 7), Gap("btcusdt@trade", None, None), Duplicates("x", 1)]
    lines = [data_line(BEGIN, NOTICE, notice_data(notice)) for notice in notices]
    lines += [data_line(BEGIN, LOST, {"lines": 5, "bytes": 9, "reason": "slow"})]
    lines += [data_line(BEGIN, LOST, {"lines": "?"}), b'{"t":1,"c":1,"result":null,"id":1}']
    write_part(tmp_path, [lines])
    info = recording_info(tmp_path)
    assert (info.gaps, info.missing, info.lost) == (2, 5, 5)
    assert info.notices == {"Duplicates": 1, "Gap": 2}
    assert info.size == sum(path.stat().st_size for path in tmp_path.rglob("*.zst"))


def test_info_of_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="no recording in this folder"):
        recording_info(tmp_path)


def test_a_line_with_a_connection_that_is_no_number_can_be_skipped(tmp_path: Path) -> None:
    bad = whole_trade(2, 2).replace(b'"c":1,', b'"c":"x",')
    write_part(tmp_path, [[whole_trade(1, 1), whole_trade(3, 3)]])
    path = next(tmp_path.glob("*.zst"))
    path.write_bytes(path.read_bytes() + Compressor(3).frame(bad + b"\n"))
    read = reader(tmp_path, errors="skip")
    assert ids(read) == [1, 3]
    assert read.stats.undecodable == 1
    with pytest.raises(UndecodableError, match="a line: invalid literal"):
        ids(reader(tmp_path))
