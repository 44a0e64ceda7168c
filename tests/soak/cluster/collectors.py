"""Collectors as processes, each with a way of its own to the venue."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from tests.soak.cluster.wire import Wire
from tests.support.limits import LIMIT

PREFIX = "binance.spot"
"""All collectors have the same, though their ways to the venue have other ports."""


class CollectorProcess:
    """``binance-streams relay`` in a process, which may be killed and started again."""

    def __init__(
        self, name: str, venue_port: int, log_url: str, arguments: list[str], folder: Path
    ) -> None:
        self.name = name
        self.wire = Wire(venue_port)
        self.process: subprocess.Popen[bytes] | None = None
        self._output = folder / f"{name}.txt"
        self._command = [
            *(sys.executable, "-m", "binance_streams", "relay", "--to", log_url),
            *("--name", name, "--prefix", PREFIX, "--server", self.wire.url, *arguments),
        ]

    def start(self) -> None:
        """Start the process."""
        assert self.process is None, self.name
        with self._output.open("ab") as output:
            self.process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def kill(self) -> None:
        """End it with SIGKILL: it stores nothing more, and says nothing."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """End it in order, and return its exit status."""
        return self._end(signal.SIGTERM)

    def _end(self, number: int) -> int:
        process, self.process = self.process, None
        if process is None:
            return 0
        process.send_signal(number)
        try:
            return process.wait(LIMIT)
        finally:
            process.kill()
            process.wait()

    def close(self) -> None:
        """Kill it, and close its way to the venue."""
        self.kill()
        self.wire.__exit__(None, None, None)
