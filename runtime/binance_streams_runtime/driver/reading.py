"""Up to when everything that had arrived is read, so that no server is judged too early."""

from __future__ import annotations

from typing import Protocol

# Everything that had arrived before this many turns was read in them, however fast a server sends:
# a turn reads 16 KiB or more from each socket, and no system buffer holds more than all the turns.
_TURNS_BEHIND = 1024


class Signal(Protocol):
    """An event that someone waits for."""

    def set(self) -> None: ...


class Reading:
    """How far the turns of a loop have read.

    Each turn checks all sockets, reads some of what has arrived on each, and calls ``on_turn``.
    """

    def __init__(self) -> None:
        self.until = 0.0
        """Everything that had arrived by this time has been read."""
        self._next_until = 0.0
        self._turns_left = _TURNS_BEHIND
        self.waiters: list[tuple[float, Signal]] = []
        """Those for whom turns should follow each other without sleep."""

    def on_turn(self, started: float, is_all_read: bool) -> None:
        """Note a turn that began at ``started``; ``is_all_read`` if no socket had any data."""
        if not is_all_read:
            self._turns_left -= 1
            if self._turns_left:
                return
        self.until = started if is_all_read else self._next_until
        self._next_until, self._turns_left = started, _TURNS_BEHIND

    def notify_when_read(self, now: float, is_read: Signal) -> None:
        """Set ``is_read`` once everything that had arrived by ``now`` has been read."""
        self.waiters.append((now, is_read))

    def notify(self, is_over: bool = False) -> None:
        """Set the events whose time is read, or all if ``is_over``, after the last turn."""
        waiting = []
        for moment, is_read in self.waiters:
            if is_over or moment <= self.until:
                is_read.set()
            else:
                waiting.append((moment, is_read))
        self.waiters = waiting
