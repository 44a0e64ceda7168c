"""What is sent on a connection of the WebSocket API, and when."""

from __future__ import annotations

from collections import deque

from binance_streams_simulator.api.session import ApiSession
from binance_streams_simulator.connection import VenueConnection


class _Late:
    """Texts that are sent later, in their order."""

    def __init__(self, connection: VenueConnection) -> None:
        self._connection = connection
        self._waiting: deque[tuple[float, bytes]] = deque()

    def send(self, text: bytes, seconds: float) -> None:
        """Send a text after some time, but not before those that were sent earlier."""
        if not seconds and not self._waiting:
            self._connection.reply(text)
            return
        due = self._connection.loop.time() + seconds
        if self._waiting:
            due = max(due, self._waiting[-1][0])
        self._waiting.append((due, text))
        self._connection.loop.call_at(due, self._send_due)

    def _send_due(self) -> None:
        now = self._connection.loop.time()
        while self._waiting and self._waiting[0][0] <= now:
            self._connection.reply(self._waiting.popleft()[1])


class Channel:
    """One connection, its session, and its answers and events that are still to be sent."""

    def __init__(self, number: int, connection: VenueConnection, session: ApiSession) -> None:
        self.number = number
        """Connections are counted from 1."""
        self.connection = connection
        self.session = session
        self._answers = _Late(connection)
        self._events = _Late(connection)
        self._held: list[bytes] = []

    @property
    def address(self) -> str:
        """Of the client."""
        return address_of(self.connection)

    def answer(self, text: bytes, delay: float) -> None:
        """Send an answer."""
        self._answers.send(text, delay)

    def hold(self, text: bytes) -> None:
        """Send an answer only after the next event."""
        self._held.append(text)

    def event(self, text: bytes, delay: float) -> None:
        """Send an event, and the answers that have waited for one."""
        self._events.send(text, delay)
        self.release(delay)

    def release(self, delay: float = 0.0) -> None:
        """Send the answers that have waited for an event."""
        held, self._held = self._held, []
        for text in held:
            self._events.send(text, delay)


def address_of(connection: VenueConnection) -> str:
    """Return the address of a client."""
    peer = connection.transport.get_extra_info("peername")
    return str(peer[0]) if peer else ""
