"""Other people's clients, each a program of its own, and the relay that they connect to."""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from binance_streams_relay import RelayLimits
from tests.relay.conftest import Start
from tests.support.limits import LIMIT
from tests.support.relays import RunningRelay

ROOT = Path(__file__).resolve().parents[3]
PROGRAMS = Path(__file__).with_name("programs")
PEERS = ROOT / ".peers-venv"
PYTHON = PEERS / "bin" / "python"
NODE_MODULES = PEERS / "node" / "node_modules"

Run = Callable[[str], "Program"]


class Program:
    """A program that prints what it gets: lines of JSON, each an array that begins with a word."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.seen: dict[str, list[Any]] = {}
        """What it has printed so far, by the word."""
        self._errors: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._process = subprocess.Popen(
            command,
            env=os.environ | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._readers = [
            threading.Thread(target=self._read), threading.Thread(target=self._read_errors)
        ]  # fmt: skip
        for reader in self._readers:
            reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def _read_errors(self) -> None:
        assert self._process.stderr is not None
        self._errors += self._process.stderr

    def next(self, word: str) -> list[Any]:
        """What the next line says that begins with this word."""
        deadline = time.monotonic() + LIMIT
        while time.monotonic() < deadline:
            line = self._lines.get(timeout=LIMIT)
            assert line is not None, f"it has ended:\n{''.join(self._errors)}"
            values: list[Any]
            found, *values = json.loads(line)
            self.seen.setdefault(found, []).append(values)
            if found == word:
                return values
        raise AssertionError(f"it prints no {word!r}, but {list(self.seen)}")

    def first(self, word: str) -> list[Any]:
        """What the first line says that begins with this word, which may be there already."""
        found: list[Any] = self.seen[word][0] if word in self.seen else self.next(word)
        return found

    def go_on(self) -> None:
        """Let it do what is next, which is to end if there is nothing more."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def end(self) -> None:
        """It must end by itself, and successfully."""
        self.go_on()
        assert self._process.wait(LIMIT) == 0, "".join(self._errors)

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(LIMIT)
        for reader in self._readers:
            reader.join(LIMIT)
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            assert pipe is not None
            pipe.close()


@pytest.fixture
def relay(start: Start) -> RunningRelay:
    # Programs send as many requests in a row as they like.
    return start(limits=RelayLimits.none())


@pytest.fixture
def run(relay: RunningRelay) -> Iterator[Run]:
    """Run a program that connects to the relay."""
    with ExitStack() as stack:

        def start(name: str) -> Program:
            command, environment = _command(name)
            program = Program([*command, relay.url, relay.rest_url], environment)
            stack.callback(program.close)
            return program

        yield start


def _command(name: str) -> tuple[list[str], dict[str, str]]:
    """Return how to run a program; skip the test if its client is not installed."""
    path = str(PROGRAMS / name)
    if name == "of_ours.py":
        return [sys.executable, "-W", "error", path], {}
    if name.endswith(".js"):
        node = shutil.which("node")
        if node is None or not NODE_MODULES.exists():
            pytest.skip("THE RELAY IS NOT TRIED WITH A CLIENT IN JAVASCRIPT: make peers (and node)")
        return [node, path], {"NODE_PATH": str(NODE_MODULES)}
    if not PYTHON.exists():
        pytest.skip("THE RELAY IS NOT TRIED WITH OTHER PEOPLE'S CLIENTS: make peers")
    made = (PEERS / ".stamp").stat().st_mtime if (PEERS / ".stamp").exists() else 0.0
    if any(path.stat().st_mtime > made for path in PROGRAMS.parent.glob("peers*.txt")):
        pytest.skip("OTHER PEOPLE'S CLIENTS ARE NOT THOSE THAT THIS VERSION NEEDS: make peers")
    folder = PEERS / "connector" if name == "of_connector.py" else PEERS
    return [str(PYTHON), path], {"PYTHONPATH": str(folder)}
