"""What ``run_forever`` waits for: the end of a client whose callbacks do the work."""

from __future__ import annotations

import contextlib
import select
import sys
import threading

# Ctrl-C just before a wait takes effect only after it; on Windows, Ctrl-C during a wait as well.
_MAX_WAIT = 1.0


class Running:
    """Blocks one or more threads until ``end`` is called."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting = 0
        self._is_over = False
        self._error: BaseException | None = None

    def wait(self) -> None:
        """Block until the end; raise the error that caused it, if any."""
        with self._changed:
            self._waiting += 1
            try:
                while not self._is_over:
                    self._changed.wait(_MAX_WAIT)
            finally:
                self._waiting -= 1
            if self._error is not None:
                raise self._error

    def end(self, error: BaseException | None = None) -> None:
        """Unblock all threads; the first call decides with which error."""
        with self._changed:
            if not self._is_over:
                self._is_over, self._error = True, error
            self._changed.notify_all()

    def restart(self) -> None:
        """Block again, because there is a new subscription."""
        with self._changed:
            self._is_over, self._error = False, None

    def is_ended_by(self, error: BaseException) -> bool:
        """Return whether ``error`` ends a waiting thread, so need not be reported elsewhere.

        Like a loop that prints, callbacks that print end the program if its output is closed.
        """
        if not isinstance(error, BrokenPipeError) or not output_is_gone():
            return False
        self.end(error)
        return self._waiting > 0

    def abandon(self, error: BaseException) -> None:
        """End in a forked child, where the thread that holds the lock does not run."""
        self._changed = threading.Condition()
        self._is_over, self._error = True, error


def output_is_gone() -> bool:
    """Return whether the reader of standard output is gone, as with ``| head``."""
    # It cannot be known without a standard output, its descriptor, or poll on this system.
    with contextlib.suppress(Exception):
        poll = select.poll()
        poll.register(sys.stdout.fileno(), 0)
        return any(what & (select.POLLERR | select.POLLHUP) for _, what in poll.poll(0))
    return False
