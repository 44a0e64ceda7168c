"""Streams that the server has rejected, and when to request them again."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection

# Seconds before the client again requests a stream that was rejected after it had been confirmed.
_PAUSE = 5.0


class Rejections:
    """The rejected streams of one connection.

    A stream that the server has confirmed before exists, so its rejection is retried. A batch
    rejection does not say which stream caused it, so the batch is bisected.
    """

    def __init__(self) -> None:
        # Confirmed since they became desired, on this connection or on an earlier one.
        self._confirmed_once: set[str] = set()
        # When to request the stream again; None until ``take_due`` has set the time.
        self._postponed: dict[str, float | None] = {}
        self._groups: deque[list[str]] = deque()

    def __bool__(self) -> bool:
        return bool(self._postponed)

    def __contains__(self, name: str) -> bool:
        """Whether the stream waits to be requested again."""
        return name in self._postponed

    def mark_confirmed(self, name: str) -> None:
        """Note that the server has confirmed the stream."""
        self._confirmed_once.add(name)

    def inherit(self, other: Rejections) -> None:
        """Adopt which streams were confirmed on the previous connection."""
        self._confirmed_once |= other._confirmed_once

    def was_confirmed(self, name: str) -> bool:
        """Return whether the server has confirmed the stream before."""
        return name in self._confirmed_once

    def forget(self, name: str) -> None:
        """Forget a stream that is no longer desired."""
        self._confirmed_once.discard(name)
        self._postponed.pop(name, None)

    def postpone(self, name: str) -> None:
        """Request the stream again later."""
        self._postponed[name] = None

    def settle(self, name: str) -> None:
        """Stop waiting for a stream: the server now has it after all."""
        self._postponed.pop(name, None)

    def take_due(self, now: float) -> list[str]:
        """Remove and return the streams to request again now."""
        due = []
        for name, at in list(self._postponed.items()):
            if at is None:
                self._postponed[name] = now + _PAUSE
            elif at <= now:
                del self._postponed[name]
                due.append(name)
        return due

    def times(self) -> list[float]:
        """Return the times at which ``take_due`` has something to return."""
        return [at for at in self._postponed.values() if at is not None]

    def split(self, names: list[str]) -> None:
        """Bisect a rejected batch: request each half by itself."""
        half = len(names) // 2
        self._groups.append(names[:half])
        self._groups.append(names[half:])

    def next_group(self, names: Collection[str]) -> list[str]:
        """Return the next group of ``names`` to request without the others; empty if none."""
        while self._groups:
            group = [name for name in self._groups.popleft() if name in names]
            if group:
                return group
        return []
