"""The demo shows every stream, ends when it should, and says what is wrong."""

from __future__ import annotations

import logging
import os
import pty
import signal
import subprocess
import sys
import threading
from typing import Any

import pytest

import demo.__main__
from binance_streams import CATALOG, VENUE
from binance_streams_simulator import Simulator
from demo.plan import plan
from tests.project.paths import LIMIT, ROOT, python
from tests.support.limits import MS

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _own_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo hides the log, which later tests of the same process look at."""
    log = logging.getLogger("binance_streams")
    monkeypatch.setattr(log, "propagate", log.propagate)
    monkeypatch.setattr(log, "handlers", list(log.handlers))


def test_demo_shows_every_stream_in_lines() -> None:
    """Without a terminal: a line a second, a line a stream, and how to see real data."""
    result = python("-m", "demo", "--seconds", "3")
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert sum(line.startswith("  ") for line in lines) >= 2
    assert sum(" events " in line and "/s  " in line for line in lines) == len(CATALOG)
    assert f"make demo SERVER={VENUE.default_server}" in lines[-1]


def test_demo_draws_a_table_in_a_terminal() -> None:
    """In a terminal the table is redrawn in place."""
    main, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "demo", "--seconds", "3"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "120", "LINES": "40"},
    )
    os.close(terminal)
    shown = _read_all(main)
    assert process.wait(LIMIT) == 0
    assert "last event" in shown
    assert shown.count("btcusdt@trade") > 3
    assert "\x1b[1A" in shown


def test_demo_ends_on_ctrl_c() -> None:
    """An interrupt ends it with the summary and without a traceback."""
    process = subprocess.Popen(
        [sys.executable, "-m", "demo", "--seconds", "100"],
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
    assert (process.returncode, err) == (0, "")
    assert "make demo SERVER=" in out


def test_demo_says_that_a_server_is_not_there() -> None:
    """One line, no traceback."""
    result = python("-m", "demo", "--server", "ws://127.0.0.1:9")
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith("demo: ws://127.0.0.1:9: ")


def test_demo_refuses_a_server_that_does_not_exist() -> None:
    """The error lists the servers that do."""
    result = python("-m", "demo", "--server", "nowhere")
    assert result.returncode == 2
    assert repr(VENUE.default_server) in result.stderr


@pytest.mark.parametrize("seconds", ["0", "-1", "soon", "nan", "inf"])
def test_demo_refuses_a_time_that_is_none(seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The error says what was given and what is allowed."""
    with pytest.raises(SystemExit):
        demo.__main__.main([f"--seconds={seconds}"])
    expected = f"got '{seconds}'; allowed: a number of seconds above 0"
    assert expected in capsys.readouterr().err


def test_demo_waits_for_every_stream_of_the_simulator(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A machine on which that takes longer than asked for is no fault."""

    def late(**given: Any) -> Simulator:
        simulator = Simulator(**given)
        simulator.mute()
        threading.Timer(1000 * MS, simulator.unmute).start()
        return simulator

    monkeypatch.setattr(demo.__main__, "Simulator", late)
    assert demo.__main__.main(["--seconds", "0.1"]) == 0
    assert f"all {len(CATALOG)} streams delivered events" in capsys.readouterr().out


def test_demo_fails_where_the_simulator_is_silent(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A stream without an event is named, and the status says that something is wrong."""

    def muted(**given: Any) -> Simulator:
        simulator = Simulator(**given)
        simulator.mute()
        return simulator

    monkeypatch.setattr(demo.__main__, "Simulator", muted)
    monkeypatch.setattr(demo.__main__, "PATIENCE", 0.0)
    assert demo.__main__.main(["--seconds", "0.5"]) == 1
    shown = capsys.readouterr()
    assert f"no event from {len(CATALOG)} of {len(CATALOG)} streams" in shown.out
    assert "fault" in shown.err


def test_plan_has_every_stream_of_the_catalog() -> None:
    """On the simulator nothing is left out; elsewhere what is, is named with its reason."""
    everything = plan("btcusdt", is_simulator=True)
    assert [type.key for type, _ in everything.chosen] == [type.key for type in CATALOG]
    assert everything.left_out == ()
    public = plan("btcusdt", is_simulator=False)
    assert len(public.chosen) + len(public.left_out) == len(CATALOG)
    assert all(type.lifecycle.retired is None for type, _ in public.chosen)


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
