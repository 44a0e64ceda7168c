"""``record``: what it keeps, what it says, and how it ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from binance_streams import BookChange
from binance_streams_cli.recording import Recorded
from binance_streams_runtime.client.recording import RecordingStats
from tests.cli.conftest import Run
from tests.project.paths import ROOT
from tests.support.limits import LIMIT

_BETWEEN = 200
"""What a bitcoin costs more than on the simulator, and an ether less."""


def test_a_diff_depth_stream_is_recorded_with_snapshots(
    command: Run, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As is what a book needs; without --no-snapshots."""
    given = ["record", "btcusdt@depth@100ms", "--server", server, "--metrics", "0"]
    count = Recorded.on_event
    books: set[bool] = set()

    def count_with_books(recorded: Recorded, event: Any) -> None:
        """Count what comes once both books are there, however long their snapshots take."""
        if isinstance(event, BookChange) and event.is_snapshot:
            # They are told apart by their prices, and get several snapshots, each a deeper one.
            books.add(Decimal(event.bids[0].price) > _BETWEEN)
        if len(books) == 2:
            count(recorded, event)

    with monkeypatch.context() as patched:
        patched.setattr(Recorded, "on_event", count_with_books)
        ran = command(*given, "--book", "ethusdt", "-n", "15", "--to", str(tmp_path / "with"))
    assert (ran.status, ran.out) == (0, "")
    assert ran.err.splitlines()[-1].startswith("recorded ")
    streams = _streams(command, tmp_path / "with")
    assert {"btcusdt@depthSnapshot", "ethusdt@depth@100ms", "ethusdt@depthSnapshot"} <= streams
    command(*given, "--no-snapshots", "-n", "2", "--to", str(tmp_path / "without"))
    assert _streams(command, tmp_path / "without") == {"btcusdt@depth@100ms"}


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)], ids=["Ctrl-C", "SIGTERM"]
)
def test_a_signal_ends_a_recording_that_is_whole(
    command: Run, server: str, tmp_path: Path, number: signal.Signals, status: int
) -> None:
    """Everything is written, and said."""
    given = ["record", "btcusdt@trade", "--server", server, "--to", str(tmp_path)]
    with subprocess.Popen(
        [sys.executable, "-m", "binance_streams", *given],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        # What has come meanwhile may be in it.
        assert " on disk  file 1" in process.stderr.readline()
        process.send_signal(number)
        _, err = process.communicate(timeout=LIMIT)
    assert process.returncode == status
    assert err.startswith("recorded ")
    assert len(err.splitlines()) == 1
    info = json.loads(command("info", str(tmp_path), "--output", "json").out)
    assert [part["damage"] for part in info["parts"]] == [None]


def test_lines_that_were_not_written_are_a_status(
    command: Run, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever starts it again must know."""

    class Lossy:
        path = tmp_path

        def stats(self) -> RecordingStats:
            return RecordingStats(10, 2000, 500, 1, 7, 900, 0, 0, 0.0, "the disk is full")

    monkeypatch.setattr(
        Recorded, "begin", lambda self, recording: setattr(self, "_recording", Lossy())
    )
    given = ("record", "btcusdt@trade", "--server", server, "--for", "0.1s")
    ran = command(*given, "--to", str(tmp_path))
    assert ran.status == 1
    assert "7 LOST  the disk is full" in ran.err
    assert ran.err.endswith("binance-streams record: 7 lines could not be written\n")


def test_info_says_what_is_there(command: Run, server: str, tmp_path: Path) -> None:
    """In words, and quickly without counts."""
    command("record", "btcusdt@trade", "--server", server, "-n", "5", "--to", str(tmp_path))
    ran = command("info", str(tmp_path))
    assert ran.status == 0
    assert "btcusdt@trade" in ran.out
    assert "missing    0 events in 0 gaps" in ran.out
    assert "missing" not in command("info", str(tmp_path), "--quick").out


def _streams(command: Run, folder: Path) -> set[str]:
    return set(json.loads(command("info", str(folder), "--output", "json").out)["streams"])
