"""Replacing connections that are still alive: make before break, one handover at a time."""

from __future__ import annotations

from typing import Generic, TypeVar

from binance_streams_runtime.errors import ConnectionLost
from binance_streams_runtime.pipeline.router import Router
from binance_streams_runtime.session.base_connection import BaseConnection
from binance_streams_runtime.session.counters import ReconnectCause
from binance_streams_runtime.session.handover import Handover
from binance_streams_runtime.session.pool import ConnectionPool

C = TypeVar("C", bound=BaseConnection)


class Rotation(Generic[C]):
    """Begins, advances and ends the handovers of a client's connections."""

    def __init__(self, pool: ConnectionPool[C], router: Router, patience: float) -> None:
        """Set up without any handover.

        ``patience`` is the seconds that a handover may take to prove that nothing is missing.
        """
        self._pool = pool
        self._router = router
        self._patience = patience

    def rotate(self, now: float, connection: C, reason: str, cause: ReconnectCause) -> None:
        """Open a successor of ``connection``, which stays open until the handover is complete."""
        pool = self._pool
        handover = pool.handovers.get(connection.number)
        if handover is not None and handover.new is connection:
            # It may already deliver what no other connection does, so finish this handover first.
            connection.rotate_reason = reason, cause
        if connection.state != "open" or handover is not None or not pool.is_needed(connection):
            return
        pause = pool.pause_before_retry(now, connection, ConnectionLost(reason))
        if pause is None:
            return
        successor = pool.succeed(now, connection, pause, cause)
        handover = Handover(connection, successor, reason, self._patience, self._router)
        pool.handovers[connection.number] = pool.handovers[successor.number] = handover

    def advance(self, now: float, handover: Handover[C]) -> None:
        """Advance a handover, and close the old connection once everything is taken over."""
        pool = self._pool
        if pool.keepalive.is_paused or pool.handovers.get(handover.old.number) is not handover:
            return
        handover.advance(now)
        if not handover.is_over:
            pool.flush_sends(now, handover.old)
            return
        old, new = handover.old, handover.new
        error = ConnectionLost(f"{handover.reason}; connection {new.number} has taken over")
        pool.close_connection(old, error)
        pool.report.ended(old, error, [], None)
        del pool.handovers[new.number]
        self._rotate_next(now, new)

    def old_lost(self, now: float, handover: Handover[C], error: ConnectionLost) -> None:
        """Handle the early end of the old connection: what it had yet to deliver is lost."""
        pool, old, new = self._pool, handover.old, handover.new
        del pool.handovers[new.number]
        names = [name for name in new.desired if name not in new.confirmed]
        pause = max(0.0, new.retry_at - now) if names else None
        notice = pool.report.ended(old, error, names, pause)
        pool.report.interrupted(now, new, names)
        new.failure = new.failure or pool.report.user_error(old, error)
        handover.flush(notice)
        old.end(error)
        self._rotate_next(now, new)

    def give_up(self, handover: Handover[C]) -> None:
        """Abandon a handover without a new connection: the old one keeps its streams."""
        old, new = handover.old, handover.new
        del self._pool.handovers[old.number]
        for name in new.desired:
            self._pool.assignments[name] = old
            old.add_desired(name)
        handover.take_back()
        handover.end_overlap()

    def restart(self, handover: Handover[C], new: C) -> None:
        """Continue a handover with another new connection, because the previous one was lost."""
        handover.restart(new)
        self._pool.handovers[new.number] = handover

    def _rotate_next(self, now: float, connection: C) -> None:
        """Rotate ``connection``, which has just taken over, if that was requested meanwhile."""
        planned, connection.rotate_reason = connection.rotate_reason, None
        if planned is not None:
            self.rotate(now, connection, *planned)
