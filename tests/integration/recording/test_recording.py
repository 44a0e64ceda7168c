"""A client's recording: what is on the disk is what the client has received."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from binance_streams import ClientClosed, ParameterError, RecordingError
from binance_streams_runtime.storage import compression
from binance_streams_runtime.storage.parts import find_parts
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.limits import LIMIT, in_time, wait_until
from tests.support.recordings import lines_in


def of(lines: list[Any], stream: str) -> list[Any]:
    return [line for line in lines if line.get("stream") == stream]


def test_every_message_is_there_as_it_came(
    shared_simulator: Simulator, connect: Connect, tmp_path: Path
) -> None:
    client = connect(shared_simulator.url)
    recording = client.record(tmp_path)
    trades = client.trade("btcusdt")
    trades.wait(LIMIT)
    taken = [trades.get(LIMIT) for _ in range(20)]
    in_time(recording.close)
    lines = lines_in(tmp_path)
    recorded = of(lines, "btcusdt@trade")
    assert [line["data"]["t"] for line in recorded][:20] == [trade.trade_id for trade in taken]
    assert {line["c"] for line in recorded} == {1}
    assert [line["stream"] for line in lines[:2]] == ["!header", "!session"]
    header = lines[0]["data"]
    assert (header["package"], header["market"]) == ("binance_streams", "spot")
    assert of(lines, "!notice")[0]["data"]["type"] == "Connected"
    assert {"t", "c", "result", "id"} in [set(line) for line in lines]
    stats = recording.stats()
    assert stats.lines == len(lines) - 1
    assert (stats.lost_lines, stats.bytes_pending, stats.failure) == (0, 0, None)
    # The client goes on without it.
    assert trades.get(LIMIT).trade_id > taken[-1].trade_id


def test_closing_the_client_ends_its_recordings(
    shared_simulator: Simulator, connect: Connect, tmp_path: Path
) -> None:
    client = connect(shared_simulator.url)
    recordings = [client.record(tmp_path / name) for name in "ab"]
    trades = client.trade("btcusdt")
    for _ in range(5):
        last = trades.get(LIMIT)
    in_time(client.close)
    for name, recording in zip("ab", recordings, strict=True):
        lines = lines_in(tmp_path / name)
        assert of(lines, "btcusdt@trade")[-1]["data"]["t"] >= last.trade_id
        assert "closed" in repr(recording)
        in_time(recording.close)
    with pytest.raises(ClientClosed):
        client.record(tmp_path)


def test_a_recording_that_begins_later_says_what_is_confirmed(
    shared_simulator: Simulator, connect: Connect, tmp_path: Path
) -> None:
    client = connect(shared_simulator.url)
    client.trade("btcusdt").wait(LIMIT)
    with client.record(tmp_path):
        client.trade("btcusdt").get(LIMIT)
    assert lines_in(tmp_path)[1]["data"]["confirmed"] == ["btcusdt@trade"]


def test_only_some_streams_are_recorded_on_request(
    shared_simulator: Simulator, connect: Connect, tmp_path: Path
) -> None:
    client = connect(shared_simulator.url)
    with client.record(tmp_path, streams=["ethusdt@trade"]):
        client.trade("btcusdt").get(LIMIT)
        client.trade("ethusdt").get(LIMIT)
    lines = lines_in(tmp_path)
    assert lines[0]["data"]["streams"] == ["ethusdt@trade"]
    assert of(lines, "ethusdt@trade")
    assert not of(lines, "btcusdt@trade")


def test_snapshots_are_there_in_their_place(
    shared_simulator: Simulator, connect: Connect, tmp_path: Path
) -> None:
    client = connect(shared_simulator.url)
    with client.record(tmp_path):
        book = client.order_book("BTCUSDT", depth=100)
        book.wait(LIMIT)
        update = book.last_update_id
    (snapshot, *_) = of(lines_in(tmp_path), "btcusdt@depthSnapshot")
    assert snapshot["request"] == "/api/v3/depth?symbol=BTCUSDT&limit=100"
    assert snapshot["data"]["lastUpdateId"] <= update
    assert len(snapshot["data"]["bids"]) == 100


def test_the_folder_of_the_day_is_that_of_the_server(
    shared_simulator: Simulator, connect: Connect, tmp_path: Path
) -> None:
    client = connect(shared_simulator.url)
    with client.record(tmp_path) as recording:
        part = recording.part
        assert recording.path == tmp_path
    assert part is not None
    assert part.parent.parent == tmp_path / f"127.0.0.1-{shared_simulator.port}"
    assert [one.path for one in find_parts(tmp_path)] == [part]


MISTAKES: list[dict[str, Any]] = [
    {"rotate": "1 week"},
    {"rotate": "0h"},
    {"rotate": 3600},
    {"streams": []},
    {"streams": "btcusdt@trade"},
    {"streams": ["BTCUSDT@trade"]},
    {"streams": ["a" * 64]},
    {"accounts": 1},
    {"level": 0},
    {"level": True},
    {"max_pending_bytes": 1000},
    {"dir": ""},
    {"dir": 5},
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_is_an_error_before_anything_is_done(
    connect: Connect, tmp_path: Path, mistake: dict[str, Any]
) -> None:
    client = connect("ws://127.0.0.1:9")
    with pytest.raises((ParameterError, ValueError), match=r"allowed|names look like"):
        client.record(**{"dir": tmp_path / "rec", **mistake})
    assert not (tmp_path / "rec").exists()


def test_a_folder_that_cannot_be_written_is_an_error(connect: Connect, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    client = connect("ws://127.0.0.1:9")
    with pytest.raises(RecordingError, match=r"file.*Not a directory"):
        client.record(tmp_path / "file" / "rec")


def test_a_missing_module_is_an_error_that_says_what_to_install(
    connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> Any:
        raise ImportError("no zstd")

    monkeypatch.setattr(compression, "_load", missing)
    compression.zstd.cache_clear()
    try:
        client = connect("ws://127.0.0.1:9")
        with pytest.raises(RecordingError, match=r"pip install 'binance-streams\[record\]'"):
            client.record(tmp_path)
    finally:
        compression.zstd.cache_clear()


@pytest.mark.sync_only("a forked child has no event loop")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_child_writes_nothing(
    shared_simulator: Simulator, connect: Connect, tmp_path: Path
) -> None:
    client = connect(shared_simulator.url)
    recording = client.record(tmp_path)
    client.trade("btcusdt").get(LIMIT)
    child = os.fork()
    if child == 0:
        recording.close()
        os._exit(0 if recording.stats().lost_lines == 0 else 1)
    assert os.waitpid(child, 0)[1] == 0
    lines = recording.stats().lines
    wait_until(lambda: recording.stats().lines > lines)
    in_time(recording.close)
    assert lines_in(tmp_path)
