"""Faults of the WebSocket API that are injected on request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from binance_streams_simulator.refusals import Refusal

Cut = Literal["received", "executed", "answered"]
"""When the connection is cut: the request is lost; it is done, but not answered; or it is answered,
but the events of it are lost."""
_ANY = "*"


@dataclass
class RequestFault:
    """A fault of the next requests, of some method or of any."""

    left: Counter[str] = field(default_factory=Counter)
    """How many requests of each method it will hit."""

    def arm(self, method: str | None, count: int) -> None:
        """Let it hit the next ``count`` requests of a method; None is any method."""
        self.left[method or _ANY] = count

    def hits(self, method: str) -> bool:
        """Count a request; return whether the fault hits it."""
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
    ignored: RequestFault = field(default_factory=RequestFault)
    held: RequestFault = field(default_factory=RequestFault)
    """Their answers follow the next event."""
    cuts: Mapping[Cut, RequestFault] = field(
        default_factory=lambda: {when: RequestFault() for when in get_args(Cut)}
    )
    refused: RequestFault = field(default_factory=RequestFault)
    refusal: Refusal | None = None
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
        return self.cuts[when].hits(method)
