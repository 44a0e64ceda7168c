"""A disk that is full or slow: the streams go on, and what is missing is said."""

from __future__ import annotations

import errno
import threading
from io import FileIO
from pathlib import Path
from typing import Any

import pytest

import binance_streams_runtime.asyncio.recording as async_recording
import binance_streams_runtime.sync.recording as sync_recording
from binance_streams import Notice, NotRecorded
from binance_streams_runtime.storage import part_file
from binance_streams_runtime.storage.writer import Writer
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.limits import LIMIT, MS, in_time, wait_until
from tests.support.recordings import lines_in

_write = part_file._write


class Disk:
    """Stands between files and the real disk."""

    def __init__(self) -> None:
        self.is_full = False
        self.is_free = threading.Event()
        self.is_free.set()

    def write(self, file: FileIO, data: bytes) -> None:
        self.is_free.wait(LIMIT)
        if self.is_full:
            _write(file, data[: len(data) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")
        _write(file, data)


def behind_lost(folder: Path) -> list[dict[str, Any]]:
    """Return the lines behind the first one that says what is missing."""
    lines = lines_in(folder, is_live=True)
    places = [at for at, line in enumerate(lines) if line.get("stream") == "!lost"]
    return lines[places[0] + 1 :] if places else []


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk()
    monkeypatch.setattr(part_file, "_write", disk.write)
    return disk


def test_a_full_disk_is_said_and_nothing_is_lost_once_there_is_room(
    shared_simulator: Simulator, connect: Connect, tmp_path: Path, disk: Disk
) -> None:
    notices: list[Notice] = []
    client = connect(shared_simulator.url, on_notice=notices.append)
    recording = client.record(tmp_path)
    trades = client.trade("btcusdt")
    first = trades.get(LIMIT)
    disk.is_full = True
    wait_until(lambda: recording.stats().failure)
    wait_until(lambda: any(isinstance(notice, NotRecorded) for notice in notices))
    for _ in range(20):
        last = trades.get(LIMIT)
    disk.is_full = False
    wait_until(lambda: recording.stats().failure is None)
    in_time(recording.close)
    (reported,) = (notice for notice in notices if isinstance(notice, NotRecorded))
    assert reported == NotRecorded(str(tmp_path), 0, 0, "No space left on device")
    lines = lines_in(tmp_path)
    ids = [line["data"]["t"] for line in lines if line.get("stream") == "btcusdt@trade"]
    assert ids == [*range(ids[0], ids[0] + len(ids))]
    assert first.trade_id in ids
    assert last.trade_id in ids
    assert any(line.get("data", {}).get("type") == "NotRecorded" for line in lines)


def test_a_slow_disk_slows_nothing_and_what_it_cannot_take_is_counted(
    connect: Connect, tmp_path: Path, disk: Disk
) -> None:
    notices: list[Notice] = []
    with Simulator(speed=2000) as simulator:
        client = connect(simulator.url, on_notice=notices.append, maxsize=1000)
        recording = client.record(tmp_path, max_pending_bytes=1024 * 1024)
        client.diff_book_depth("btcusdt").wait(LIMIT)
        client.trade("btcusdt").wait(LIMIT)
        wait_until(lambda: recording.stats().lines > 2)
        disk.is_free.clear()
        # The thread that writes hangs, and the feed goes on.
        wait_until(lambda: recording.stats().lost_lines > 100)
        assert recording.stats().bytes_pending < 2 * 1024 * 1024
        assert recording.stats().seconds_behind > 0
        disk.is_free.set()
        wait_until(lambda: recording.stats().seconds_behind < 1000 * MS)
        # What finds room again, maybe only a while after the disk is free.
        wait_until(lambda: behind_lost(tmp_path))
        wait_until(lambda: any(isinstance(one, NotRecorded) and one.lines for one in notices))
        in_time(client.close)
    lines_lost = recording.stats().lost_lines
    recorded = lines_in(tmp_path)
    reported = [line["data"] for line in recorded if line.get("stream") == "!lost"]
    assert sum(one["lines"] for one in reported) == lines_lost
    assert "the disk is too slow" in reported[0]["reason"]
    assert behind_lost(tmp_path)[0]["data"]["type"] == "state"
    assert sum(one.lines for one in notices if isinstance(one, NotRecorded)) <= lines_lost


def test_closing_does_not_wait_for_a_disk_that_hangs(
    shared_simulator: Simulator,
    connect: Connect,
    tmp_path: Path,
    disk: Disk,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    notices: list[Notice] = []
    client = connect(shared_simulator.url, on_notice=notices.append)
    recording = client.record(tmp_path)
    client.trade("btcusdt").get(LIMIT)
    for module in (sync_recording, async_recording):
        monkeypatch.setattr(module, "CLOSE_TIMEOUT", 100 * MS)
    disk.is_free.clear()
    in_time(recording.close)
    wait_until(lambda: any(isinstance(notice, NotRecorded) for notice in notices))
    (reported,) = (notice for notice in notices if isinstance(notice, NotRecorded))
    assert "closed before the disk" in reported.reason
    disk.is_free.set()
    wait_until(lambda: recording._thread.is_done)


def test_a_failure_of_the_thread_is_said(
    shared_simulator: Simulator,
    connect: Connect,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    notices: list[Notice] = []
    client = connect(shared_simulator.url, on_notice=notices.append)
    recording = client.record(tmp_path)
    trades = client.trade("btcusdt")
    trades.get(LIMIT)

    def fail(writer: Writer, now: float) -> bool:
        raise ZeroDivisionError("a mistake")

    monkeypatch.setattr(Writer, "work", fail)
    wait_until(lambda: any(isinstance(notice, NotRecorded) for notice in notices))
    assert "a mistake" in str(recording.stats().failure)
    trades.get(LIMIT)
    lost = recording.stats().lost_lines
    wait_until(lambda: recording.stats().lost_lines > lost)
    in_time(recording.close)
