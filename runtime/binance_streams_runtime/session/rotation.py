"""Replacing connections that still live: make before break, one handover after the other."""

from __future__ import annotations

from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.errors import ConnectionLost
from binance_streams_runtime.pipeline.router import Router
from binance_streams_runtime.session.connection import Connection
from binance_streams_runtime.session.handover import Handover
from binance_streams_runtime.session.pool import ConnectionPool


class Rotation:
    """Begins, advances and ends the handovers of a client's connections."""

    def __init__(self, pool: ConnectionPool, router: Router, venue: Venue, patience: float) -> None:
        """``patience`` is the seconds that a handover has to prove that nothing is missing."""
        self._pool = pool
        self._router = router
        self._venue = venue
        self._patience = patience

    def rotate(self, now: float, connection: Connection, reason: str) -> None:
        """Open the connection that is to follow ``connection``, which goes on until it is left."""
        pool = self._pool
        handover = pool.handovers.get(connection.number)
        if handover is not None and handover.new is connection:
            # One after the other: it may already bring what no other connection does.
            connection.rotate_reason = reason
        if connection.state != "open" or handover is not None or not pool.is_needed(connection):
            return
        pause = pool.pause_before_retry(now, connection, ConnectionLost(reason))
        if pause is None:
            return
        successor = pool.succeed(now, connection, pause)
        handover = Handover(
            connection, successor, reason, self._patience, self._router, self._venue, pool.ids
        )
        pool.handovers[connection.number] = pool.handovers[successor.number] = handover

    def advance(self, now: float, handover: Handover) -> None:
        """Leave the old connection if it has nothing more to give."""
        pool = self._pool
        if pool.keepalive.is_paused or pool.handovers.get(handover.old.number) is not handover:
            return
        handover.advance(now)
        if not handover.is_over:
            pool.flush_sends(now, handover.old)
            return
        old, new = handover.old, handover.new
        error = ConnectionLost(f"{handover.reason}; connection {new.number} has taken over")
        pool.leave(old, error)
        pool.report.ended(old.number, error, [], None)
        del pool.handovers[new.number]
        self._rotate_next(now, new)

    def old_lost(self, now: float, handover: Handover, error: ConnectionLost) -> None:
        """The old connection ended before its time: what it had still to deliver is lost."""
        pool, old, new = self._pool, handover.old, handover.new
        del pool.handovers[new.number]
        names = [name for name in new.desired if name not in new.confirmed]
        pause = max(0.0, new.retry_at - now) if names else None
        notice = pool.report.ended(old.number, error, names, pause)
        pool.report.interrupted(now, new, names)
        new.failure = new.failure or pool.report.user_error(old, error)
        handover.flush(notice)
        old.end(error)
        self._rotate_next(now, new)

    def give_up(self, handover: Handover) -> None:
        """There is to be no new connection: the old one goes on to its own end."""
        old, new = handover.old, handover.new
        del self._pool.handovers[old.number]
        for name in new.desired:
            self._pool.assignments[name] = old
            old.add_desired(name)
        handover.take_back()
        handover.end_overlap()

    def restart(self, handover: Handover, new: Connection) -> None:
        """Go on with another new connection, as the one before is lost."""
        handover.restart(new)
        self._pool.handovers[new.number] = handover

    def _rotate_next(self, now: float, connection: Connection) -> None:
        """A handover to ``connection`` is over; it may be its own turn already."""
        reason, connection.rotate_reason = connection.rotate_reason, None
        if reason is not None:
            self.rotate(now, connection, reason)
