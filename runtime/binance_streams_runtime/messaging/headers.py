"""The headers of messages in a log."""

from __future__ import annotations

from collections.abc import Mapping

MESSAGE_ID = "Nats-Msg-Id"
"""The message's id, by which NATS JetStream recognizes what it has already."""

RECEIVED = "Binance-Received"
"""When the collector received the message: Unix time in nanoseconds, by its own clock."""

COLLECTOR = "Binance-Collector"
"""The name of the collector that published it."""


def received_of(headers: Mapping[str, str]) -> int | None:
    """Return when a message was received, in Unix nanoseconds; None if no header says so."""
    text = headers.get(RECEIVED, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 20 else None
