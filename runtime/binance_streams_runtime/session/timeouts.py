"""Time limits of a session."""

from __future__ import annotations

from msgspec import Struct

# The fraction of a connection's lifetime after which it is replaced is drawn from this range, so
# that the connections of one client, and of many, are not all replaced at the same moment.
_EARLIEST, _LATEST = 0.95, 0.99

# The longest handover takes three times ``Timeouts.handover`` and two requests.
_LONGEST_HANDOVER = 4


class Timeouts(Struct, frozen=True):
    """Limits in seconds."""

    connect: float = 10.0
    """For opening a connection: address look-up, TCP, TLS and handshake together."""
    request: float = 5.0
    """For the server to answer a request."""
    idle: float = 30.0
    """Without a byte from the server before the connection counts as dead; the server's pings come
    more often than that."""
    lifetime: float = 24 * 60 * 60.0
    """After which the server closes a connection; the client replaces it slightly earlier."""
    handover: float = 10.0
    """For an old connection to show, stream by stream, that nothing is missing."""

    def rotation(self, random: float) -> float:
        """Return the age in seconds at which a connection is replaced.

        It leaves enough time for the longest handover. ``random`` is from 0 to 1.
        """
        usable = max(self.lifetime - _LONGEST_HANDOVER * self.handover, self.lifetime / 2)
        return usable * (_EARLIEST + (_LATEST - _EARLIEST) * random)
