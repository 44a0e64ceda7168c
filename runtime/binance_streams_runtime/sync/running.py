"""What ``run_forever`` waits for: the end of a program whose callbacks do the work."""

from __future__ import annotations

import contextlib
import select
import sys
import threading

# Ctrl-C is heard only behind a wait if it comes right before it, and on Windows within it as well.
_MAX_WAIT = 1.0


class Running:
    """Blocks one thread or several until somebody says that it is over."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting = 0
        self._is_over = False
        self._error: BaseException | None = None

    def wait(self) -> None:
        """Block until it is over; raises what ended it."""
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
        """It is over; the first one who says so decides with which error."""
        with self._changed:
            if not self._is_over:
                self._is_over, self._error = True, error
            self._changed.notify_all()

    def restart(self) -> None:
        """There is work again."""
        with self._changed:
            self._is_over, self._error = False, None

    def is_ended_by(self, error: BaseException) -> bool:
        """Whether a thread that waits here is given ``error``, so that nobody else need be.

        As a loop that prints, callbacks that print end the program once nobody reads its output.
        """
        if not isinstance(error, BrokenPipeError) or not output_is_gone():
            return False
        self.end(error)
        return self._waiting > 0

    def abandon(self, error: BaseException) -> None:
        """End in a forked child, where whoever holds the lock does not run."""
        self._changed = threading.Condition()
        self._is_over, self._error = True, error


def output_is_gone() -> bool:
    """Whether nobody reads standard output any more, as when ``head`` has seen enough."""
    # No standard output, none with a descriptor, no poll on this system: nobody knows.
    with contextlib.suppress(Exception):
        poll = select.poll()
        poll.register(sys.stdout.fileno(), 0)
        return any(what & (select.POLLERR | select.POLLHUP) for _, what in poll.poll(0))
    return False
