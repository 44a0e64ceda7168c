"""What is counted of a session's connections and requests; it never decreases."""

from __future__ import annotations

from typing import Literal

ReconnectCause = Literal[
    "closed",
    "idle",
    "lifetime",
    "lost",
    "refused",
    "shutdown",
    "stale",
    "unanswered",
    "unreachable",
]
"""Why a connection was replaced by another one.

``closed``: by a close frame, or because the server broke the protocol; ``idle``: nothing came for
too long; ``lifetime``: it was nearly as old as the server allows; ``lost``: it ended in any other
way; ``refused``: the server answered the handshake with an HTTP error; ``shutdown``: the server
announced its end; ``stale``: one of its streams was idle for too long, and its user wanted another
connection; ``unanswered``: the server did not answer requests, or not as desired; ``unreachable``:
it could not be opened.
"""

Outcome = Literal["accepted", "rejected", "unanswered"]
"""How a request ended: ``unanswered`` if the answer was late, or the connection ended."""


class SessionCounters:
    """The counters of one session, over all its connections."""

    def __init__(self) -> None:
        self.reconnects: dict[ReconnectCause, int] = {}
        """How many connections were replaced, by cause."""
        self.requests: dict[tuple[str, Outcome], int] = {}
        """How many requests have ended that were sent, by method and outcome."""

    def replaced(self, cause: ReconnectCause) -> None:
        """Count a connection that was replaced."""
        self.reconnects[cause] = self.reconnects.get(cause, 0) + 1

    def ended(self, method: str, error: BaseException | None, is_answered: bool) -> None:
        """Count a request that was sent, and has ended with ``error`` or without one."""
        outcome: Outcome = "accepted" if error is None else "rejected"
        if not is_answered:
            outcome = "unanswered"
        self.requests[method, outcome] = self.requests.get((method, outcome), 0) + 1
