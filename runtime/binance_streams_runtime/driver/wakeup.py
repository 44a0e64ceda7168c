"""Sleeping until another thread has changed something."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType

# On Windows, Ctrl-C takes effect only after a wait.
_MAX_WAIT = 1.0 if sys.platform == "win32" else None


class Wakeup:
    """Wakes the threads that sleep until something is ready.

    Notifying costs next to nothing while nobody sleeps. As a context, it is the lock.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._sleepers = 0

    def sleep(self, is_ready: Callable[[], bool], until: float | None = None) -> bool:
        """Sleep until ``is_ready()``; return False if it is not at ``until``."""
        with self._changed:
            # Counted before checking: who saw nobody sleep had made it ready.
            self._sleepers += 1
            try:
                while not is_ready():
                    left = None if until is None else until - time.monotonic()
                    if left is not None and left <= 0:
                        return False
                    self._changed.wait(_MAX_WAIT if left is None else left)
                return True
            finally:
                self._sleepers -= 1

    def __enter__(self) -> bool:
        return self._changed.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None:
        self._changed.__exit__(kind, error, traceback)

    def notify_all(self) -> None:
        """Wake all sleeping threads; called with the lock held."""
        self._changed.notify_all()

    def notify(self) -> None:
        """Wake all sleeping threads; call this after making something ready."""
        if self._sleepers:
            with self._changed:
                self._changed.notify_all()

    def abandon(self) -> None:
        """Forget who sleeps, in a forked child, where the holder of the lock does not run."""
        self._changed = threading.Condition()
        self._sleepers = 0
