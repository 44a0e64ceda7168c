"""What ``run_forever`` waits for in a thread."""

from __future__ import annotations

import threading

from binance_streams_runtime.client.running import Running

# Ctrl-C just before a wait takes effect only after it; on Windows, Ctrl-C during a wait as well.
_MAX_WAIT = 1.0


class BlockingRunning(Running[threading.Condition]):
    """Blocks one or more threads until ``end`` is called."""

    def __init__(self) -> None:
        super().__init__(threading.Condition)

    def wait(self) -> None:
        """Block until the end; raise the error that caused it, if any."""
        with self._changed:
            self._waiting += 1
            try:
                while not self._is_over:
                    self._changed.wait(_MAX_WAIT)
            finally:
                self._waiting -= 1
            if self._error is not None:
                raise self._error
