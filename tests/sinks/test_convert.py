"""Converting recordings, whatever the format: what is written, left out, and left behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from binance_streams import ParameterError, RecordingError
from binance_streams_sinks import FORMATS, Progress, convert
from binance_streams_sinks.csv_files import CsvFiles
from tests.support.recorded_events import line_of
from tests.support.recordings import header_of, write_part

LEFT_OUT = {
    "events that came twice": 2,
    "lines that do not match the spec": 1,
    "lines that could not be recorded": 5,
}


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_what_is_left_out_is_counted_by_its_reason(recording: Path, tmp_path: Path) -> None:
    converted = convert(recording, "csv", tmp_path / "out")
    assert (converted.events, converted.rows) == (10, 10)
    assert converted.left_out == LEFT_OUT
    assert converted.files == tuple(
        str(tmp_path / "out" / name) for name in files_in(tmp_path / "out")
    )


def test_progress_is_reported(recording: Path, tmp_path: Path) -> None:
    reported: list[Progress] = []
    convert(recording, "csv", tmp_path / "out", progress=reported.append)
    assert reported[-1].share == 1.0
    assert reported[-1].events == 10


def test_what_exists_is_replaced_only_if_asked_for(recording: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "btcusdt@trade.csv").write_text("mine")
    (out / "other.csv").write_text("mine")
    with pytest.raises(RecordingError, match=r"btcusdt@trade\.csv exists already: overwrite=True"):
        convert(recording, "csv", out)
    assert files_in(out) == ["btcusdt@trade.csv", "other.csv"]
    assert (out / "btcusdt@trade.csv").read_text() == "mine"
    convert(recording, "csv", out, overwrite=True)
    assert (out / "btcusdt@trade.csv").read_text() != "mine"
    assert (out / "other.csv").read_text() == "mine"


def test_nothing_is_left_behind_if_it_fails(
    recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: CsvFiles) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(CsvFiles, "finish", fail)
    with pytest.raises(OSError, match="No space left"):
        convert(recording, "csv", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_file_is_no_folder(recording: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(RecordingError, match="out cannot be a folder"):
        convert(recording, "csv", tmp_path / "out")
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(RecordingError, match="there is no recording in this folder"):
        convert(empty, "csv", tmp_path / "out")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"to": "xlsx"}, "to: got 'xlsx'; allowed: parquet, csv, hftbacktest, tardis"),
        ({"stream": "trad"}, "trade"),
        ({"numbers": int}, "numbers"),
        ({"since": "now"}, "since"),
    ],
)
def test_wrong_arguments_are_errors_before_anything_is_made(
    recording: Path, tmp_path: Path, options: dict[str, Any], message: str
) -> None:
    out = tmp_path / "out"
    with pytest.raises(ParameterError, match=message):
        convert(recording, **{"to": "csv", "out": out, **options})
    assert not out.exists()


def test_a_recording_does_not_say_which_module_is_imported(tmp_path: Path) -> None:
    write_part(tmp_path / "rec", [[]], header_of(package="antigravity"))
    with pytest.raises(RecordingError, match="a recording of antigravity: import antigravity"):
        convert(tmp_path / "rec", "csv", tmp_path / "out")
    write_part(tmp_path / "rec", [[]], header_of(package="binance_streams_none"))
    with pytest.raises(RecordingError, match="binance_streams_none, which is not installed"):
        convert(tmp_path / "rec", "csv", tmp_path / "out")


def test_a_recording_of_another_market_is_read_by_its_own_package(tmp_path: Path) -> None:
    header = header_of(package="binance_streams_us", market="binance_us")
    write_part(tmp_path / "rec", [[line_of("btcusdt@trade", 1, 1)]], header)
    assert convert(tmp_path / "rec", "csv", tmp_path / "out").rows == 1


@pytest.mark.parametrize("to", [name for name in FORMATS if name != "parquet"])
def test_a_recording_without_events_gives_no_files(tmp_path: Path, to: Any) -> None:
    write_part(tmp_path / "rec", [[]])
    converted = convert(tmp_path / "rec", to, tmp_path / "out")
    assert (converted.files, converted.rows) == ((), 0)
