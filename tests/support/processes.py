"""Servers and clients in processes of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.limits import in_time


@contextmanager
def server_process(port: int = 0) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The simulator in a process of its own, and where it listens."""
    command = [sys.executable, "-m", "binance_streams_simulator", "--speed", "50", "--port"]
    with subprocess.Popen(
        [*command, str(port)],
        stdout=subprocess.PIPE,
        text=True,
        # So that nobody but the test itself stops and continues it.
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout is not None
            line = in_time(process.stdout.readline)
            found = re.search(r"ws://127\.0\.0\.1:(\d+)", line)
            assert found is not None, line
            yield process, int(found[1])
        finally:
            process.kill()


def in_child(work: Callable[[], Any]) -> str:
    """What ``work()`` returns in a forked child, as text."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            answer = repr(work())
        except BaseException as error:
            answer = repr(error)
        os.write(writing, answer.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answers:
        answer = answers.read()
    os.waitpid(child, 0)
    return answer
