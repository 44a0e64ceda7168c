"""``replay``: the events of a recording, in every output."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Ran, Run


@pytest.fixture(scope="module")
def folder(server: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of two streams."""
    from binance_streams_cli.main import main

    path = tmp_path_factory.mktemp("recording")
    streams = ("btcusdt@trade", "ethusdt@bookTicker")
    given = ("record", *streams, "--to", str(path), "--server", server, "-n", "60")
    assert main(given) == 0
    return path


def test_a_recording_is_replayed_as_it_was_recorded(command: Run, folder: Path) -> None:
    """All of it, in its order, and each time the same."""
    whole = command("replay", str(folder))
    assert (whole.status, whole.err) == (0, "")
    rows = [json.loads(line) for line in whole.out.splitlines()]
    assert len(rows) >= 60
    ids = [row["trade_id"] for row in rows if row["stream"] == "btcusdt@trade"]
    assert ids == list(range(ids[0], ids[0] + len(ids)))
    assert command("replay", str(folder)) == whole


def test_a_replay_has_the_options_of_watch(command: Run, folder: Path) -> None:
    """Streams, a count, fields, and a table, which ends with the recording."""
    given = ("replay", str(folder), "btcusdt@trade")
    ran = command(*given, "-n", "3", "--output", "csv", "--fields", "symbol")
    assert ran == Ran(0, "symbol\nBTCUSDT\nBTCUSDT\nBTCUSDT\n", "")
    ran = command(*given, "--output", "table")
    assert ran.status == 0
    assert "all 1 stream delivered events" in ran.out


def test_what_is_not_in_the_recording_is_refused(command: Run, folder: Path) -> None:
    """With what is."""
    ran = command("replay", str(folder), "bnbbtc@trade")
    assert ran.status == 3
    assert "has no bnbbtc@trade; it has btcusdt@trade, ethusdt@bookTicker" in ran.err
    assert command("replay", str(folder), "--from", "soon").status == 2
    assert command("replay", str(folder), "--speed", "0").status == 2
    assert command("replay", str(folder / "nothing")).status == 1
