"""The processes of a measurement: on their core, first in line, their CPU time, and their end."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.environment import ROOT


class Died(RuntimeError):
    """A process has ended, or is not as far as it should be; the text says what it last said."""


@contextmanager
def running(
    command: Sequence[str], environment: dict[str, str], core: int | None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process group until the block ends; what it prints can be read line by line."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**environment, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        with contextlib.suppress(OSError):
            if core is not None:
                os.sched_setaffinity(process.pid, {core})
        _put_first(process.pid)
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def read_line(process: subprocess.Popen[bytes], begin: str, patience: float) -> str:
    """Return the rest of the next line that begins so; raise Died if none comes in time."""
    assert process.stdout is not None
    file = process.stdout.fileno()
    deadline = time.monotonic() + patience
    said, line = b"", b""
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([file], [], [], left)[0]:
            raise Died(f"no {begin.strip()} in {patience:.0f} s: {_last(said)}")
        # By the byte: what follows the line stays for the next one.
        byte = os.read(file, 1)
        if not byte:
            raise Died(f"ended: {_last(said + line)}")
        line += byte
        if byte == b"\n":
            text = line.decode()
            if text.startswith(begin):
                return text.removeprefix(begin).strip()
            said, line = said + line, b""


def cpu_seconds(pid: int) -> float:
    """Return the user and system time of all threads of a process and of its children."""
    total, found = 0, set()
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):
            total += int((task / "schedstat").read_text().split()[0])
            found.update((task / "children").read_text().split())
    return total / 1e9 + sum(cpu_seconds(int(child)) for child in found)


def is_possible() -> bool:
    """Return whether the system has what these measurements need, which is Linux."""
    return Path("/proc/self/schedstat").exists() and hasattr(select, "epoll")


def _put_first(pid: int) -> None:
    """Let it run before whatever else runs, as far as the system allows it."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, -20)
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text("-20")


def _last(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else "it said nothing"
