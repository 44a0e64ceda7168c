"""The connections of one client: which there are, which follows which, and what time does to them.

What is wanted is kept by stream: ``home`` says which connection is to carry it. A connection that
ends hands all that it wanted to a new one (``_succeed``) in the same call, so no stream is ever
without a home as long as somebody wants it.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.errors import ConnectionLost, SetupError, client_closed
from binance_streams_runtime.notices import Connected
from binance_streams_runtime.pipeline.router import Router
from binance_streams_runtime.pipeline.sequence import Interruption
from binance_streams_runtime.protocol.frames import NO_STATUS, NORMAL_CLOSURE
from binance_streams_runtime.session.actions import Abort, Action, Close, Fail, Notify, Open, Send
from binance_streams_runtime.session.connection import Connection
from binance_streams_runtime.session.handover import Handover
from binance_streams_runtime.session.reporter import Reporter, too_late
from binance_streams_runtime.session.retry import Retry
from binance_streams_runtime.session.timeouts import Timeouts

# Seconds for which a connection must have been open for its success to count: a server that takes
# every connection, and drops it, would use up the attempts that the venue allows.
_STABLE_AFTER = 5.0

# Seconds that whoever opens a connection has to report that its time is over, so that what lies in
# the socket is read first. Only the look-up of a name cannot be stopped, and is given up then.
_REPORT = 1.0

# A connection on which so many requests in a row go unanswered is replaced.
_MOST_UNANSWERED = 4


class ConnectionPool:
    """All connections of one client."""

    def __init__(
        self,
        venue: Venue,
        router: Router,
        url: str,
        url_of: Callable[[str], str],
        timeouts: Timeouts,
        retry: Retry,
        max_message: int,
        label: Callable[[str], str],
        on_settled: Callable[[Connection, list[str], BaseException | None], None],
    ) -> None:
        self.connections: dict[int, Connection] = {}
        self.assignments: dict[str, Connection] = {}
        # By either connection's number.
        self.handovers: dict[int, Handover] = {}
        self.actions: list[Action] = []
        self.is_closed = False
        # Whether there is to be a connection even where nothing is wanted of one.
        self.keeps_alive = False
        self.reconnects = 0
        self._venue = venue
        self._router = router
        self._url = url
        self._url_of = url_of
        self._timeouts = timeouts
        self._retry = retry
        self._max_message = max_message
        self.report = Reporter(venue.limits, label, lambda action: self.actions.append(action))
        self._on_settled = on_settled
        self._deadlines: dict[int, float] = {}
        self._opened = 0
        self._is_paused = False

    # Connections that last

    def connection_for(self, now: float, name: str) -> Connection:
        """The connection that still carries ``name``, else one with room, else a new one."""
        connections = self.lasting()
        for connection in connections:
            if connection.carries(name):
                return connection
        url = self._url_of(name)
        most = self._venue.limits.streams_per_connection
        having_room = (one for one in connections if one.url == url and one.load < most)
        return next(having_room, None) or self.new_connection(now, url)

    def lasting(self) -> list[Connection]:
        """The connections that are not about to be left."""
        leaving = {handover.old.number for handover in self.handovers.values()}
        return [
            connection
            for connection in self.connections.values()
            if connection.number not in leaving
        ]

    def new_connection(self, now: float, url: str = "", pause: float = 0.0) -> Connection:
        self._opened += 1
        number = self._opened
        connection = Connection(
            number,
            url or self._url,
            self._venue,
            self._max_message,
            self._timeouts.request,
            on_settled=lambda names, error: self._on_settled(connection, names, error),
            on_interrupted=lambda name: self._interrupted(connection, name),
        )
        self.connections[number] = connection
        self._deadlines[number] = connection.retry_at = now + pause
        if pause == 0:
            self._on_deadline(now, connection)
        return connection

    def _interrupted(self, connection: Connection, name: str) -> None:
        """The stream was not subscribed for a moment."""
        mark = Interruption("it was unsubscribed for a moment")
        handover = self.handovers.get(connection.number)
        if handover is not None and handover.new is connection:
            handover.interrupt(name, mark)
        else:
            self._router.mark(name, mark)

    def opened(self, now: float, connection: Connection) -> None:
        connection.state = "open"
        connection.opened_at = now
        connection.rotate_at = now + self._timeouts.rotation(self._retry.random())
        self.touch(now, connection)
        notice = Connected(connection.number, connection.url)
        self.actions.append(Notify(notice))
        if all(other is connection or other.state != "open" for other in self.connections.values()):
            self._router.on_control(notice)

    # Ends

    def lost(self, now: float, number: int, error: ConnectionLost) -> None:
        """The connection ended, or could not be opened; what it carried gets another one."""
        connection = self.connections.pop(number, None)
        if connection is None:
            return
        self._deadlines.pop(number, None)
        connection.fail_queries(self.report.user_error(connection, error))
        handover = self.handovers.pop(number, None)
        if handover is not None and handover.old is connection:
            self._lost_old(now, handover, error)
            return
        pause = self._pause(now, connection, error)
        names = [
            name for name in connection.desired if not (handover and handover.has_substitute(name))
        ]
        notice = self.report.ended(number, error, names, pause)
        error = self.report.user_error(connection, error)
        if pause is not None or handover is not None:
            self.report.suspended(now, connection, names)
            for name in names:
                self._router.mark(name, notice)
        if pause is None:
            self._end(connection, handover, error)
            return
        successor = self._succeed(now, connection, pause)
        successor.failure = error
        successor.take_over(connection)
        connection.end(error)
        if handover is not None:
            handover.restart(successor)
            self.handovers[successor.number] = handover
        self.maintain(now, successor)

    def _lost_old(self, now: float, handover: Handover, error: ConnectionLost) -> None:
        """The old connection ended before its time: what it had still to say is lost."""
        old, new = handover.old, handover.new
        del self.handovers[new.number]
        names = [name for name in new.desired if name not in new.confirmed]
        pause = max(0.0, new.retry_at - now) if names else None
        notice = self.report.ended(old.number, error, names, pause)
        self.report.suspended(now, new, names)
        new.failure = new.failure or self.report.user_error(old, error)
        handover.release(notice)
        old.end(error)
        self._rotate_next(now, new)

    def _give_back(self, handover: Handover) -> None:
        """There is to be no new connection: the old one goes on to its own end."""
        old, new = handover.old, handover.new
        del self.handovers[old.number]
        for name in new.desired:
            self.assignments[name] = old
            old.add_desired(name)
        handover.take_back()
        handover.end_overlap()

    def _succeed(self, now: float, connection: Connection, pause: float) -> Connection:
        """A new connection that is to carry what ``connection`` should."""
        successor = self.new_connection(now, connection.url, pause)
        successor.backoff = connection.backoff
        successor.interrupted_at, successor.interrupted = (
            connection.interrupted_at,
            connection.interrupted,
        )
        connection.interrupted_at, connection.interrupted = None, {}
        for name in connection.desired:
            self.assignments[name] = successor
        successor.adopt_desired(connection)
        self.reconnects += 1
        return successor

    def _end(
        self, connection: Connection, handover: Handover | None, error: ConnectionLost
    ) -> None:
        """Nobody wants another attempt: everything on the connection is over."""
        if handover is not None:
            self._give_back(handover)
            connection.end(error)
            return
        names = list(connection.desired)
        if names or not self.lasting():
            self._router.on_control(error)
        for name in names:
            self.assignments.pop(name, None)
        connection.end(error)
        self.actions.extend(Fail(name, error) for name in names)

    def hang_up(self, connection: Connection, code: int) -> None:
        if connection.state == "open":
            # 1005 stands for a close frame without a code, and must not be sent.
            payload = b"" if code == NO_STATUS else code.to_bytes(2, "big")
            self.actions.append(Close(connection.number, payload))
        else:
            self.actions.append(Abort(connection.number))

    def _leave(self, connection: Connection, error: ConnectionLost) -> None:
        """The connection is not needed any more."""
        self.connections.pop(connection.number, None)
        self._deadlines.pop(connection.number, None)
        self.handovers.pop(connection.number, None)
        self.hang_up(connection, NORMAL_CLOSURE)
        connection.end(error)

    # Make before break

    def replace(self, now: float, connection: Connection, reason: str) -> None:
        """Open the connection that is to follow ``connection``, which goes on until it is left."""
        handover = self.handovers.get(connection.number)
        if handover is not None and handover.new is connection:
            # One after the other: it may already bring what no other connection does.
            connection.rotate_reason = reason
        if connection.state != "open" or handover is not None or not self._is_needed(connection):
            return
        pause = self._pause(now, connection, ConnectionLost(reason))
        if pause is None:
            return
        successor = self._succeed(now, connection, pause)
        patience = self._timeouts.handover
        handover = Handover(connection, successor, reason, patience, self._router, self._venue)
        self.handovers[connection.number] = self.handovers[successor.number] = handover
        self.maintain(now, successor)

    def _rotate_next(self, now: float, connection: Connection) -> None:
        """A handover to ``connection`` is over; it may be its own turn already."""
        reason, connection.rotate_reason = connection.rotate_reason, None
        if reason is not None:
            self.replace(now, connection, reason)

    def advance(self, now: float, handover: Handover) -> None:
        """Leave the old connection where it has nothing more to give."""
        if self._is_paused or self.handovers.get(handover.old.number) is not handover:
            return
        handover.advance(now)
        if not handover.is_over:
            self.flush_sends(now, handover.old)
            return
        old, new = handover.old, handover.new
        reason = f"{handover.reason}; connection {new.number} has taken over"
        error = ConnectionLost(reason)
        self._leave(old, error)
        self.report.ended(old.number, error, [], None)
        del self.handovers[new.number]
        self._rotate_next(now, new)

    # Time

    def touch(self, now: float, connection: Connection, is_mid_message: bool = False) -> None:
        if not is_mid_message:
            connection.mid_message_since = None
        elif (
            connection.mid_message_since is None
            or now - connection.last_received > self._timeouts.idle
        ):
            # It begins, or nobody has read for so long that the time was not the server's.
            connection.mid_message_since = now
        connection.last_received = now
        begun = connection.mid_message_since
        # A message that trickles in is no better than none; a large one may take twice as long.
        longest = math.inf if begun is None else begun + 2 * self._timeouts.idle
        self._deadlines[connection.number] = min(now + self._timeouts.idle, longest)

    def _pause(self, now: float, connection: Connection, error: ConnectionLost) -> float | None:
        """How long to wait before the next attempt, or None where there is to be none."""
        if isinstance(error, SetupError) or self.is_closed or not self._is_needed(connection):
            return None
        if not self._retry.is_wanted(error):
            return None
        is_stable = connection.opened_at is not None and now - connection.opened_at >= _STABLE_AFTER
        if connection.backoff is None or (is_stable and connection.has_traffic):
            connection.backoff = iter(self._retry.backoff())
        return self._retry.pause(connection.backoff, error)

    def _is_needed(self, connection: Connection) -> bool:
        """Whether there must be a connection in its place."""
        is_last = self.keeps_alive and all(other is connection for other in self.lasting())
        return connection.is_used or is_last

    def maintain(self, now: float, connection: Connection) -> None:
        """Whatever time or an answer may have made due on a connection."""
        self.flush_sends(now, connection)
        handover = self.handovers.get(connection.number)
        if handover is not None:
            self.advance(now, handover)
        if connection.number not in self.connections or (
            handover is not None and handover.old is connection
        ):
            return
        if connection.state == "open" and connection.unanswered >= _MOST_UNANSWERED:
            connection.unanswered = 0
            reason = f"{_MOST_UNANSWERED} requests in a row were not answered"
            if handover is None:
                self.replace(now, connection, reason)
            else:
                self.hang_up(connection, NORMAL_CLOSURE)
                self.lost(now, connection.number, ConnectionLost(reason))
        elif connection.rotate_at is not None and connection.rotate_at <= now:
            connection.rotate_at = None
            self.replace(now, connection, f"open for nearly {self._timeouts.lifetime:g} s")
        elif (
            connection.state == "open"
            and not connection.load
            and not connection.is_used
            and handover is None
        ):
            self._retire_idle(connection)

    def _on_deadline(self, now: float, connection: Connection) -> None:
        """The time that a connection had in its state is over."""
        if connection.state == "waiting":
            at = (
                self._retry.reserve(now) if connection.attempt_at is None else connection.attempt_at
            )
            if at > now:
                connection.attempt_at = connection.retry_at = self._deadlines[connection.number] = (
                    at
                )
                self.report.rate_limited(connection.number, at - now)
                return
            connection.state = "connecting"
            self._deadlines[connection.number] = now + self._timeouts.connect
            self.actions.append(Open(connection.number, connection.url))
            return
        if connection.state == "connecting" and not connection.is_overdue:
            connection.is_overdue = True
            self._deadlines[connection.number] = now + _REPORT
            return
        if connection.state == "open" and self._is_paused:
            self.touch(now, connection)
            return
        error = too_late(connection, self._deadlines[connection.number], self._timeouts)
        self.actions.append(Abort(connection.number))
        self.lost(now, connection.number, error)

    def _retire_idle(self, connection: Connection) -> None:
        """Close a connection that carries nothing, where another one does."""
        if any(other.load for other in self.lasting()):
            error = ConnectionLost("nothing is subscribed on it any more")
            self._leave(connection, error)
            self.report.ended(connection.number, error, [], None)

    def flush_sends(self, now: float, connection: Connection) -> None:
        while (frame := connection.due(now)) is not None:
            self.actions.append(Send(connection.number, *frame))

    def pause(self) -> None:
        """Nothing is read from now on: silence is no sign of death."""
        self._is_paused = True

    def resume(self, now: float) -> None:
        """Reading goes on."""
        self._is_paused = False
        for connection in self.connections.values():
            if connection.state == "open":
                self.touch(now, connection)
                connection.postpone(now)
        for handover in self.handovers.values():
            handover.postpone(now)

    def close(self, now: float) -> None:
        """The client is closing: say goodbye on every connection."""
        self.is_closed = True
        for connection in self.connections.values():
            self.hang_up(connection, NORMAL_CLOSURE)
            connection.end(client_closed())
        self.connections.clear()
        self.assignments.clear()
        self._deadlines.clear()
        self.handovers.clear()

    def tick(self, now: float, read_until: float) -> None:
        """Do what is due; see Core."""
        for number, deadline in list(self._deadlines.items()):
            connection = self.connections.get(number)
            if connection and deadline <= (now if connection.state == "waiting" else read_until):
                self._on_deadline(now, connection)
        for connection in list(self.connections.values()):
            if connection.number in self.connections:
                if not self._is_paused:
                    connection.expire(now, read_until)
                self.maintain(now, connection)

    def next_time(self, now: float) -> float | None:
        """When ``tick`` should be called next, or None where nothing is awaited."""
        times = list(self._deadlines.values())
        for connection in self.connections.values():
            due = connection.next_time(now, self._is_paused)
            if due is not None:
                times.append(due)
            if connection.rotate_at is not None and connection.number not in self.handovers:
                times.append(connection.rotate_at)
        if self.handovers and not self._is_paused:
            waiting = (handover.look_at for handover in self.handovers.values())
            times += [at for at in waiting if at is not None]
        return min(times, default=None)
