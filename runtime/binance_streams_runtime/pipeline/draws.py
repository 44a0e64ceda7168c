"""Numbers that are drawn at random for pauses, and can be drawn again from the same seed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable


class Draws:
    """A sequence of numbers from 0 to 1 for each purpose, independent of all others."""

    def __init__(self, seed: int) -> None:
        self.seed: int = seed
        """What makes the sequences."""
        self._counts: dict[str, int] = {}

    def restart(self) -> None:
        """Begin each sequence anew."""
        self._counts.clear()

    def of(self, purpose: str) -> Callable[[], float]:
        """Return what draws the next number for a purpose."""

        def draw() -> float:
            count = self._counts[purpose] = self._counts.get(purpose, 0) + 1
            text = f"{self.seed} {purpose} {count}".encode()
            return int.from_bytes(hashlib.blake2b(text, digest_size=6).digest()) / 2**48

        return draw
