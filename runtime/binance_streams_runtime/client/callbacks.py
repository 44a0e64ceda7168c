"""What the callbacks of all front ends share."""

from __future__ import annotations

from binance_streams_runtime.decoding.message import Message
from binance_streams_runtime.errors import redacted


def ignore(item: object) -> None:
    """Ignore an item that was taken before its callback was stopped."""


def called(label: str, item: object) -> str:
    """Return which callback was called with ``item``; ``label`` is its name in the log."""
    if isinstance(item, Message):
        return f"{label} (called for {redacted(item.stream)})"
    return label
