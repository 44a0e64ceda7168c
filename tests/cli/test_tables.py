"""Tables: what is shown of every stream at once, on a terminal and elsewhere."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import threading
from typing import Any

import pytest

import binance_streams_simulator
from binance_streams import CATALOG
from binance_streams_cli import watching
from binance_streams_cli.choose import every_stream
from binance_streams_cli.market import Market
from binance_streams_cli.table import PlainLines
from binance_streams_simulator import Simulator
from tests.cli.conftest import Run
from tests.project.paths import ROOT
from tests.support.limits import LIMIT, MS

EVERYTHING = ("watch", "--all", "BTCUSDT", "--server", "simulator", "--output", "table")
COMMAND = (sys.executable, "-m", "binance_streams")


def test_a_table_without_a_terminal_is_lines(monkeypatch: pytest.MonkeyPatch, command: Run) -> None:
    """A line a second, and a line for each stream at the end."""
    simulators: list[Simulator] = []
    draw = PlainLines.draw

    def muted(**given: Any) -> Simulator:
        simulator = Simulator(**given)
        simulator.mute()
        simulators.append(simulator)
        return simulator

    def draw_and_unmute(lines: PlainLines) -> None:
        """As the streams are waited for, it goes on until there is a line."""
        draw(lines)
        if lines._shown:
            simulators[0].unmute()

    monkeypatch.setattr(binance_streams_simulator, "Simulator", muted)
    monkeypatch.setattr(PlainLines, "draw", draw_and_unmute)
    ran = command(*EVERYTHING, "--for", "0.1", "--each")
    assert (ran.status, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert f" s: 0 events, 0 of {len(CATALOG)} streams" in lines[0]
    assert sum(" events " in line and "/s  " in line for line in lines) == len(CATALOG)
    assert f"all {len(CATALOG)} streams delivered events" in lines[-1]


def test_a_table_in_a_terminal_is_redrawn_in_place() -> None:
    """Without an option for it, and with its last state left on the screen."""
    main, terminal = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *EVERYTHING[:-2], "--for", "1.2", "--each"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "120", "LINES": "40"},
    )
    os.close(terminal)
    shown = _read_all(main)
    assert process.wait(LIMIT) == 0
    assert "last event" in shown
    assert shown.count("btcusdt@trade") > 1
    assert "\x1b[1A" in shown
    # The cursor waits in an empty line, where an echo of Ctrl-C moves nothing.
    assert "\n\r\x1b[2K" in shown


def test_a_table_ends_on_ctrl_c_with_its_last_state() -> None:
    """And with the status of an interrupt, without a traceback."""
    process = subprocess.Popen(
        [*COMMAND, *EVERYTHING],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    while " events, " not in process.stdout.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=LIMIT)
    assert (process.returncode, err) == (130, "")
    assert "streams delivered events" in out or "no event from" in out


def test_each_waits_for_every_stream_of_a_slow_machine(
    monkeypatch: pytest.MonkeyPatch, command: Run
) -> None:
    """That it takes longer than asked for is no fault."""

    def late(**given: Any) -> Simulator:
        simulator = Simulator(**given)
        simulator.mute()
        threading.Timer(500 * MS, simulator.unmute).start()
        return simulator

    monkeypatch.setattr(binance_streams_simulator, "Simulator", late)
    ran = command(*EVERYTHING, "--for", "0.1", "--each")
    assert ran.status == 0
    assert f"all {len(CATALOG)} streams delivered events" in ran.out


def test_each_fails_if_a_stream_is_silent(monkeypatch: pytest.MonkeyPatch, command: Run) -> None:
    """The silent streams are named."""

    def muted(**given: Any) -> Simulator:
        simulator = Simulator(**given)
        simulator.mute()
        return simulator

    monkeypatch.setattr(binance_streams_simulator, "Simulator", muted)
    monkeypatch.setattr(watching, "PATIENCE", 0.0)
    ran = command(*EVERYTHING, "--for", "0.3", "--each")
    assert ran.status == 1
    assert f"no event from {len(CATALOG)} of {len(CATALOG)} streams" in ran.out
    assert "(--each)" in ran.err


def test_a_table_counts_exactly(command: Run, server: str) -> None:
    """With a limit, the events of a list count like any other."""
    ran = command("watch", "btcusdt@trade", "!miniTicker@arr", "-n", "7", "--output", "table",
                  "--server", server)  # fmt: skip
    assert ran.status == 0
    assert "7 in total" in ran.out or "no event from" in ran.out


def test_all_are_the_streams_of_the_catalog() -> None:
    """On the simulator nothing is left out; elsewhere what is, is named with its reason."""
    market = Market(None)
    everything = every_stream(market, "btcusdt", is_simulator=True)
    assert [stream.type.key for stream in everything.streams] == [type.key for type in CATALOG]
    assert everything.left_out == ()
    public = every_stream(market, "btcusdt", is_simulator=False)
    assert len(public.streams) + len(public.left_out) == len(CATALOG)
    assert all(stream.type.lifecycle.retired is None for stream in public.streams)


def _read_all(descriptor: int) -> str:
    chunks = []
    # Linux gives an error instead of an end if the other side of a terminal is closed.
    while True:
        try:
            chunk = os.read(descriptor, 65536)
        except OSError:
            break
        if not chunk:
            break
        chunks.append(chunk)
    os.close(descriptor)
    return b"".join(chunks).decode()
