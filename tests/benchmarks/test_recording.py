"""What is measured about recordings: every message must be there, or the report says so."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.contenders.recorded import check
from benchmarks.contenders.registry import RECORDING_PEERS
from benchmarks.meter import Meter
from benchmarks.recording import frames, record, replay
from benchmarks.recording.rounds import reasons

PEER = RECORDING_PEERS[0]


def row(cpu_us: float, **more: Any) -> dict[str, Any]:
    costs = {"cpu_us": cpu_us, "cpu_us_min": cpu_us, "cpu_us_max": cpu_us}
    return {"status": "ok", "peak_mb": 1.0, "rounds": [cpu_us], **costs, **more}


def lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines()


def checked(folder: Path, total: int) -> dict[str, Any]:
    notes: dict[str, Any] = {}
    task: Any = SimpleNamespace(meter=SimpleNamespace(total=total, notes=notes))
    check(task, folder, lines, ".txt")
    return notes


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """Return a folder with two messages, a notice, and a file that is none of messages."""
    folder = tmp_path / "recorded"
    folder.mkdir()
    message = json.dumps({"stream": "btcusdt@trade", "data": {}}, separators=(",", ":"))
    notice = json.dumps({"stream": "!notice", "data": {}}, separators=(",", ":"))
    (folder / "one.txt").write_text(f"{message}\n{notice}\n{message}\n")
    (folder / "one.idx").write_text(message)
    return folder


def test_messages_on_disk_are_counted_and_the_files_removed(recorded: Path) -> None:
    size = sum(path.stat().st_size for path in recorded.iterdir())
    assert checked(recorded, 2) == {"disk_bytes": size / 2}
    assert not recorded.exists()


def test_a_missing_message_is_a_failure(recorded: Path) -> None:
    with pytest.raises(RuntimeError, match="2 messages were recorded, not 3"):
        checked(recorded, 3)


def test_ratios_are_to_the_best_peer() -> None:
    rows = {"ours": row(2.0, disk_bytes=30.0), PEER: row(8.0), RECORDING_PEERS[1]: row(4.0)}
    shown = record.lines({"rows": rows})
    assert [cells[3] for cells in shown] == ["0.50x", "2.00x", "1.00x"]
    assert shown[0][4] == "30.0"


def test_a_recorder_that_failed_is_reported_with_the_reason() -> None:
    result = {"rows": {PEER: {"status": "failed", "reason": "1 message is missing"}}}
    assert record.lines(result)[0][1] == "failed"
    assert reasons(result) == [f"- {PEER}: failed: 1 message is missing"]


def test_what_is_written_last_is_measured() -> None:
    done: list[str] = []
    meter = Meter.__new__(Meter)
    meter._warmup, meter._messages = 2, 3
    meter._stop = lambda fields: done.append("stopped")  # type: ignore[method-assign]
    meter._start = lambda: None  # type: ignore[method-assign]
    count = meter.counter(lambda: done.append("written"))
    for messages in (2, 1, 2):
        count(messages)
    assert done == ["written", "stopped"]


def played(count: int, cpu: float, python: str = "3.11.7") -> str:
    result = {"cpu": cpu, "wall": 2.0, "messages": count, "peak": 1_000_000, "python": python}
    return f"a warning\nRESULT {json.dumps(result)}\n"


def test_what_is_played_costs_what_it_costs_for_each_recorded_message() -> None:
    row = replay.read(played(100, 0.5), "", 1_000)
    assert (row["cpu_us"], row["per_second"], row["delivered"]) == (500.0, 500.0, 100)


@pytest.mark.parametrize(
    ("output", "errors", "status", "reason"),
    [
        (played(0, 0.5), "", "failed", "it played nothing"),
        ("NOT POSSIBLE no Node\n", "", "not possible", "no Node"),
        ("", "Traceback\nValueError: no such file\n", "failed", "ValueError: no such file"),
        ("", "", "failed", "it ended without a word"),
    ],
)
def test_a_player_that_played_nothing_has_failed(
    output: str, errors: str, status: str, reason: str
) -> None:
    assert replay.read(output, errors, 1_000) == {"status": status, "reason": reason}


def test_players_are_compared_with_the_first_one() -> None:
    rows = {
        "ours: one": replay.summary(
            [replay.read(played(9, cpu), "", 10) for cpu in (1.0, 3.0, 2.0)]
        ),
        "theirs": replay.summary([replay.read(played(9, 8.0, "Node 20.1"), "", 10)]),
    }
    kinds = dict.fromkeys(rows, "typed")
    result = {"messages": 10, "rounds": 3, "rows": rows, "kinds": kinds}
    assert [cells[6] for cells in replay.lines(result)] == ["1.00x", "4.00x"]
    assert replay.notes(result) == ["- theirs: on Node 20.1"]


def test_tables_are_compared_with_dicts_in_the_same_library() -> None:
    dicts, ours = frames.summary([2.0, 4.0, 3.0]), frames.summary([1.5])
    rows = {"polars: rows of dicts": dicts, "polars: ours": ours, "arrow: ours": ours}
    shown = frames.lines({"rows": rows})
    assert [cells[3] for cells in shown] == ["1.00x", "0.50x", ""]
    assert shown[0][2] == "2.00-4.00"
