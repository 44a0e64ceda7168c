"""Faults of the WebSocket API that are injected on request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from binance_streams_simulator.api.errors import ApiRefusal

Cut = Literal["received", "executed", "answered"]
"""When the connection is cut: the request is lost; it is done, but not answered; or it is answered,
but the events of it are lost."""
_ANY = "*"


@dataclass
class Orders:
    """What is to happen to the next so many requests of some method."""

    left: Counter[str] = field(default_factory=Counter)

    def give(self, method: str | None, count: int) -> None:
        """Order it for the next ``count`` requests; None is any method."""
        self.left[method or _ANY] = count

    def take(self, method: str) -> bool:
        """Return whether it is to happen to a request."""
        for name in (method, _ANY):
            if self.left[name] > 0:
                self.left[name] -= 1
                return True
        return False


@dataclass
class ApiFaults:
    """The active faults. Tests set them, the server's thread reads them."""

    is_stalled: bool = False
    """Nothing at all is sent."""
    is_refusing: bool = False
    refusal_status: int | None = None
    """HTTP status of rejected handshakes; None resets the connection instead."""
    retry_after: int | None = None
    clock_shift: float = 0.0
    """By how many seconds the server's clock is ahead."""
    answer_delay: float = 0.0
    event_delay: float = 0.0
    ignored: Orders = field(default_factory=Orders)
    held: Orders = field(default_factory=Orders)
    """Their answers follow the next event."""
    cuts: Mapping[Cut, Orders] = field(
        default_factory=lambda: {"received": Orders(), "executed": Orders(), "answered": Orders()}
    )
    refused: Orders = field(default_factory=Orders)
    refusal: ApiRefusal | None = None
    events_to_skip: int = 0
    events_to_repeat: int = 0

    def copies(self) -> int:
        """Return how often to send the next event: not at all, once or twice."""
        if self.events_to_skip > 0:
            self.events_to_skip -= 1
            return 0
        if self.events_to_repeat > 0:
            self.events_to_repeat -= 1
            return 2
        return 1

    def cut(self, when: Cut, method: str) -> bool:
        """Return whether to cut the connection at this point of a request."""
        return self.cuts[when].take(method)
