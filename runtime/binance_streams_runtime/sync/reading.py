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
        self._mark = 0.0
        self._turns_left = _TURNS_BEHIND
        self._lookers: list[tuple[float, threading.Event]] = []

    def turned(self, looked_at: float, is_all_read: bool) -> None:
        """A turn looked at ``looked_at``, and found nothing in any socket if ``is_all_read``."""
        if not is_all_read:
            self._turns_left -= 1
            if self._turns_left:
                return
        self.until = looked_at if is_all_read else self._mark
        self._mark, self._turns_left = looked_at, _TURNS_BEHIND

    def look(self, now: float, looked: threading.Event) -> None:
        """Set ``looked`` once everything that had arrived by ``now`` has been read."""
        self._lookers.append((now, looked))

    @property
    def is_awaited(self) -> bool:
        """Whether turns should follow each other without sleep, as somebody waits for them."""
        return bool(self._lookers)

    def answer(self, is_over: bool = False) -> None:
        """Set what can be set, or all of it if there will be no other turn."""
        waiting = []
        for asked_at, looked in self._lookers:
            if is_over or asked_at <= self.until:
                looked.set()
            else:
                waiting.append((asked_at, looked))
        self._lookers = waiting
