"""What a process holds, and whether it grows."""

from __future__ import annotations

import gc
import os
import threading
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Held:
    """What this process holds at one moment."""

    megabytes: float
    threads: int
    descriptors: int

    def __str__(self) -> str:
        return f"{self.megabytes:.1f} MB, {self.threads} threads, {self.descriptors} descriptors"


def held() -> Held:
    """As of now; garbage is collected first."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return Held(
        pages * os.sysconf("SC_PAGE_SIZE") / 1e6,
        threading.active_count(),
        len(os.listdir("/proc/self/fd")),
    )


@dataclass
class Account:
    """The trades of one stream: every id must be delivered once, or reported missing."""

    first: int | None = None
    last: int = 0
    delivered: int = 0
    missing: int = 0
    disorder: int = 0

    def take(self, trade_id: int) -> None:
        if self.first is None:
            self.first = trade_id
        elif trade_id <= self.last:
            self.disorder += 1
        self.last = max(self.last, trade_id)
        self.delivered += 1

    @property
    def unaccounted(self) -> int:
        """Ids that were neither delivered nor reported missing."""
        if self.first is None:
            return 0
        return self.last - self.first + 1 - self.delivered - self.missing
