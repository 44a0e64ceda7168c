"""Slices of tardis."""

from __future__ import annotations

import gzip
from pathlib import Path

import msgspec

from binance_streams import Disconnected, Gap
from binance_streams_runtime.recording.lines import REST, data_line
from binance_streams_sinks import convert
from tests.sinks.conftest import MIDNIGHT, SNAPSHOT
from tests.support.recorded_events import MS, event_of, line_of, notice_line
from tests.support.recordings import BEGIN, write_part

# Of the filters "[]".
FOLDER = "feeds/binance/4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"


def lines_of(path: Path) -> list[bytes]:
    return gzip.decompress(path.read_bytes()).splitlines()


def test_a_slice_has_the_messages_as_they_were_sent(recording: Path, tmp_path: Path) -> None:
    convert(recording, "tardis", tmp_path / "out")
    lines = lines_of(tmp_path / "out" / FOLDER / "2026/11/25/22/20.json.gz")
    trade = msgspec.json.encode({"stream": "btcusdt@trade", "data": event_of("btcusdt@trade", 1)})
    assert lines[2] == b"2026-11-25T22:20:42.0010000Z " + trade
    assert lines[8] == (
        b'2026-11-25T22:20:42.0040000Z {"stream":"btcusdt@depthSnapshot","generated":true,"data":'
        + SNAPSHOT
        + b"}"
    )
    assert len(lines) == 10


def test_every_minute_has_a_slice(recording: Path, tmp_path: Path) -> None:
    """As clients wait for each."""
    converted = convert(recording, "tardis", tmp_path / "out")
    assert len(converted.files) == 101
    assert lines_of(tmp_path / "out" / FOLDER / "2026/11/25/23/30.json.gz") == []
    (line,) = lines_of(tmp_path / "out" / FOLDER / "2026/11/26/00/00.json.gz")
    assert line.startswith(b'2026-11-26T00:00:00.0000000Z {"stream":"btcusdt@trade"')
    assert MIDNIGHT == 5_958_000


def test_an_empty_line_is_a_loss_of_the_connection(tmp_path: Path) -> None:
    """A connection that another one has replaced before is none."""
    lost = Disconnected(1, 1006, None, "gone", ("btcusdt@trade",), 1.0)
    lines = [line_of("btcusdt@trade", 1, 1), notice_line(2, lost)]
    lines += [
        notice_line(2, Gap("btcusdt@trade", 2, 4)),
        line_of("btcusdt@trade", 5, 3, 2),
        notice_line(4, Disconnected(2, 1, None, "", (), 1)),
    ]
    write_part(tmp_path / "rec", [lines])
    converted = convert(tmp_path / "rec", "tardis", tmp_path / "out")
    assert (converted.events, converted.rows) == (2, 2)
    (path,) = converted.files
    assert [len(line) > 1 for line in lines_of(Path(path))] == [True, False, True]


def test_the_same_recording_gives_the_same_files(recording: Path, tmp_path: Path) -> None:
    one, other = (convert(recording, "tardis", tmp_path / name).files for name in ("a", "b"))
    assert [Path(path).read_bytes() for path in one] == [Path(path).read_bytes() for path in other]


def test_what_was_fetched_is_marked_as_generated(tmp_path: Path) -> None:
    rows = [{"id": 2, "price": "1", "qty": "1", "time": 5, "isBuyerMaker": True}]
    request = "/api/v3/historicalTrades?symbol=BTCUSDT&fromId=2&limit=1000"
    answer = {"request": request, "status": 200, "body": rows}
    lines = [line_of("btcusdt@trade", 1, 1), line_of("btcusdt@trade", 3, 3)]
    write_part(tmp_path / "rec", [[*lines, data_line(BEGIN + 4 * MS, REST, answer)]])
    (path,) = convert(tmp_path / "rec", "tardis", tmp_path / "out").files
    message = msgspec.json.decode(lines_of(Path(path))[2][29:])
    assert (message["stream"], message["generated"]) == ("btcusdt@trade", True)
    assert (message["data"]["t"], message["data"]["p"]) == (2, "1")
