"""Results that one thread waits for and another one provides."""

from __future__ import annotations

import threading

from binance_streams_runtime.client.pending_results import PendingResults


class WaitableResults(PendingResults[threading.Condition]):
    """Results that threads can wait for."""

    def __init__(self) -> None:
        super().__init__(threading.Condition)

    def wait(self, timeout: float) -> bool:
        """Block until all results are there, at most ``timeout`` s; return whether they are."""
        with self._changed:
            return self._changed.wait_for(self.is_over, timeout)
