"""The command, and processes that share a port."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple
from urllib.request import urlopen

import pytest
from websockets.sync.client import ClientConnection, connect

from binance_streams_cli.main import main
from binance_streams_relay.workers import _why
from binance_streams_simulator import Simulator
from tests.support.limits import LIMIT, wait_until
from tests.support.peers import Peer

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="finds processes by /proc")


class Served(NamedTuple):
    """A command that serves, and what it has printed."""

    process: subprocess.Popen[str]
    port: int
    text: str


@contextmanager
def serving(*arguments: str) -> Iterator[Served]:
    """Run ``serve`` at any port until the end, which is SIGTERM's."""
    command = [sys.executable, "-m", "binance_streams_cli", "serve", "--port", "0", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        text = ""
        while "Ctrl-C" not in text:
            line = process.stdout.readline()
            assert line, text
            text += line
        port = re.search(r"streams: +wss?://127.0.0.1:(\d+)", text)
        assert port is not None
        yield Served(process, int(port[1]), text)
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            assert process.wait(LIMIT) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def opened(served: Served) -> ClientConnection:
    """A client of websockets' own, subscribed to trades."""
    url = f"ws://127.0.0.1:{served.port}/ws/btcusdt@trade"
    # With many messages unread, it would not see the answer when it closes.
    return connect(url, open_timeout=LIMIT, max_queue=None)


def test_the_command_serves_and_prints_where(simulator: Simulator) -> None:
    with serving("--upstream", simulator.url, "--metrics", "0") as served:
        assert f"upstream:  {simulator.url}/stream" in served.text
        assert f'Client("ws://127.0.0.1:{served.port}")' in served.text
        assert f"http://127.0.0.1:{served.port}/api/v3/depth?" in served.text
        found = re.search(r"metrics: +(http://127.0.0.1:\d+/metrics)", served.text)
        assert found is not None
        with opened(served) as connection:
            assert Peer(connection).next()["e"] == "trade"
            with urlopen(found[1], timeout=LIMIT) as answer:
                assert b"binance_streams_relay_clients 1\n" in answer.read()
            served.process.send_signal(signal.SIGINT)
            assert served.process.wait(LIMIT) == 0
            messages = list(connection)
        assert any('"e":"serverShutdown"' in str(message) for message in messages)


@LINUX
def test_workers_share_a_port_are_replaced_and_outlive_nobody(simulator: Simulator) -> None:
    with serving("--upstream", simulator.url, "--workers", "2") as served:
        workers = _workers(served.process.pid)
        assert len(workers) == 2
        # The system gives each process a part of the clients, at random.
        for _ in range(100):
            with opened(served) as connection:
                assert Peer(connection).next()["e"] == "trade"
            if simulator.connection_attempts > 1:
                break
        assert simulator.connection_attempts == 2
        os.kill(min(workers), signal.SIGKILL)
        wait_until(lambda: len(_workers(served.process.pid) - workers) == 1)
        workers |= _workers(served.process.pid)
        # A command that is killed cannot end them; they notice.
        served.process.kill()
        served.process.wait()
        wait_until(lambda: not any(map(_is_running, workers)))


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ("--upstream testnet --seed 3", "--seed is of the simulator"),
        ("--upstream testnet --replay rec", "--replay is of the simulator"),
        ("--workers 2", "--workers is of the relay, allowed with --upstream only"),
        ("--slow conflate", "--slow is of the relay"),
        ("--upstream nowhere", "upstream: got 'nowhere'"),
        ("--upstream testnet --workers 0", "a whole number from 1 on"),
        ("--upstream testnet --max-pending 3", "a size such as"),
    ],
)
def test_what_is_not_allowed_is_a_usage_error(
    capsys: pytest.CaptureFixture[str], arguments: str, text: str
) -> None:
    assert main(["serve", *arguments.split()]) == 2
    assert text in capsys.readouterr().err


def test_a_process_that_does_not_start_again_says_why() -> None:
    ours, theirs = multiprocessing.Pipe()
    process = SimpleNamespace(exitcode=-9)
    assert _why(process, ours) == "exit code -9"
    theirs.send("OSError: no address")
    theirs.close()
    assert _why(process, ours) == "OSError: no address"
    assert _why(process, ours) == "exit code -9"
    ours.close()


def _workers(id: int) -> set[int]:
    """The ids of the processes that a command has started to serve."""
    # Each thread has children of its own.
    lists = [path.read_text() for path in Path(f"/proc/{id}/task").glob("*/children")]
    children = " ".join(lists).split()
    # Others see to shared memory.
    return {int(child) for child in children if "spawn_main" in _read(child, "cmdline")}


def _is_running(id: int) -> bool:
    """Whether a process has not ended; nobody may have taken notice of its end."""
    return _read(id, "stat").rpartition(")")[2].split()[:1] not in ([], ["Z"])


def _read(id: int | str, name: str) -> str:
    try:
        return Path(f"/proc/{id}/{name}").read_text()
    except OSError:
        return ""
