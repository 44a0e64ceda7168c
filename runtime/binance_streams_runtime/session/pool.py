"""The connections of a client, and which of them carries which stream.

``assignments`` maps each desired stream to its connection. When a connection ends, its
subscriptions are reassigned to a new one in the same call (``succeed``), so a desired stream always
has a connection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Generic, TypeVar

from binance_streams_runtime.catalog.venue import Limits
from binance_streams_runtime.errors import ConnectionLost, SetupError
from binance_streams_runtime.pipeline.router import Router
from binance_streams_runtime.pipeline.sequence import Interruption
from binance_streams_runtime.protocol.frames import NO_STATUS, NORMAL_CLOSURE
from binance_streams_runtime.session.actions import Abort, Action, Close, Fail, Open, Send
from binance_streams_runtime.session.base_connection import BaseConnection
from binance_streams_runtime.session.counters import ReconnectCause, SessionCounters
from binance_streams_runtime.session.handover import Handover
from binance_streams_runtime.session.keepalive import Keepalive
from binance_streams_runtime.session.reporter import Reporter
from binance_streams_runtime.session.retry import Retry
from binance_streams_runtime.session.timeouts import Timeouts

# Seconds that a connection must have been open before the backoff starts over: a server that
# accepts every connection and drops it would use up the attempts that the venue allows.
_STABLE_AFTER = 5.0


C = TypeVar("C", bound=BaseConnection)

MakeConnection = Callable[
    [
        int,
        str,
        Callable[[list[str], BaseException | None], None],
        Callable[[str], None],
    ],
    C,
]
"""Makes a connection of its number, URL, ``on_settled`` and ``on_interrupted``."""


class ConnectionPool(Generic[C]):
    """All connections of one client to servers of one protocol."""

    def __init__(
        self,
        limits: Limits,
        router: Router,
        url_of: Callable[[str], str],
        timeouts: Timeouts,
        retry: Retry,
        label: Callable[[str], str],
        make_connection: MakeConnection[C],
        on_settled: Callable[[C, list[str], BaseException | None], None],
        actions: list[Action] | None = None,
        numbers: Iterator[int] | None = None,
    ) -> None:
        """Have no connection.

        Args:
            limits: Those of the server.
            router: Learns of interruptions.
            url_of: Returns the URL for a stream, or for a query if the name is empty.
            timeouts: The time limits.
            retry: Whether and when to connect again.
            label: Returns the name of a stream for notices.
            make_connection: Makes a connection.
            on_settled: Called with a connection, the streams of an answered request, and its error.
            actions: Gets what is decided; a pool of another protocol may share it.
            numbers: Numbers the connections; a pool of another protocol may share it.
        """
        self.connections: dict[int, C] = {}
        self.assignments: dict[str, C] = {}
        self.handovers: dict[int, Handover[C]] = {}
        """The handovers in progress, each by the numbers of both its connections."""
        self.actions: list[Action] = [] if actions is None else actions
        self.is_closed: bool = False
        self.keeps_alive: bool = False
        """Whether to keep a connection even if no stream is subscribed."""
        self.counters: SessionCounters = SessionCounters()
        self.keepalive: Keepalive = Keepalive(timeouts)
        self.report: Reporter = Reporter(limits, label, self.actions.append)
        self._limits = limits
        self._router = router
        self._url_of = url_of
        self._timeouts = timeouts
        self._retry = retry
        self._make_connection = make_connection
        self._on_settled = on_settled
        self.numbers: Iterator[int] = count(1) if numbers is None else numbers

    # Which connections there are

    def connection_for(self, now: float, name: str) -> C:
        """Return the connection that still carries ``name``, or one with room, or a new one."""
        connections = self.lasting()
        most = self._limits.streams_per_connection
        for connection in connections:
            # A request for a stream that it has never carried may be under way on a full one.
            if connection.carries(name) and connection.load <= most:
                return connection
        url = self._url_of(name)
        having_room = (one for one in connections if one.url == url and one.load < most)
        return next(having_room, None) or self.new_connection(now, url)

    def lasting(self) -> list[C]:
        """Return the connections that are not being replaced."""
        leaving = {handover.old.number for handover in self.handovers.values()}
        return [one for one in self.connections.values() if one.number not in leaving]

    def is_needed(self, connection: C) -> bool:
        """Return whether the connection needs a successor when it ends."""
        is_last = self.keeps_alive and all(other is connection for other in self.lasting())
        return connection.is_used or is_last

    def new_connection(self, now: float, url: str = "", pause: float = 0.0) -> C:
        """Make a connection, and attempt it after ``pause`` seconds."""
        connection = self._make_connection(
            next(self.numbers),
            url or self._url_of(""),
            lambda names, error: self._on_settled(connection, names, error),
            lambda name: self._interrupted(connection, name),
        )
        connection.counters = self.counters
        self.connections[connection.number] = connection
        connection.retry_at = now + pause
        self.keepalive.wait(connection, connection.retry_at)
        if pause == 0:
            self.attempt(now, connection)
        return connection

    def attempt(self, now: float, connection: C) -> None:
        """Open a connection as soon as the server's limit on attempts allows."""
        planned = connection.attempt_at
        at = self._retry.reserve(now) if planned is None else planned
        if at > now:
            connection.attempt_at = connection.retry_at = at
            self.keepalive.wait(connection, at)
            self.report.rate_limited(connection, at - now)
            return
        connection.state = "connecting"
        self.keepalive.connect(now, connection)
        self.actions.append(Open(connection.number, connection.url))

    def pause_before_retry(self, now: float, connection: C, error: ConnectionLost) -> float | None:
        """Return the seconds to wait before the next attempt; None for no attempt."""
        if isinstance(error, SetupError) or self.is_closed or not self.is_needed(connection):
            return None
        if not self._retry.should_retry(error):
            return None
        is_stable = connection.opened_at is not None and now - connection.opened_at >= _STABLE_AFTER
        if connection.backoff is None or (is_stable and connection.has_traffic):
            connection.backoff = iter(self._retry.backoff())
        return self._retry.pause(connection.backoff, error)

    def rotation_after(self) -> float:
        """Draw the age in seconds at which a connection that opens now is replaced."""
        return self._timeouts.rotation(self._retry.random())

    # Which connection carries what

    def succeed(self, now: float, connection: C, pause: float, cause: ReconnectCause) -> C:
        """Make a new connection, and reassign the streams of ``connection`` to it."""
        successor = self.new_connection(now, connection.url, pause)
        successor.backoff = connection.backoff
        successor.interrupted_at = connection.interrupted_at
        successor.interrupted = connection.interrupted
        connection.interrupted_at, connection.interrupted = None, {}
        for name in connection.desired:
            self.assignments[name] = successor
        successor.adopt_desired(connection)
        self.counters.replaced(cause)
        return successor

    def fail(self, connection: C, error: ConnectionLost) -> None:
        """End a connection and its streams for good, without another attempt."""
        names = list(connection.desired)
        if names or not self.lasting():
            self._router.on_control(error)
        for name in names:
            self.assignments.pop(name, None)
        connection.end(error)
        self.actions.extend(Fail(name, error) for name in names)

    def remove(self, number: int) -> C | None:
        """Remove a connection from the pool and return it; None if it is not there."""
        self.keepalive.remove(number)
        return self.connections.pop(number, None)

    def close_connection(self, connection: C, error: ConnectionLost) -> None:
        """Close a connection that is no longer needed."""
        self.remove(connection.number)
        self.handovers.pop(connection.number, None)
        self.hang_up(connection, NORMAL_CLOSURE)
        connection.end(error)

    def hang_up(self, connection: C, code: int) -> None:
        """Have the driver close the connection's socket, with a close frame if it is open."""
        if connection.state == "open":
            # 1005 stands for a close frame without a code, and must not be sent.
            payload = b"" if code == NO_STATUS else code.to_bytes(2, "big")
            self.actions.append(Close(connection.number, payload))
        else:
            self.actions.append(Abort(connection.number))

    def flush_sends(self, now: float, connection: C) -> None:
        """Have the driver send what the connection may send now."""
        while (frame := connection.due(now)) is not None:
            self.actions.append(Send(connection.number, *frame))

    def _interrupted(self, connection: C, name: str) -> None:
        """Mark an interruption of a stream that was unsubscribed for a moment."""
        mark = Interruption("it was unsubscribed for a moment")
        handover = self.handovers.get(connection.number)
        if handover is not None and handover.new is connection:
            handover.interrupt(name, mark)
        else:
            self._router.mark(name, mark)
