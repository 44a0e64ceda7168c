"""``python -m binance_streams_simulator``."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from websockets.sync.client import connect

from tests.support.limits import LIMIT

COMMAND = [sys.executable, "-m", "binance_streams_simulator"]


@pytest.fixture
def environment() -> dict[str, str]:
    # The child imports what this process imports, installed or not.
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


@pytest.fixture
def running(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [*COMMAND, "--port", "0", "--symbols", "ABCDEF", "--verbose"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_how_to_connect_and_ends_with_status_0(
    running: subprocess.Popen[str], number: signal.Signals
) -> None:
    assert running.stdout is not None
    reported = ""
    while "Ctrl-C" not in reported:
        line = running.stdout.readline()
        assert line, reported
        reported += line
    found = re.search(r"ws://127\.0\.0\.1:\d+", reported)
    assert found is not None
    with connect(f"{found[0]}/ws/abcdef@depth5", open_timeout=LIMIT) as connection:
        assert "lastUpdateId" in str(connection.recv(timeout=LIMIT))
    running.send_signal(number)
    _, errors = running.communicate(timeout=LIMIT)
    assert "Traceback" not in errors
    assert running.returncode == 0


def test_what_cannot_start_says_why_and_ends_with_status_1(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [*COMMAND, "--port", "0", "--replay", "/nowhere/at/all"],
        capture_output=True,
        text=True,
        timeout=LIMIT,
        env=environment,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("cannot start:")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("found", ["None", "type(sys)('websockets')"], ids=["none", "old"])
def test_without_websockets_the_simulator_says_what_to_install(found: str) -> None:
    code = f"import sys; sys.modules['websockets'] = {found}; import binance_streams_simulator"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=LIMIT
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(
        "ImportError: the simulator needs websockets: pip install 'binance-streams[simulator]'"
    )
