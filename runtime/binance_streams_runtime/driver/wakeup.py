"""Sleeping until another thread has changed something."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from types import TracebackType

# Ctrl-C just before a wait takes effect only after it; on Windows, Ctrl-C during a wait as well.
_MAX_WAIT = 1.0


class Wakeup:
    """Wakes the threads that sleep until something is ready.

    Notifying costs next to nothing while nobody sleeps, and takes no lock: a ``Condition`` may keep
    its lock forever if a signal's handler raises in the midst of its lines, and whoever notifies
    would hang. As a context, it is a lock for what is changed.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        # A lock for each sleeper, which has locked it, and waits until it is unlocked.
        self._sleepers: list[threading.Lock] = []

    def sleep(self, is_ready: Callable[[], bool], until: float | None = None) -> bool:
        """Sleep until ``is_ready()``; return False if it is not at ``until``."""
        sleeper = threading.Lock()
        sleeper.acquire()
        try:
            # Added before checking: who saw nobody sleep had made it ready.
            self._sleepers.append(sleeper)
            while not is_ready():
                left = _MAX_WAIT if until is None else min(until - time.monotonic(), _MAX_WAIT)
                if left <= 0:
                    return False
                sleeper.acquire(timeout=left)
            return True
        finally:
            with contextlib.suppress(ValueError):
                self._sleepers.remove(sleeper)

    def __enter__(self) -> bool:
        return self._lock.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None:
        self._lock.__exit__(kind, error, traceback)

    def notify_all(self) -> None:
        """Wake all sleeping threads; call this after making something ready."""
        if self._sleepers:
            for sleeper in tuple(self._sleepers):
                # It may have been woken already.
                with contextlib.suppress(RuntimeError):
                    sleeper.release()

    def abandon(self) -> None:
        """Forget who sleeps, in a forked child, where the holder of the lock does not run."""
        self._lock = threading.RLock()
        self._sleepers = []


class Once:
    """An event that one thread waits for.

    It holds no lock that a signal's handler that raises may leave locked forever.
    """

    def __init__(self) -> None:
        self._came: SimpleQueue[None] = SimpleQueue()

    def set(self) -> None:
        """Let it come."""
        self._came.put(None)

    def wait(self, timeout: float) -> bool:
        """Return whether it comes within ``timeout`` seconds."""
        try:
            self._came.get(timeout=timeout)
        except Empty:
            return False
        return True
