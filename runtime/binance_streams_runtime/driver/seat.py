"""The driver's seat: which thread may touch an engine and its sockets at the moment.

A thread that waits for events takes the seat if it is free, and leaves it with its event without
waking anybody. The *keeper*, a background thread, takes the seat if it has been free for
``ABSENCE`` seconds, if several threads wait at once, and if it is called. A thread that comes back
asks the keeper for the seat.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

ABSENCE = 0.05
"""Seconds for which the seat may be free before the keeper takes it."""

_SHARED_FOR = 1.0
"""Seconds for which the keeper drives after several threads have waited at once."""

# Seconds after which the keeper looks whether the thread in the seat is still there.
_LOOK = 1.0

# Seconds to wait for the keeper to make room; if it needs longer, it drives on.
_BRIEFLY = 0.001
_PATIENCE = 0.1


class Seat:
    """Lets one thread at a time drive."""

    def __init__(self, wake: Callable[[], None], is_driven: Callable[[], bool]) -> None:
        """``wake`` ends the sleep of the thread in the seat.

        ``is_driven`` says whether a thread takes the seat, has it, or leaves it.
        """
        self._wake = wake
        self._is_driven = is_driven
        self._lock = threading.Lock()
        # The thread in the seat.
        self._driver: int | None = None
        self.visits = 0
        """How often a thread has left the seat."""
        self._keeper_drives = False
        # Held by the one thread that asks the keeper for the seat.
        self._claim = threading.Lock()
        self.is_claimed = False
        """Whether a thread asks the keeper for the seat."""
        self.sleepers: set[int] = set()
        """The threads that wait while another one drives."""
        # Until when the keeper drives because several threads have waited at once.
        self._shared_until = 0.0
        # Calls the keeper: True to take the seat, False because the seat has become free.
        self._calls: SimpleQueue[bool] = SimpleQueue()
        # Whether the keeper sleeps until it is called, because a thread drives.
        self._is_resting = False

    @property
    def is_taken(self) -> bool:
        """Whether a thread drives, or is about to."""
        return self._lock.locked()

    def is_mine(self) -> bool:
        """Return whether the caller is in the seat."""
        return self._driver == threading.get_ident()

    def check_not_mine(self) -> None:
        """Raise RuntimeError if the caller is in the seat: its work must not wait for itself."""
        if self.is_mine():
            raise RuntimeError(
                "this waits for the connection, in the thread that serves it: reconnect= and "
                "backoff= cannot do that"
            )

    def take_now(self) -> bool:
        """Take the seat if it is free at this moment; return whether it was."""
        if not self._lock.acquire(blocking=False):
            return False
        self._driver = threading.get_ident()
        return True

    def take_within(self, seconds: float) -> bool:
        """Take the seat if it becomes free in time; return whether it did."""
        if not self._lock.acquire(timeout=seconds):
            return False
        self._driver = threading.get_ident()
        return True

    # Called by threads that wait for events

    def take(self) -> bool:
        """Take the seat, unless other threads wait as well; return whether it was taken."""
        if (self.sleepers or self._shared_until) and self._is_shared():
            return False
        if not self._lock.acquire(False) and not self._ask_keeper():
            return False
        self._driver = threading.get_ident()
        return True

    def leave(self) -> None:
        """Leave the seat."""
        self._driver = None
        self.visits += 1
        self._lock.release()
        if self.sleepers:
            self._calls.put(True)
        elif self._is_resting:
            self._is_resting = False
            self._calls.put(False)

    def leave_unused(self) -> None:
        """Leave the seat after ``take_now``, without having driven."""
        self._driver = None
        self._lock.release()

    def begin_sleep(self, thread: int) -> None:
        """Wait beside another thread from now on: the keeper drives. See ``sleepers``."""
        self.sleepers.add(thread)
        if not self._keeper_drives:
            self._calls.put(True)
            self._wake()

    def next_call(self, timeout: float) -> bool | None:
        """Return the next call of the keeper; None if there is none in time.

        It is True if the keeper should drive, False if the seat has become free.
        """
        try:
            return self._calls.get(timeout=timeout)
        except Empty:
            return None

    def call_keeper(self) -> None:
        """Have the keeper take the seat, if it is free."""
        self._calls.put(True)

    def _is_shared(self) -> bool:
        now = time.monotonic()
        if self.sleepers:
            self._shared_until = now + _SHARED_FOR
        elif now >= self._shared_until:
            self._shared_until = 0.0
        return self._shared_until > 0

    def _ask_keeper(self) -> bool:
        """Ask the keeper for the seat; return False if it is another thread that has it."""
        self.check_not_mine()
        if self._claim.acquire(blocking=False):
            try:
                self.is_claimed = True
                self._wake()
                # The keeper may just be sitting down, or getting up.
                if self._lock.acquire(timeout=_BRIEFLY):
                    return True
                if self._keeper_drives and self._lock.acquire(timeout=_PATIENCE):
                    return True
            finally:
                self.is_claimed = False
                self._claim.release()
        self._shared_until = time.monotonic() + _SHARED_FOR
        return False

    # Called by the keeper

    def await_call(self) -> None:
        """Return if the keeper is called, or if the seat has been free for ``ABSENCE`` seconds."""
        while True:
            visits = self.visits
            call = self.next_call(ABSENCE)
            if call:
                return
            if call is None and self.visits == visits:
                if not self._lock.locked():
                    return
                self._is_resting = True
                call = self.visits == visits and self.next_call(_LOOK)
                self._is_resting = False
                if call:
                    return
                if call is None:
                    self._free_if_lost()

    def keep(self, is_urgent: bool) -> bool:
        """Take the seat for the keeper; return False if a thread has it that may have it.

        Waits for the seat if it ``is_urgent``, or if other threads sleep: then the one that drives
        leaves it at once.
        """
        if is_urgent or self.sleepers:
            while not self._lock.acquire(timeout=_LOOK):
                self._free_if_lost()
        elif not self._lock.acquire(blocking=False):
            return False
        self._driver = threading.get_ident()
        self._keeper_drives = True
        while not self._calls.empty():
            self._calls.get_nowait()
        return True

    def _free_if_lost(self) -> None:
        """Free the seat if the thread that took it drives no more.

        What raises an exception in another thread may do so between taking the seat and driving.
        """
        visits = self.visits
        is_lost = self._lock.locked() and not self._is_driven()
        # If nobody has left it meanwhile, it was the same thread all the time.
        if is_lost and self._lock.locked() and self.visits == visits:
            self.leave()

    def stop_keeping(self) -> None:
        """Leave the seat, as the keeper."""
        self._keeper_drives = False
        self.leave()

    def vacate(self) -> None:
        """Forget who is in the seat, which is never free again.

        Another thread may get the identifier of one that has ended.
        """
        self._driver = None
