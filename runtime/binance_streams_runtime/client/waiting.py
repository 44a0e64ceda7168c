"""Results that one thread waits for and another one gives."""

from __future__ import annotations

import threading
from typing import Any

from binance_streams_runtime.wire.requests import Result


class Waiting:
    """Results that a caller waits for, given in another thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._expected = 0
        self._is_complete = False
        self._results: list[Any] = []
        self._error: BaseException | None = None

    def expect(self) -> Result:
        """Expect one more result; returns what takes it."""
        self._expected += 1

        def take(result: Any, error: BaseException | None) -> None:
            with self._changed:
                self._results.append(result)
                self._error = self._error or error
                self._changed.notify_all()

        return take

    def complete(self) -> None:
        """Nothing more is expected."""
        with self._changed:
            self._is_complete = True
            self._changed.notify_all()

    def results(self) -> list[Any]:
        """Block until every expected result is there; raises the first error among them."""
        with self._changed:
            while not self._is_complete or len(self._results) < self._expected:
                self._changed.wait()
            if self._error is not None:
                raise self._error
            return self._results
