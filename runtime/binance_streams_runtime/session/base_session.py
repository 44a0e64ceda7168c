"""What the sessions of all protocols have in common.

The caller passes in what happened and when, and carries out the actions that the session returns:
what to open, send, close and report. So it can be tested in simulated time, and used by any front
end.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, Generic, TypeVar

from binance_streams_runtime.catalog.venue import Limits
from binance_streams_runtime.errors import ConnectionLost, RequestTimeout, shown
from binance_streams_runtime.notices import ServerShutdown, Undecodable
from binance_streams_runtime.pipeline.recorder import Recorder
from binance_streams_runtime.pipeline.router import Router
from binance_streams_runtime.pipeline.sequence import Interruption
from binance_streams_runtime.protocol.frames import Binary, Closed, Ping, Violation
from binance_streams_runtime.session.actions import Abort, Action, Confirm, Fail, Notify, TimedOut
from binance_streams_runtime.session.base_connection import BaseConnection
from binance_streams_runtime.session.counters import SessionCounters
from binance_streams_runtime.session.lifecycle import Lifecycle
from binance_streams_runtime.session.pool import ConnectionPool
from binance_streams_runtime.session.rotation import Rotation
from binance_streams_runtime.session.timeouts import Timeouts

C = TypeVar("C", bound=BaseConnection)


class BaseSession(ABC, Generic[C]):
    """The subscriptions of a client to servers of one protocol, and what carries them."""

    def __init__(
        self,
        pool: ConnectionPool[C],
        router: Router,
        timeouts: Timeouts,
        limits: Limits,
        keeps_last: bool = True,
    ) -> None:
        """Have no connection; ``keeps_last`` keeps the last one, though nothing is on it."""
        self._pool = pool
        self._router = router
        self._limits = limits
        self.recorder: Recorder | None = None
        """Notified of what has come, while the client is recorded."""
        self.received_bytes: int = 0
        """Received so far, over all connections."""
        self.actions: list[Action] = pool.actions
        """What ``take_actions`` would return."""
        self._rotation = Rotation(pool, router, timeouts.handover)
        self._lifecycle = Lifecycle(pool, self._rotation, router, timeouts, keeps_last)

    def record(self, recorder: Recorder | None) -> None:
        """Notify ``recorder`` of what comes from now on; None ends that."""
        self.recorder = recorder

    # Inputs

    def unsubscribe(self, now: float, name: str) -> None:
        """Unsubscribe from ``name``; no-op if not subscribed."""
        connection = self._pool.assignments.pop(name, None)
        if connection is not None:
            self._forget(now, connection, name, connection.remove_desired)
            self._pool.flush_sends(now, connection)

    def resubscribe(self, now: float, name: str) -> None:
        """Unsubscribe from a stream, and subscribe to it again."""
        connection = self._pool.assignments.get(name)
        if connection is not None:
            connection.resubscribe(name)
            self._pool.flush_sends(now, connection)

    def rotate(self, now: float, name: str, reason: str) -> None:
        """Replace the connection that carries ``name``."""
        connection = self._pool.assignments.get(name)
        if connection is not None:
            self._rotation.rotate(now, connection, reason, "stale")

    def resubscribe_stale(self, now: float, name: str, reason: str) -> None:
        """Resubscribe to a stream that was idle for too long, and mark an interruption."""
        self._router.mark(name, Interruption(reason))
        self.resubscribe(now, name)

    def rotate_stale(self, now: float, name: str, reason: str) -> None:
        """Replace the connection that carries a stream that was idle for too long.

        The connection is replaced only once, however many of its streams are idle.
        """
        self._router.mark(name, Interruption(reason))
        connection = self._pool.assignments.get(name)
        if connection is None:
            return
        if connection.number not in self._pool.handovers or name in connection.confirmed:
            self._rotation.rotate(now, connection, reason, "stale")
        handover = self._pool.handovers.get(self._pool.assignments[name].number)
        if handover is not None:
            handover.distrust(name, reason)

    def is_desired(self, name: str) -> bool:
        """Return whether ``name`` is subscribed, confirmed or not."""
        return name in self._pool.assignments

    def opened(self, now: float, number: int) -> None:
        """Handle an opened connection: send what is due on it."""
        connection = self._pool.connections.get(number)
        if connection is None or connection.state != "connecting":
            self._pool.actions.append(Abort(number))
            return
        self._lifecycle.opened(now, connection)
        self._begin(now, connection)
        self._pool.flush_sends(now, connection)

    @abstractmethod
    def _begin(self, now: float, connection: C) -> None:
        """Queue what a connection needs first."""

    @abstractmethod
    def received(self, now: float, number: int, data: bytes) -> bool:
        """Handle received bytes. Events are left in the router's arrivals.

        Return whether nothing else has come, so that no deadline is earlier than before.
        """

    def lost(self, now: float, number: int, error: ConnectionLost) -> None:
        """Handle the end of a connection, or of an attempt to open it."""
        self._lifecycle.lost(now, number, error)

    def pause(self) -> None:
        """Suspend the idle timeouts, because reading is paused."""
        self._lifecycle.pause()

    def resume(self, now: float) -> None:
        """Restart all timeouts, because reading has resumed."""
        self._lifecycle.resume(now)

    def close(self, now: float) -> None:
        """Close every connection, because the client is closing."""
        self._lifecycle.close(now)

    def tick(self, now: float, read_until: float | None = None) -> None:
        """Do what is due ``now``; see ``Engine.tick``."""
        self._lifecycle.tick(now, now if read_until is None else read_until)

    # Outputs

    def next_time(self, now: float) -> float | None:
        """Return when to call ``tick`` next; None for never."""
        return self._lifecycle.next_time(now)

    def take_actions(self) -> list[Action]:
        """Return the actions to carry out, in order; each is returned once."""
        actions = [*self.actions]
        self.actions.clear()
        return actions

    def is_handing_over(self) -> bool:
        """Return whether a connection is being replaced, so that events may be held back."""
        return bool(self._pool.handovers)

    @property
    def numbers(self) -> Iterator[int]:
        """What numbers the connections, for a session that shares it."""
        return self._pool.numbers

    @property
    def reconnects(self) -> int:
        """How many connections were replaced."""
        return sum(self._pool.counters.reconnects.values())

    @property
    def counters(self) -> SessionCounters:
        """What is counted of all connections and requests."""
        return self._pool.counters

    @counters.setter
    def counters(self, counters: SessionCounters) -> None:
        self._pool.counters = counters

    def reason_of(self, now: float, name: str) -> tuple[str, ConnectionLost | None]:
        """Return why ``name`` is not confirmed, and the last error or None; for any thread."""
        connection = self._pool.assignments.get(name)
        if connection is None:
            return "it is about to be subscribed to", None
        return self._pool.report.reason_of(now, connection), connection.failure

    def carriers(self, name: str) -> int:
        """Return how many connections carry a stream, apart from handovers."""
        connection = self._pool.assignments.get(name)
        return 0 if connection is None else int(name in connection.confirmed)

    def reduced(self) -> Collection[str]:
        """Return the labels of streams that fewer connections carry than the user wants."""
        return ()

    def connections(self) -> Iterable[C]:
        """Return all connections, including those being replaced."""
        return self._pool.connections.values()

    def connection(self, number: int) -> C | None:
        """Return the connection of a number; None if it has none."""
        return self._pool.connections.get(number)

    def connection_of(self, name: str) -> C | None:
        """Return the connection to which a stream is assigned; None if it is not subscribed."""
        return self._pool.assignments.get(name)

    # Subscriptions

    def _forget(self, now: float, connection: C, name: str, remove: Callable[[str], None]) -> None:
        """Forget a stream; ``remove`` has the connection end it."""
        connection.interrupted.pop(name, None)
        handover = self._pool.handovers.get(connection.number)
        if handover is not None:
            handover.forget(name)
            handover.old.remove_desired(name)
            self._pool.flush_sends(now, handover.old)
        remove(name)
        if not connection.interrupted:
            connection.interrupted_at = None
        elif connection.is_complete:
            # It was the last one that the server had not confirmed again.
            self._pool.report.resubscribed(now, connection)

    def _bridge(self, now: float, connection: C, name: str) -> None:
        """Until ``connection`` is open, let the one that it replaces carry ``name``, too."""
        handover = self._pool.handovers.get(connection.number)
        if handover is None or handover.active is connection:
            return
        if handover.old.load < self._limits.streams_per_connection:
            handover.old.add_desired(name)
            handover.carry([name])
            self._pool.flush_sends(now, handover.old)

    def _settled(self, connection: C, names: list[str], error: BaseException | None) -> None:
        for name in names:
            if self._pool.assignments.get(name) is not connection:
                handover = self._pool.handovers.get(connection.number)
                if handover is not None and handover.is_carried(name):
                    self._pool.actions.append(Confirm(name))
                continue
            is_postponed = isinstance(error, RequestTimeout) or connection.is_postponed(name)
            if is_postponed and error is not None:
                self._pool.actions.append(TimedOut(name, error))
            elif name in connection.confirmed:
                self._pool.actions.append(Confirm(name))
            elif name not in connection.desired and error is not None:
                connection.interrupted.pop(name, None)
                del self._pool.assignments[name]
                self._pool.actions.append(Fail(name, error))

    # Control messages

    def _on_control(self, now: float, connection: C, item: Any) -> None:
        self._router.on_control(item)
        match item:
            case Ping(payload):
                connection.ping(payload)
            case Closed(code, reason):
                self._close_and_lose(
                    now, connection, f"the server closed it: {shown(reason)}", code
                )
            case Violation(code, reason):
                self._close_and_lose(
                    now, connection, f"the server broke the protocol: {reason}", code
                )
            case Binary(payload):
                # The venue sends text only.
                self._pool.actions.append(Notify(Undecodable(None, "a binary message", payload)))
            case _:
                self._on_reply(now, connection, item)

    @abstractmethod
    def _on_reply(self, now: float, connection: C, item: Any) -> None:
        """Handle what the server says about requests or itself, or what is of no interest."""

    def _on_shutdown(self, now: float, connection: C, event_time: int | None) -> None:
        """Replace a connection whose server is about to go down."""
        self._pool.actions.append(Notify(ServerShutdown(connection.number, event_time)))
        self._rotation.rotate(now, connection, "the server is about to shut down", "shutdown")

    def _on_answered(self, now: float, connection: C) -> None:
        """Note that an answer has come, which may have been the last one that was missing."""
        connection.has_traffic = True
        if connection.interrupted_at is not None and connection.is_complete:
            self._pool.report.resubscribed(now, connection)

    def _close_and_lose(self, now: float, connection: C, reason: str, code: int) -> None:
        self._pool.hang_up(connection, code)
        self.lost(now, connection.number, ConnectionLost(reason, code))
