"""Results that one thread waits for and another one provides."""

from __future__ import annotations

import threading
from typing import Any

from binance_streams_runtime.protocol.requests import Result


class PendingResults:
    """Results that a caller waits for and another thread provides."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._expected = 0
        self._is_complete = False
        self._results: list[Any] = []
        self._error: BaseException | None = None

    def expect(self) -> Result:
        """Expect one more result; return the function to call with it."""
        self._expected += 1

        def take(result: Any, error: BaseException | None) -> None:
            with self._changed:
                self._results.append(result)
                self._error = self._error or error
                self._changed.notify_all()

        return take

    def complete(self) -> None:
        """Expect no further results."""
        with self._changed:
            self._is_complete = True
            self._changed.notify_all()

    def wait(self, timeout: float) -> bool:
        """Block until all results are there, at most ``timeout`` s; return whether they are."""
        with self._changed:
            return self._changed.wait_for(self._is_over, timeout)

    def _is_over(self) -> bool:
        return self._is_complete and len(self._results) >= self._expected

    def results(self) -> list[Any]:
        """Return the results; raise the first error instead if there is one."""
        with self._changed:
            if self._error is not None:
                raise self._error
            return self._results
