"""The life of connections: they open, reach deadlines, and end."""

from __future__ import annotations

from typing import Generic, TypeVar

from binance_streams_runtime.errors import ConnectionLost, client_closed
from binance_streams_runtime.notices import Connected
from binance_streams_runtime.pipeline.router import Router
from binance_streams_runtime.protocol.frames import NORMAL_CLOSURE
from binance_streams_runtime.session.actions import Abort, Notify
from binance_streams_runtime.session.base_connection import BaseConnection
from binance_streams_runtime.session.counters import ReconnectCause
from binance_streams_runtime.session.pool import ConnectionPool
from binance_streams_runtime.session.rotation import Rotation
from binance_streams_runtime.session.timeouts import Timeouts

# A connection is replaced after this many timed-out requests in a row.
_MAX_CONSECUTIVE_TIMEOUTS = 4


C = TypeVar("C", bound=BaseConnection)


class Lifecycle(Generic[C]):
    """Takes the connections of a client from their opening to their end."""

    def __init__(
        self,
        pool: ConnectionPool[C],
        rotation: Rotation[C],
        router: Router,
        timeouts: Timeouts,
        keeps_last: bool = True,
    ) -> None:
        """Begin without connections; ``keeps_last`` keeps the last one, though nothing is on it."""
        self._pool = pool
        self._rotation = rotation
        self._router = router
        self._timeouts = timeouts
        self._keepalive = pool.keepalive
        self._keeps_last = keeps_last

    def opened(self, now: float, connection: C) -> None:
        """Note that the connection is open."""
        connection.state = "open"
        connection.opened_at = now
        connection.rotate_at = now + self._pool.rotation_after()
        self._keepalive.open(now, connection)
        notice = Connected(connection.number, connection.url)
        self._pool.actions.append(Notify(notice))
        others = (one for one in self._pool.connections.values() if one is not connection)
        if all(other.state != "open" for other in others):
            self._router.on_control(notice)

    def lost(
        self,
        now: float,
        number: int,
        error: ConnectionLost,
        cause: ReconnectCause | None = None,
    ) -> None:
        """Handle the end of a connection, or of an attempt: reassign its streams to a new one.

        ``cause`` None is what ``error`` says.
        """
        pool = self._pool
        connection = pool.remove(number)
        if connection is None:
            return
        connection.fail_queries(pool.report.user_error(connection, error))
        handover = pool.handovers.pop(number, None)
        if handover is not None and handover.old is connection:
            self._rotation.old_lost(now, handover, error)
            return
        pause = pool.pause_before_retry(now, connection, error)
        names = [
            name for name in connection.desired if not (handover and handover.has_substitute(name))
        ]
        notice = pool.report.ended(connection, error, names, pause)
        cause = cause or _cause_of(connection, error)
        error = pool.report.user_error(connection, error)
        if pause is not None or handover is not None:
            pool.report.interrupted(now, connection, names)
            for name in names:
                self._router.mark(name, notice)
        if pause is not None:
            successor = pool.succeed(now, connection, pause, cause)
            successor.failure = error
            successor.take_over(connection)
            connection.end(error)
            if handover is not None:
                self._rotation.restart(handover, successor)
        elif handover is not None:
            self._rotation.give_up(handover)
            connection.end(error)
        else:
            pool.fail(connection, error)

    def maintain(self, now: float, connection: C) -> None:
        """Do what is due on a connection after a tick or an answer."""
        pool = self._pool
        pool.flush_sends(now, connection)
        handover = pool.handovers.get(connection.number)
        if handover is not None:
            self._rotation.advance(now, handover)
        is_old = handover is not None and handover.old is connection
        if connection.number not in pool.connections or is_old:
            return
        if (
            connection.state == "open"
            and connection.consecutive_timeouts >= _MAX_CONSECUTIVE_TIMEOUTS
        ):
            connection.consecutive_timeouts = 0
            reason = f"{_MAX_CONSECUTIVE_TIMEOUTS} requests in a row were not answered"
            if handover is None:
                self._rotation.rotate(now, connection, reason, "unanswered")
            else:
                pool.hang_up(connection, NORMAL_CLOSURE)
                self.lost(now, connection.number, ConnectionLost(reason), "unanswered")
        elif connection.rotate_at is not None and connection.rotate_at <= now:
            connection.rotate_at = None
            reason = f"open for nearly {self._timeouts.lifetime:g} s"
            self._rotation.rotate(now, connection, reason, "lifetime")
        elif handover is None and connection.state == "open":
            self._retire_unused(connection)

    def _retire_unused(self, connection: C) -> None:
        """Close a connection that carries nothing, if another one does."""
        if connection.load or connection.is_used or connection.has_queries:
            return
        if not self._keeps_last or any(other.load for other in self._pool.lasting()):
            error = ConnectionLost("nothing is subscribed on it")
            self._pool.close_connection(connection, error)
            self._pool.report.ended(connection, error, [], None)

    # Time

    def tick(self, now: float, read_until: float) -> None:
        """Do what is due; see ``Engine.tick``."""
        connections = self._pool.connections
        for connection in self._keepalive.due(now, read_until, connections):
            self._on_deadline(now, connection)
        for connection in list(connections.values()):
            if not self._keepalive.is_paused:
                connection.expire(now, read_until)
            self.maintain(now, connection)

    def _on_deadline(self, now: float, connection: C) -> None:
        """Handle a passed deadline: attempt a waiting connection, abandon any other."""
        if connection.state == "waiting":
            self._pool.attempt(now, connection)
            return
        if connection.state == "connecting" and self._keepalive.may_report(now, connection):
            return
        if connection.state == "open" and self._keepalive.is_paused:
            self._keepalive.touch(now, connection)
            return
        error = self._keepalive.error(connection)
        self._pool.actions.append(Abort(connection.number))
        is_idle = connection.state == "open"
        self.lost(now, connection.number, error, "idle" if is_idle else None)

    def next_time(self, now: float) -> float | None:
        """Return when to call ``tick`` next; None for never."""
        is_paused, handovers = self._keepalive.is_paused, self._pool.handovers
        times = []
        for connection in self._pool.connections.values():
            times.append(self._keepalive.deadline(connection))
            due = connection.next_time(now, is_paused)
            if due is not None:
                times.append(due)
            if connection.rotate_at is not None and connection.number not in handovers:
                times.append(connection.rotate_at)
        if handovers and not is_paused:
            waiting = (handover.check_at for handover in handovers.values())
            times += [at for at in waiting if at is not None]
        return min(times, default=None)

    def pause(self) -> None:
        """Suspend the idle timeouts, because reading is paused."""
        self._keepalive.is_paused = True

    def resume(self, now: float) -> None:
        """Restart all timeouts, because reading has resumed."""
        self._keepalive.is_paused = False
        for connection in self._pool.connections.values():
            if connection.state == "open":
                self._keepalive.touch(now, connection)
                connection.postpone(now)
        for handover in self._pool.handovers.values():
            handover.postpone(now)

    def close(self, now: float) -> None:
        """Close every connection, because the client is closing."""
        pool = self._pool
        pool.is_closed = True
        for connection in pool.connections.values():
            pool.hang_up(connection, NORMAL_CLOSURE)
            connection.end(client_closed())
        pool.connections.clear()
        pool.assignments.clear()
        pool.handovers.clear()
        self._keepalive.clear()


def _cause_of(connection: BaseConnection, error: ConnectionLost) -> ReconnectCause:
    """Return what ended a connection, or an attempt to open it."""
    if connection.opened_at is None:
        return "unreachable" if error.status is None else "refused"
    return "lost" if error.code is None else "closed"
