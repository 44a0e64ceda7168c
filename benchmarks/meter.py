"""The meter in every contender's process. Standard library only, on any Python.

The warm-up is sent and received completely before the measured messages are sent, so that no work
on them, in any thread, falls outside of the two readings of the process's CPU time.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

_PATIENCE = 60.0
"""Seconds that messages may take in addition to their pace."""

_SETTLING = 1.5
"""Seconds for those that record to write the warm-up: more than any of them waits with a block."""


class Meter:
    """Counts messages in the user's code, has the server continue, and reports."""

    def __init__(self, control: int, warmup: int, messages: int, rate: float) -> None:
        self.rate = rate
        self.total = warmup + messages
        self._warmup = warmup
        self._messages = messages
        self._lines = socket.create_connection(("127.0.0.1", control)).makefile("rw")
        self._request("start")
        self._cpu = self._wall = 0.0
        self._used = (0.0, 0.0)
        self._switches = 0
        self._finished = threading.Event()
        self._delays: list[int] = []
        self._left: Callable[[], tuple[str, int]] = lambda: ("warmup", warmup)
        self._last: object = None
        self.notes: dict[str, Any] = {}

    def handler(
        self, read: Callable[[Any], object], time_of: Callable[[Any], int] | None
    ) -> Callable[[Any], None]:
        """Return the user's code, the same for all: it reads the event's fields and counts it.

        ``time_of`` returns the time of sending, or is None if it cannot be read from an event.
        """
        left = self._warmup
        is_measured = False

        def handle(event: Any) -> None:
            nonlocal left, is_measured
            fields = read(event)
            left -= 1
            if not left:
                if is_measured:
                    self._stop(fields)
                else:
                    is_measured = True
                    left = self._messages
                    self._start()

        self._left = lambda: ("measured" if is_measured else "warmup", left)
        if not self.rate or time_of is None:
            return handle
        now, keep = time.time_ns, self._delays.append

        def handle_timed(event: Any) -> None:
            keep(now() // 1000 - time_of(event))
            handle(event)

        return handle_timed

    def counter(self, finish: Callable[[], object]) -> Callable[[int], None]:
        """Return what counts messages for those that record them, as many as are given.

        ``finish`` writes what has not been written, which belongs to the measured time. Between the
        warm-up and what is measured, there is time to write the warm-up.
        """
        left = self._warmup
        is_measured = False

        def count(messages: int) -> None:
            nonlocal left, is_measured
            left -= messages
            if not left:
                if is_measured:
                    finish()
                    self._stop(None)
                else:
                    is_measured = True
                    left = self._messages
                    threading.Thread(target=self._start_settled, daemon=True).start()

        self._left = lambda: ("measured" if is_measured else "warmup", left)
        return count

    def ready(self) -> None:
        """Start: the user's code is in place, and messages may come."""
        self.notes["memory_when_ready"] = memory("VmRSS")
        threading.Thread(target=self._watch, daemon=True).start()
        self._send(f"warmup {self.rate}")

    def finish(self) -> NoReturn:
        """Wait for the last message and report; for libraries with threads of their own."""
        self._finished.wait()
        self.report()

    def wait(self) -> None:
        """Wait for the last message."""
        self._finished.wait()

    @property
    def is_finished(self) -> bool:
        """Return whether the last message has come."""
        return self._finished.is_set()

    def report(self) -> NoReturn:
        """Print the result and exit, without waiting for the library."""
        # An extra message would have been counted by now.
        time.sleep(0.05)
        cpu, wall = self._used
        result = {
            "messages": self._messages,
            "extra": -self._left()[1],
            "last": self._last,
            "cpu": cpu,
            "wall": wall,
            "peak": peak_memory(),
            "server": self._request("done"),
            "delays": self._delays[self._warmup : self._warmup + self._messages],
            "notes": self.notes,
        }
        print("RESULT " + json.dumps(result, default=str), flush=True)
        sys.stderr.flush()
        os._exit(0)

    def _watch(self) -> None:
        """End the process if messages are missing, whatever its library is waiting for."""
        paced = (self._warmup + self._messages) / self.rate if self.rate else 0.0
        if not self._finished.wait(_PATIENCE + paced):
            phase, left = self._left()
            print(f"LOST {left} of the {phase} messages have not come", flush=True)
            os._exit(1)

    def _start_settled(self) -> None:
        time.sleep(_SETTLING)
        self._start()

    def _start(self) -> None:
        self._switches = _switches()
        self._cpu, self._wall = time.process_time(), time.monotonic()
        self._send(f"measured {self.rate}")

    def _stop(self, fields: object) -> None:
        self._used = time.process_time() - self._cpu, time.monotonic() - self._wall
        self.notes["switches"] = _switches() - self._switches
        self._last = fields
        self._finished.set()

    def _send(self, line: str) -> None:
        self._lines.write(line + "\n")
        self._lines.flush()

    def _request(self, line: str) -> Any:
        self._send(line)
        return json.loads(self._lines.readline())


def _switches() -> int:
    """Return how often the system has switched away from a thread of the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_nvcsw + used.ru_nivcsw


def memory(field: str) -> int | None:
    """Return the bytes in a field of /proc/self/status, or None."""
    try:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return None


def peak_memory() -> int:
    """Return the bytes of the largest resident set so far.

    On Linux not ru_maxrss, which a process inherits from the larger one that started it.
    """
    peak = memory("VmHWM")
    if peak is not None:
        return peak
    scale = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale
