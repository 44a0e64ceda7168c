"""Up to when everything that had arrived has been read, so that nobody is judged before that."""

from __future__ import annotations

import threading

# What had arrived before so many turns was read in them, however fast a server sends: a turn reads
# 16 KiB or more of each socket, and no buffer of the system is larger than all of them together.
_TURNS_BEHIND = 1024


class Reading:
    """What the turns of a loop have read.

    Each turn looks into all sockets, takes a part of what lies in each that has something, and
    says so here.
    """

    def __init__(self) -> None:
        self.until = 0.0
        """Everything that had arrived by this time has been read."""
        self._next_until = 0.0
        self._turns_left = _TURNS_BEHIND
        self._waiters: list[tuple[float, threading.Event]] = []

    def on_turn(self, started: float, is_all_read: bool) -> None:
        """A turn looked at ``started``, and found nothing in any socket if ``is_all_read``."""
        if not is_all_read:
            self._turns_left -= 1
            if self._turns_left:
                return
        self.until = started if is_all_read else self._next_until
        self._next_until, self._turns_left = started, _TURNS_BEHIND

    def notify_when_read(self, now: float, is_read: threading.Event) -> None:
        """Set ``is_read`` once everything that had arrived by ``now`` has been read."""
        self._waiters.append((now, is_read))

    @property
    def is_awaited(self) -> bool:
        """Whether turns should follow each other without sleep, as somebody waits for them."""
        return bool(self._waiters)

    def notify(self, is_over: bool = False) -> None:
        """Set what can be set, or all of it if there will be no other turn."""
        waiting = []
        for moment, is_read in self._waiters:
            if is_over or moment <= self.until:
                is_read.set()
            else:
                waiting.append((moment, is_read))
        self._waiters = waiting
