"""When a connection counts as dead: not open in time, nothing received, or a message incomplete."""

from __future__ import annotations

import math
from collections.abc import Iterator

from binance_streams_runtime.errors import ConnectionLost
from binance_streams_runtime.session.connection import Connection
from binance_streams_runtime.session.timeouts import Timeouts

# Seconds that the driver has to report a failed attempt after its deadline, so that what lies in
# the socket is read first. Only a name look-up cannot be stopped; it is abandoned after this time.
_REPORT_TIMEOUT = 1.0


class Keepalive:
    """The deadlines of all connections of a client."""

    def __init__(self, timeouts: Timeouts) -> None:
        self._timeouts = timeouts
        self.deadlines: dict[int, float] = {}
        """When each connection must have left its state, by its number."""
        self.is_paused = False
        """Whether reading is paused, which suspends the idle timeouts."""
        # Since when bytes have come without completing a message.
        self._mid_message_since: dict[int, float] = {}
        # Connections past their deadline to open, whose driver has been given time to report.
        self._given_time_to_report: set[int] = set()

    def wait(self, connection: Connection, until: float) -> None:
        """Set the time at which the connection is attempted."""
        self.deadlines[connection.number] = until

    def connect(self, now: float, connection: Connection) -> None:
        """Start the time within which the connection must open."""
        self.deadlines[connection.number] = now + self._timeouts.connect

    def may_report(self, now: float, connection: Connection) -> bool:
        """Give the driver time to report a failed attempt; return False the second time."""
        if connection.number in self._given_time_to_report:
            return False
        self._given_time_to_report.add(connection.number)
        self.deadlines[connection.number] = now + _REPORT_TIMEOUT
        return True

    def touch(self, now: float, connection: Connection, is_mid_message: bool = False) -> None:
        """Restart the idle timeout; ``is_mid_message`` if the bytes completed no message."""
        number, idle = connection.number, self._timeouts.idle
        if is_mid_message:
            since = self._mid_message_since.get(number)
            if since is None or now - connection.last_received > idle:
                # The message begins, or the client was the one that did not read for so long.
                since = self._mid_message_since[number] = now
            # A message that only trickles in is no sign of life; a large one may take twice as
            # long as the idle timeout.
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
        self._given_time_to_report.discard(number)

    def clear(self) -> None:
        """Forget all connections."""
        for number in list(self.deadlines):
            self.remove(number)

    def due(
        self, now: float, read_until: float, connections: dict[int, Connection]
    ) -> Iterator[Connection]:
        """Yield the connections whose deadline has passed.

        A server is judged only by ``read_until``, up to when everything that arrived was read.
        """
        for number, deadline in list(self.deadlines.items()):
            connection = connections.get(number)
            if connection and deadline <= (now if connection.state == "waiting" else read_until):
                yield connection

    def error(self, connection: Connection) -> ConnectionLost:
        """Return why a connection is abandoned whose deadline has passed."""
        deadline, timeouts = self.deadlines[connection.number], self._timeouts
        if connection.state == "connecting":
            text = f"not open within {timeouts.connect} s: looking up the address may hang"
        elif deadline < connection.last_received + timeouts.idle:
            text = f"an incomplete message from the server for {2 * timeouts.idle} s"
        else:
            text = f"no byte from the server for {timeouts.idle} s"
        return ConnectionLost(text)
