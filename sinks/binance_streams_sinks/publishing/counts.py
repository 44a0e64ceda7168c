"""What became of messages that were to be published."""

from __future__ import annotations

from msgspec import Struct


class Loss(Struct):
    """Messages of one subject that were received but not stored."""

    subject: str
    stream: str | None
    """The name of the stream; None for notices and snapshots."""
    reason: str
    count: int
    first_id: str
    last_id: str
    since: int
    """When the first of them was received: Unix time in nanoseconds."""
    until: int


class Counts(Struct):
    """What became of all messages so far, and what waits."""

    submitted: int = 0
    stored: int = 0
    """Those that the log has acknowledged, also if it had them already."""
    duplicates: int = 0
    """Those of them that the log had already."""
    retried: int = 0
    """How often a message had to be published again."""
    not_stored: int = 0
    """Those that were dropped."""
    pending: int = 0
    """Those that wait, or that are being published."""
    pending_bytes: int = 0
