"""The destination of a route's events: what the pipeline requires of it, and one for none."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Protocol

from binance_streams_runtime.pipeline.queues import Overflow


class Blocking(Protocol):
    """What may have to be waited for before more is read."""

    @property
    def is_blocking(self) -> bool: ...


class Sink(Protocol):
    """Accepts events, errors and notices, in order, and says how many of them wait.

    Only the driver calls its methods. Consumers may take items at the same time, in other threads.
    """

    overflow: Overflow
    """What happens to events if it is full."""
    maxsize: int
    """How many events may wait."""
    takes_all: bool
    """Whether everything has room, as the driver waits until somebody has taken it."""
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
        """Whether it accepts no more items."""

    def is_long(self) -> bool:
        """Whether events that are added now should be packed."""

    @property
    def is_blocking(self) -> bool:
        """Whether reading should pause until consumers have made room."""

    def put(self, events: list[Any]) -> int:
        """Add events according to the policy; return how many events were dropped."""

    def insert(self, notice: Any, is_first: bool) -> None:
        """Add a notice before or after all that waits, whatever the size."""

    def discard(self, count: int) -> int:
        """Apply the policy to ``count`` events to save memory; return how many were dropped."""

    def replace(self, change: Callable[[list[Any]], list[Any]]) -> list[Any]:
        """Replace what waits by ``change(what waits)``; return what waited."""

    def sample(self, most: int) -> list[Any]:
        """Return at most ``most`` of the items that wait, evenly spaced."""

    def fail(self, error: BaseException) -> None:
        """Add an error, which no policy drops; the sink stays open."""

    def close(self, error: BaseException | None = None) -> None:
        """Accept no more items: what waits can still be taken, then ``error`` follows."""


class NoSink:
    """The sink of a stream that nobody consumes: it accepts everything and keeps nothing."""

    overflow: Overflow = "drop_oldest"
    maxsize: int = 1
    takes_all: bool = False
    pack_after: int = sys.maxsize
    overflowed: BaseException | None = None
    taken: int = 0
    is_closed: bool = False
    is_blocking: bool = False

    def __len__(self) -> int:
        return 0

    def is_long(self) -> bool:
        return False

    def put(self, events: list[Any]) -> int:
        return 0

    def insert(self, notice: Any, is_first: bool) -> None:
        pass

    def discard(self, count: int) -> int:
        return 0

    def replace(self, change: Callable[[list[Any]], list[Any]]) -> list[Any]:
        return []

    def sample(self, most: int) -> list[Any]:
        return []

    def fail(self, error: BaseException) -> None:
        pass

    def close(self, error: BaseException | None = None) -> None:
        pass
