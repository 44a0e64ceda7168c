"""How long things may take."""

from __future__ import annotations

from msgspec import Struct

# The share of a connection's life after which it is replaced is drawn from here, so that the
# connections of one client, and of many, are not all replaced at the same moment.
_EARLIEST, _LATEST = 0.95, 0.99

# A handover that has to wait for everything takes three times ``Timing.handover`` and two requests.
_LONGEST_HANDOVER = 4


class Timeouts(Struct, frozen=True):
    """Limits in seconds."""

    connect: float = 10.0
    """For a connection to be open: address, TCP, TLS and handshake together."""
    request: float = 5.0
    """For the server to answer a request."""
    idle: float = 30.0
    """Without a byte from the server before the connection is dead; its pings come more often."""
    lifetime: float = 24 * 60 * 60.0
    """After which the server ends a connection; it is replaced a little earlier."""
    handover: float = 10.0
    """For a connection that is replaced to show, stream by stream, that nothing is missing."""

    def rotation(self, random: float) -> float:
        """Return how many seconds after its opening a connection is replaced.

        Early enough for the longest handover; ``random`` is from 0 to 1.
        """
        usable = max(self.lifetime - _LONGEST_HANDOVER * self.handover, self.lifetime / 2)
        return usable * (_EARLIEST + (_LATEST - _EARLIEST) * random)
