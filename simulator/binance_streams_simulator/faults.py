"""Faults that the server injects on request."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Faults:
    """The active faults. Tests set them, the server's thread reads them."""

    is_muted: bool = False
    """Pings and responses continue, events stop."""
    is_stalled: bool = False
    """Nothing at all is sent."""
    is_refusing: bool = False
    refusal_status: int | None = None
    """HTTP status of rejected handshakes; None resets the connection instead."""
    retry_after: int | None = None
    requests_to_ignore: int = 0
    events_to_skip: Counter[str] = field(default_factory=Counter)
    events_to_repeat: Counter[str] = field(default_factory=Counter)
    events_to_empty: Counter[str] = field(default_factory=Counter)

    def copies(self, stream: str) -> int:
        """Return how often to send the next event of ``stream``: not at all, once or twice."""
        if self.events_to_skip[stream] > 0:
            self.events_to_skip[stream] -= 1
            return 0
        if self.events_to_repeat[stream] > 0:
            self.events_to_repeat[stream] -= 1
            return 2
        return 1

    def empties(self, stream: str) -> bool:
        """Return whether to send the next event of ``stream`` with empty lists."""
        if self.events_to_empty[stream] <= 0:
            return False
        self.events_to_empty[stream] -= 1
        return True

    def ignores_request(self) -> bool:
        """Return whether to ignore this request."""
        if self.requests_to_ignore <= 0:
            return False
        self.requests_to_ignore -= 1
        return True
