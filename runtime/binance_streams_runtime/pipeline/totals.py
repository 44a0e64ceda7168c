"""What was counted of streams that have ended, so that sums over all streams never decrease."""

from __future__ import annotations

from binance_streams_runtime.pipeline.route import Route

COUNTERS = (
    *("messages", "bytes", "gaps", "filled", "missing"),
    *("duplicates", "late", "undecodable"),
)
"""The counters of a route that only increase. What it dropped is counted by policy elsewhere."""


class Totals:
    """Sums of the counters of several routes."""

    __slots__ = COUNTERS

    def __init__(self) -> None:
        self.messages: int = 0
        self.bytes: int = 0
        self.gaps: int = 0
        self.filled: int = 0
        self.missing: int = 0
        self.duplicates: int = 0
        self.late: int = 0
        self.undecodable: int = 0

    def add(self, counted: Route | Totals) -> None:
        """Add the counters of a route, or other sums."""
        self.messages += counted.messages
        self.bytes += counted.bytes
        self.gaps += counted.gaps
        self.filled += counted.filled
        self.missing += counted.missing
        self.duplicates += counted.duplicates
        self.late += counted.late
        self.undecodable += counted.undecodable
