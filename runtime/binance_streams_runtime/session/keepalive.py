"""When a connection counts as dead: not open in time, nothing received, or a message incomplete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from binance_streams_runtime.errors import ConnectionLost
from binance_streams_runtime.session.base_connection import BaseConnection
from binance_streams_runtime.session.timeouts import Timeouts

C = TypeVar("C", bound=BaseConnection)

# Seconds that the driver has to report a failed attempt after its deadline, so that what lies in
# the socket is read first. Only a name look-up cannot be stopped; it is abandoned after this time.
_REPORT_TIMEOUT = 1.0


class Keepalive:
    """The deadlines of all connections of a client."""

    def __init__(self, timeouts: Timeouts) -> None:
        self._timeouts = timeouts
        self.deadlines: dict[int, float] = {}
        """When each connection that is not open yet must have left its state, by its number."""
        self.is_paused = False
        """Whether reading is paused, which suspends the idle timeouts."""
        # Connections past their deadline to open, whose driver has been given time to report.
        self._given_time_to_report: set[int] = set()

    def wait(self, connection: BaseConnection, until: float) -> None:
        """Set the time at which the connection is attempted."""
        self.deadlines[connection.number] = until

    def connect(self, now: float, connection: BaseConnection) -> None:
        """Start the time within which the connection must open."""
        self.deadlines[connection.number] = now + self._timeouts.connect

    def may_report(self, now: float, connection: BaseConnection) -> bool:
        """Give the driver time to report a failed attempt; return False the second time."""
        if connection.number in self._given_time_to_report:
            return False
        self._given_time_to_report.add(connection.number)
        self.deadlines[connection.number] = now + _REPORT_TIMEOUT
        return True

    def open(self, now: float, connection: BaseConnection) -> None:
        """Start the idle timeout of a connection that is open now."""
        self.remove(connection.number)
        self.touch(now, connection)

    def touch(self, now: float, connection: BaseConnection, is_mid_message: bool = False) -> None:
        """Restart the idle timeout; ``is_mid_message`` if the bytes completed no message."""
        if not is_mid_message:
            connection.mid_message_since = None
        elif (
            connection.mid_message_since is None
            or now - connection.last_received > self._timeouts.idle
        ):
            # The message begins, or the client was the one that did not read for so long.
            connection.mid_message_since = now
        connection.last_received = now

    def deadline(self, connection: BaseConnection) -> float:
        """Return when the connection must have left its state, or must have received something.

        Bytes only move it to a later time.
        """
        if connection.state != "open":
            return self.deadlines[connection.number]
        idle = self._timeouts.idle
        deadline = connection.last_received + idle
        if connection.mid_message_since is None:
            return deadline
        # A message that only trickles in is no sign of life; a large one may take twice as long as
        # the idle timeout.
        return min(deadline, connection.mid_message_since + 2 * idle)

    def remove(self, number: int) -> None:
        """Forget a connection that is open or has ended."""
        self.deadlines.pop(number, None)
        self._given_time_to_report.discard(number)

    def clear(self) -> None:
        """Forget all connections."""
        for number in list(self.deadlines):
            self.remove(number)

    def due(self, now: float, read_until: float, connections: Mapping[int, C]) -> Iterator[C]:
        """Yield the connections whose deadline has passed.

        A server is judged only by ``read_until``, up to when everything that arrived was read.
        """
        for number, connection in list(connections.items()):
            judged_by = now if connection.state == "waiting" else read_until
            # What the caller did about one of them may have ended another one.
            if number in connections and self.deadline(connection) <= judged_by:
                yield connection

    def error(self, connection: BaseConnection) -> ConnectionLost:
        """Return why a connection is abandoned whose deadline has passed."""
        timeouts = self._timeouts
        if connection.state == "connecting":
            text = f"not open within {timeouts.connect} s: looking up the address may hang"
        elif self.deadline(connection) < connection.last_received + timeouts.idle:
            text = f"an incomplete message from the server for {2 * timeouts.idle} s"
        else:
            text = f"no byte from the server for {timeouts.idle} s"
        return ConnectionLost(text)
