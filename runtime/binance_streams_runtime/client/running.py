"""The end of a client whose callbacks do the work, without waiting for it."""

from __future__ import annotations

import contextlib
import select
import sys
from collections.abc import Callable
from typing import Generic

from binance_streams_runtime.client.condition import C


class Running(Generic[C]):
    """What ``run_forever`` waits for: until ``end`` is called."""

    def __init__(self, make_condition: Callable[[], C]) -> None:
        self._make_condition = make_condition
        self._changed = make_condition()
        # How many threads or tasks wait.
        self._waiting = 0
        self._is_over = False
        self._error: BaseException | None = None

    @property
    def is_awaited(self) -> bool:
        """Whether anybody waits for the end."""
        return self._waiting > 0

    def end(self, error: BaseException | None = None) -> None:
        """Wake all that wait; the first call decides with which error."""
        with self._changed:
            if not self._is_over:
                self._is_over, self._error = True, error
            self._changed.notify_all()

    def restart(self) -> None:
        """Block again, because there is a new subscription."""
        with self._changed:
            self._is_over, self._error = False, None

    def is_ended_by(self, error: BaseException) -> bool:
        """Return whether ``error`` ends a waiting caller, so need not be reported elsewhere.

        Like a loop that prints, callbacks that print end the program if its output is closed.
        """
        if not isinstance(error, BrokenPipeError) or not output_is_gone():
            return False
        self.end(error)
        return self._waiting > 0

    def abandon(self, error: BaseException) -> None:
        """End in a forked child, where the thread that holds the lock does not run."""
        self._changed = self._make_condition()
        self._is_over, self._error = True, error


def output_is_gone() -> bool:
    """Return whether the reader of standard output is gone, as with ``| head``."""
    # It cannot be known without a standard output, its descriptor, or poll on this system.
    with contextlib.suppress(Exception):
        poll = select.poll()
        poll.register(sys.stdout.fileno(), 0)
        return any(what & (select.POLLERR | select.POLLHUP) for _, what in poll.poll(0))
    return False
