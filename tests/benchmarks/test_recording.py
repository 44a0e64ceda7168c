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
from benchmarks.recording import record

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
    assert record.notes(result) == [f"- {PEER}: failed: 1 message is missing"]


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
