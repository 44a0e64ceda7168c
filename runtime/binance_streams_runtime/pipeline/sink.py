"""Where the events of a route go: what the pipeline needs of whoever takes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from binance_streams_runtime.pipeline.queues import Overflow


class Sink(Protocol):
    """What takes events, errors and notices, in order, and says how much of it waits.

    Only the driver calls its methods. Consumers may take what waits at the same time, in other
    threads.
    """

    overflow: Overflow
    """What happens to events that find it full."""
    maxsize: int
    """How many events may wait."""
    pack_after: int
    """How many events may wait as objects; those behind them should be packed."""
    overflowed: BaseException | None
    """The error of the policy ``raise``, once; the pipeline sets it back to None."""

    def __len__(self) -> int:
        """Return how many items wait."""

    @property
    def taken(self) -> int:
        """How many items consumers have taken so far."""

    @property
    def is_closed(self) -> bool:
        """Whether it takes nothing any more."""

    @property
    def is_long(self) -> bool:
        """Whether events that are put now should be packed."""

    @property
    def is_blocking(self) -> bool:
        """Whether nothing should be read until consumers have made room."""

    def put(self, events: list[Any]) -> int:
        """Add events by the policy; return how many were dropped, notices not counted."""

    def insert(self, notice: Any, is_first: bool) -> None:
        """Add a notice before or behind all that waits, regardless of the size."""

    def discard(self, count: int) -> int:
        """Apply the policy to ``count`` events, to save memory; return how many were dropped."""

    def replace(self, change: Callable[[list[Any]], list[Any]]) -> list[Any]:
        """Put ``change`` of what waits in its place; return what had waited."""

    def sample(self, most: int) -> list[Any]:
        """Return at most ``most`` of the items that wait, evenly spaced."""

    def fail(self, error: BaseException) -> None:
        """Add an error to what waits, which no policy drops; the sink goes on."""

    def close(self, error: BaseException | None = None) -> None:
        """Take nothing any more: what waits can still be taken, then ``error`` shows."""
