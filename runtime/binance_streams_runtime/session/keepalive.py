"""When a server counts as dead: not open, nothing received, or half a message for too long."""

from __future__ import annotations

import math
from collections.abc import Iterator

from binance_streams_runtime.errors import ConnectionLost
from binance_streams_runtime.session.connection import Connection
from binance_streams_runtime.session.timeouts import Timeouts

# Seconds that whoever opens a connection has to report that its time is over, so that what lies in
# the socket is read first. Only the look-up of a name cannot be stopped, and is given up then.
_REPORT = 1.0


class Keepalive:
    """The deadlines of all connections of a client."""

    def __init__(self, timeouts: Timeouts) -> None:
        self._timeouts = timeouts
        self.deadlines: dict[int, float] = {}
        """When the time is over that each connection has in its state, by its number."""
        self.is_paused = False
        """Whether nothing is read: silence is no sign of death then."""
        # Since when bytes of one message have come without completing it.
        self._mid_message_since: dict[int, float] = {}
        # Whose time to open is over, though whoever opens it has not said so yet.
        self._overdue: set[int] = set()

    def wait(self, connection: Connection, until: float) -> None:
        """Do nothing with a connection before this time."""
        self.deadlines[connection.number] = until

    def connect(self, now: float, connection: Connection) -> None:
        """Begin the time within which the connection must be open."""
        self.deadlines[connection.number] = now + self._timeouts.connect

    def may_report(self, now: float, connection: Connection) -> bool:
        """Give whoever opens the connection the time to report; return False the second time."""
        if connection.number in self._overdue:
            return False
        self._overdue.add(connection.number)
        self.deadlines[connection.number] = now + _REPORT
        return True

    def touch(self, now: float, connection: Connection, is_mid_message: bool = False) -> None:
        """Note that bytes came; ``is_mid_message`` if they completed no message."""
        number, idle = connection.number, self._timeouts.idle
        if is_mid_message:
            since = self._mid_message_since.get(number)
            if since is None or now - connection.last_received > idle:
                # It begins, or nobody has read for so long that the time was not the server's.
                since = self._mid_message_since[number] = now
            # A message that trickles in is no better than none; a large one may take twice as long.
            longest = since + 2 * idle
        else:
            if self._mid_message_since:
                self._mid_message_since.pop(number, None)
            longest = math.inf
        connection.last_received = now
        self.deadlines[number] = min(now + idle, longest)

    def remove(self, number: int) -> None:
        """Forget a connection that has ended."""
        self.deadlines.pop(number, None)
        self._mid_message_since.pop(number, None)
        self._overdue.discard(number)

    def clear(self) -> None:
        """Forget all connections."""
        for number in list(self.deadlines):
            self.remove(number)

    def due(
        self, now: float, read_until: float, connections: dict[int, Connection]
    ) -> Iterator[Connection]:
        """Yield the connections whose time is over.

        What a server should have done counts as missing only if all was read that had arrived.
        """
        for number, deadline in list(self.deadlines.items()):
            connection = connections.get(number)
            if connection and deadline <= (now if connection.state == "waiting" else read_until):
                yield connection

    def error(self, connection: Connection) -> ConnectionLost:
        """Say why a connection is given up whose time is over."""
        deadline, timeouts = self.deadlines[connection.number], self._timeouts
        if connection.state == "connecting":
            text = f"not open within {timeouts.connect} s: looking up the address may hang"
        elif deadline < connection.last_received + timeouts.idle:
            text = f"half a message from the server in {2 * timeouts.idle} s"
        else:
            text = f"no byte from the server for {timeouts.idle} s"
        return ConnectionLost(text)
