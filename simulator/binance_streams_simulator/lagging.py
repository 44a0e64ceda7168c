"""Connections that lag behind the market: recent events, until the last connection has them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from binance_streams_simulator.connection import VenueConnection
from binance_streams_simulator.hub import Event

# A timer may fire a little early.
MARGIN = 0.001


class LaggingFeed:
    """The events of the last seconds, and the connections that get them late."""

    def __init__(self) -> None:
        self.connections: set[VenueConnection] = set()
        self.later = 0.0
        """The lag of connections that are opened from now on, in seconds."""
        self._events: deque[tuple[float, Event, int]] = deque()

    @property
    def is_used(self) -> bool:
        """Whether events have to be remembered."""
        return bool(self.later or self.connections)

    def join(self, connection: VenueConnection, now: float) -> None:
        """Add a connection that was opened."""
        if self.later:
            self._set(connection, self.later, now - self.later)

    def leave(self, connection: VenueConnection) -> None:
        """Remove a connection that ended."""
        self.connections.discard(connection)

    def delay(self, connection: VenueConnection, lag: float, now: float) -> None:
        """Let a connection lag by ``lag`` seconds from now on; no event is sent twice."""
        if connection in self.connections:
            self._set(connection, lag, connection.fed_until)
        elif lag:
            self._set(connection, lag, now)

    def publish(self, now: float, event: Event, copies: int) -> None:
        """Remember an event for as long as a connection may need it."""
        # What a connection has not got yet may be older than its lag if the process stood still.
        due = min((connection.fed_until for connection in self.connections), default=now)
        limit = min(now - self.later, due) - 1.0
        while self._events and self._events[0][0] < limit:
            self._events.popleft()
        self._events.append((now, event, copies))

    def take_due(self, connection: VenueConnection, now: float) -> Iterator[tuple[Event, int]]:
        """Yield the events that reach the connection by now, in order, each once."""
        since, connection.fed_until = connection.fed_until, now - connection.lag
        for published, event, copies in list(self._events):
            if since < published <= connection.fed_until:
                yield event, copies
        if not connection.lag:
            self.connections.discard(connection)

    def _set(self, connection: VenueConnection, lag: float, fed_until: float) -> None:
        connection.lag = lag
        connection.fed_until = fed_until
        self.connections.add(connection)
