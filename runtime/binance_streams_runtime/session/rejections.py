"""What the server has refused, and what is done about it."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection

# Seconds before the server is asked again for what it refused although it did it before.
_PAUSE = 5.0


class Rejections:
    """The refused streams of one connection.

    A stream that the server has confirmed before does exist, so its refusal is no last word. And of
    a request about many streams nobody knows which of them was the reason.
    """

    def __init__(self) -> None:
        # Confirmed since they are wanted, on this connection or on one before it.
        self._confirmed_once: set[str] = set()
        # When to ask again; None until that is known.
        self._postponed: dict[str, float | None] = {}
        self._groups: deque[list[str]] = deque()

    def __bool__(self) -> bool:
        return bool(self._postponed)

    def __contains__(self, name: str) -> bool:
        """Whether the stream waits to be asked for again."""
        return name in self._postponed

    def mark_confirmed(self, name: str) -> None:
        """The server has confirmed the stream."""
        self._confirmed_once.add(name)

    def inherit(self, other: Rejections) -> None:
        """What was confirmed on the connection before."""
        self._confirmed_once |= other._confirmed_once

    def is_proven(self, name: str) -> bool:
        return name in self._confirmed_once

    def forget(self, name: str) -> None:
        """The stream is not wanted any more."""
        self._confirmed_once.discard(name)
        self._postponed.pop(name, None)

    def postpone(self, name: str) -> None:
        """Ask again later."""
        self._postponed[name] = None

    def settle(self, name: str) -> None:
        """The server does what it refused."""
        self._postponed.pop(name, None)

    def take_due(self, now: float) -> list[str]:
        """The streams that are to be asked for again now."""
        due = []
        for name, at in list(self._postponed.items()):
            if at is None:
                self._postponed[name] = now + _PAUSE
            elif at <= now:
                del self._postponed[name]
                due.append(name)
        return due

    def times(self) -> list[float]:
        """When ``take_due`` should be called."""
        return [at for at in self._postponed.values() if at is not None]

    def split(self, names: list[str]) -> None:
        """A request about all of them was refused: ask for each half by itself."""
        half = len(names) // 2
        self._groups.append(names[:half])
        self._groups.append(names[half:])

    def next_group(self, names: Collection[str]) -> list[str]:
        """Those of ``names`` that are to be asked for together, but without the others."""
        while self._groups:
            group = [name for name in self._groups.popleft() if name in names]
            if group:
                return group
        return []
