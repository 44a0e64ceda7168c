"""What the front ends give to the parts that both share, so that users can wait for them."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol, TypeVar


class Condition(Protocol):
    """A lock, and a way to wake whoever waits for a change: threads or tasks."""

    def __enter__(self) -> bool: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None: ...

    def notify_all(self) -> None:
        """Wake all that wait; called with the lock held."""


C = TypeVar("C", bound=Condition)
