"""A queue of a durable client, which counts what threads have finished with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from binance_streams_runtime.sync.queue import WaitableQueue


class AcknowledgedQueue(WaitableQueue):
    """A queue whose items are finished when the next one is asked for, or a callback returns."""

    finished: int = 0
    """How many of the items that were taken are finished."""

    def iterate(self, deadline: float | None = None, is_loop: bool = True) -> Iterator[Any]:
        self.finished = self.taken
        for item in super().iterate(deadline, is_loop):
            yield item
            self.finished = self.taken

    def take_batch(
        self, max_items: int, max_wait: float, deadline: float | None = None
    ) -> list[Any]:
        self.finished = self.taken
        return super().take_batch(max_items, max_wait, deadline)

    def counting(self, on_event: Callable[[Any], object]) -> Callable[[Any], object]:
        def call(item: Any) -> None:
            try:
                on_event(item)
            finally:
                self.finished = self.taken

        return call
