"""What a relay counts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class RelayStats:
    """What a relay has done since its start, and what it has now."""

    clients: int = 0
    """Connections that are open."""
    clients_accepted: int = 0
    """Connections that were ever opened."""
    clients_dropped: int = 0
    """Connections that were reset because they did not read what they had subscribed to."""
    violations: int = 0
    """How often a client exceeded a limit."""
    streams: int = 0
    """Streams that are subscribed to upstream."""
    messages_received: int = 0
    """Messages that came from upstream, each once."""
    messages_sent: int = 0
    """Messages that were written to clients, or wait for one that is slow."""
    messages_conflated: int = 0
    """Messages that a slow client does not get because a newer one replaced them."""
    bytes_sent: int = 0
    """Bytes of the messages that were written to clients."""
    gaps: int = 0
    """Interruptions upstream in which messages of a stream were missed."""
    snapshots: int = 0
    """Order books that were answered from the relay's own, without request weight."""
    requests_forwarded: int = 0
    """Requests of the REST API that were passed on upstream."""
