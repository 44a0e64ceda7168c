"""Results that a caller waits for and the driver provides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic

from binance_streams_runtime.client.condition import C
from binance_streams_runtime.protocol.requests import Result


class PendingResults(Generic[C]):
    """Results of one or more requests, without waiting for them."""

    def __init__(self, make_condition: Callable[[], C]) -> None:
        self._changed = make_condition()
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

    def is_over(self) -> bool:
        """Return whether all results are there."""
        return self._is_complete and len(self._results) >= self._expected

    def results(self) -> list[Any]:
        """Return the results; raise the first error instead if there is one."""
        with self._changed:
            if self._error is not None:
                raise self._error
            return self._results
