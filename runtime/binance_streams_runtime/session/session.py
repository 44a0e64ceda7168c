"""What a client decides about subscriptions and connections, without sockets, clocks or threads.

The caller passes in what happened and when, and carries out the actions that the session returns:
what to open, send, close and report. So it can be tested in simulated time, and used by any front
end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.errors import ConnectionLost, RequestTimeout, client_closed, shown
from binance_streams_runtime.notices import ServerShutdown, Undecodable
from binance_streams_runtime.pipeline.router import Batch, Router
from binance_streams_runtime.pipeline.sequence import Interruption
from binance_streams_runtime.protocol.frames import Binary, Closed, Ping, Violation
from binance_streams_runtime.protocol.replies import Reply
from binance_streams_runtime.protocol.requests import Request, RequestId, first_batch
from binance_streams_runtime.session.actions import Abort, Action, Confirm, Fail, Notify, TimedOut
from binance_streams_runtime.session.connection import Connection
from binance_streams_runtime.session.lifecycle import Lifecycle
from binance_streams_runtime.session.pool import ConnectionPool
from binance_streams_runtime.session.retry import Retry
from binance_streams_runtime.session.rotation import Rotation
from binance_streams_runtime.session.timeouts import Timeouts


class Session:
    """The subscriptions and queries of a client, and the connections that carry them."""

    def __init__(
        self,
        venue: Venue,
        router: Router,
        url: str,
        timeouts: Timeouts,
        retry: Retry,
        max_message: int,
        label: Callable[[str], str],
        urls: Mapping[str, str] | None = None,
    ) -> None:
        """Set up without connections; ``urls`` are those of categories with URLs of their own."""
        self._venue = venue
        self._router = router
        self._url = url
        self._urls = urls or {}
        self._properties: dict[str, object] = {}
        self.bytes: int = 0
        """Received so far, over all connections."""
        self._pool = ConnectionPool(
            venue, router, url, self._url_of, timeouts, retry, max_message, label, self._settled
        )
        self.actions: list[Action] = self._pool.actions
        """What ``take_actions`` would return."""
        self._rotation = Rotation(self._pool, router, venue, timeouts.handover)
        self._lifecycle = Lifecycle(self._pool, self._rotation, router, timeouts)

    def _url_of(self, name: str) -> str:
        """Return the URL of a stream's server: its category may have a path of its own."""
        route = self._router.get(name) if self._urls else None
        return self._url if route is None else self._urls.get(route.stream.type.category, self._url)

    # Inputs

    def subscribe(self, now: float, name: str, request: Request | None = None) -> None:
        """Subscribe to ``name``; ``request`` is its SUBSCRIBE if the user chose an id."""
        if self._pool.is_closed:
            if request is not None:
                request.settle(None, client_closed())
            return
        connection = self._pool.assignments.get(name)
        if connection is None:
            connection = self._pool.assignments[name] = self._pool.connection_for(now, name)
        connection.add_desired(name, request)
        self._bridge(now, connection, name)
        if connection.is_settled(name):
            # Its UNSUBSCRIBE had not been sent yet, so no answer will come.
            self._pool.actions.append(Confirm(name))
        self._pool.flush_sends(now, connection)

    def unsubscribe(self, now: float, name: str, request: Request | None = None) -> None:
        """Unsubscribe from ``name``; no-op if not subscribed, except that ``request`` is sent."""
        connection = self._pool.assignments.pop(name, None)
        if connection is None:
            if request is not None:
                self.query(now, request)
            return
        self._forget(now, connection, name, request)
        self._pool.flush_sends(now, connection)

    def _forget(
        self, now: float, connection: Connection, name: str, request: Request | None = None
    ) -> None:
        connection.interrupted.pop(name, None)
        handover = self._pool.handovers.get(connection.number)
        if handover is not None:
            handover.forget(name)
            handover.old.remove_desired(name)
            self._pool.flush_sends(now, handover.old)
        connection.remove_desired(name, request)
        if not connection.interrupted:
            connection.interrupted_at = None
        elif connection.is_complete:
            # It was the last one that the server had not confirmed again.
            self._pool.report.resubscribed(now, connection)

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
            self._rotation.rotate(now, connection, reason)

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
            self._rotation.rotate(now, connection, reason)
        handover = self._pool.handovers.get(self._pool.assignments[name].number)
        if handover is not None:
            handover.distrust(name, reason)

    def keep_alive(self, now: float) -> None:
        """Keep a connection from now on, even if no stream is subscribed."""
        self._pool.keeps_alive = True
        if not self._pool.is_closed and not self._pool.lasting():
            self._pool.new_connection(now)

    def subscribe_many(self, now: float, names: Sequence[str], id: RequestId) -> None:
        """Subscribe to ``names``; one request with ``id`` covers as many of them as fit."""
        if self._pool.is_closed or not names:
            return
        by_connection: dict[Connection, list[str]] = {}
        for name in names:
            connection = self._pool.assignments.get(name) or self._pool.connection_for(now, name)
            self._pool.assignments[name] = connection
            connection.add_desired(name)
            by_connection.setdefault(connection, []).append(name)
        self._request_many(now, "SUBSCRIBE", by_connection, id)

    def unsubscribe_many(self, now: float, names: Sequence[str], id: RequestId) -> None:
        """Unsubscribe from ``names``.

        If none of them is subscribed, the request is sent all the same, for the server's answer.
        """
        by_connection: dict[Connection, list[str]] = {}
        unknown: list[str] = []
        for name in names:
            connection = self._pool.assignments.pop(name, None)
            if connection is None:
                unknown.append(name)
                continue
            self._forget(now, connection, name)
            by_connection.setdefault(connection, []).append(name)
        if by_connection:
            self._request_many(now, "UNSUBSCRIBE", by_connection, id)
        elif unknown:
            self.query(now, Request("UNSUBSCRIBE", unknown, id))

    def _request_many(
        self, now: float, method: str, by_connection: dict[Connection, list[str]], id: RequestId
    ) -> None:
        for position, (connection, names) in enumerate(by_connection.items()):
            if id is not None and position == 0:
                connection.enqueue(Request(method, first_batch(names, connection.frame_bytes), id))
            self._pool.flush_sends(now, connection)

    def ping(self, now: float) -> None:
        """Send a ping on the first open connection, if there is one."""
        for connection in self._pool.lasting():
            if connection.state == "open":
                connection.pings += 1
                self._pool.flush_sends(now, connection)
                return

    def is_desired(self, name: str) -> bool:
        """Return whether ``name`` is subscribed, confirmed or not."""
        return name in self._pool.assignments

    def query(self, now: float, request: Request) -> None:
        """Send a query on the first connection; open one if there is none."""
        for connection in self._targets(now, request):
            self._query(now, connection, request)
            return

    def query_all(self, now: float, requests: Iterator[Request]) -> None:
        """Send a query on every connection, each with the next of ``requests``."""
        first = next(requests)
        for position, connection in enumerate(self._targets(now, first)):
            self._query(now, connection, first if position == 0 else next(requests))

    def remember_property(self, name: str, value: object) -> None:
        """Set a property on later connections, too."""
        self._properties[name] = value

    def opened(self, now: float, number: int) -> None:
        """Handle an opened connection: send what is due on it."""
        connection = self._pool.connections.get(number)
        if connection is None or connection.state != "connecting":
            self._pool.actions.append(Abort(number))
            return
        self._lifecycle.opened(now, connection)
        for name, value in self._properties.items():
            connection.enqueue(Request("SET_PROPERTY", [name, value]))
        self._pool.flush_sends(now, connection)

    def received(self, now: float, number: int, data: bytes) -> bool:
        """Handle received bytes. Events are left in the router's arrivals.

        Return whether nothing else has come, so that no deadline is earlier than before.
        """
        connection = self._pool.connections.get(number)
        if connection is None:
            return True
        items = connection.reader.feed(data)
        connection.bytes += len(data)
        self.bytes += len(data)
        connection.messages += len(items)
        others: list[Any] = []
        handover = self._pool.handovers.get(number)
        if handover is None:
            self._router.decode(items, others)
        else:
            batch = Batch()
            self._router.decode(items, others, batch)
            handover.received(now, connection, batch)
        if not connection.has_traffic and len(items) > len(others):
            connection.has_traffic = True
        if items:
            connection.last_received = now
            connection.mid_message_since = None
        else:
            self._pool.keepalive.touch(now, connection, connection.reader.is_mid_message)
        if others:
            for item in others:
                self._on_control(now, connection, item)
            self._lifecycle.maintain(now, connection)
        if handover is not None:
            self._rotation.advance(now, handover)
        return not others and handover is None

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
    def reconnects(self) -> int:
        """How many connections were replaced."""
        return self._pool.reconnects

    def reason_of(self, now: float, name: str) -> tuple[str, ConnectionLost | None]:
        """Return why ``name`` is not confirmed, and the last error or None; for any thread."""
        connection = self._pool.assignments.get(name)
        if connection is None:
            return "it is about to be subscribed to", None
        return self._pool.report.reason_of(now, connection), connection.failure

    def connections(self) -> Iterable[Connection]:
        """Return all connections, including those being replaced."""
        return self._pool.connections.values()

    # Requests

    def _targets(self, now: float, request: Request) -> list[Connection]:
        """Return the connections for a query; none if the client is closed."""
        if self._pool.is_closed:
            request.settle(None, client_closed())
            return []
        chosen = []
        for connection in self._pool.lasting():
            handover = self._pool.handovers.get(connection.number)
            chosen.append(connection if handover is None else handover.active)
        return chosen or [self._pool.new_connection(now)]

    def _bridge(self, now: float, connection: Connection, name: str) -> None:
        """Until ``connection`` is open, let the one that it replaces carry ``name``, too."""
        handover = self._pool.handovers.get(connection.number)
        if handover is None or handover.active is connection:
            return
        if handover.old.load < self._venue.limits.streams_per_connection:
            handover.old.add_desired(name)
            handover.carry([name])
            self._pool.flush_sends(now, handover.old)

    def _query(self, now: float, connection: Connection, request: Request) -> None:
        if connection.state == "waiting":
            error = ConnectionLost(self._pool.report.reason_of(now, connection))
            error.__cause__ = connection.failure
            request.settle(None, error)
            return
        connection.enqueue(request)
        self._pool.flush_sends(now, connection)

    def _settled(
        self, connection: Connection, names: list[str], error: BaseException | None
    ) -> None:
        for name in names:
            if self._pool.assignments.get(name) is not connection:
                handover = self._pool.handovers.get(connection.number)
                if handover is not None and handover.is_carried(name):
                    self._pool.actions.append(Confirm(name))
                continue
            is_postponed = isinstance(error, RequestTimeout) or name in connection.rejections
            if is_postponed and error is not None:
                self._pool.actions.append(TimedOut(name, error))
            elif name in connection.confirmed:
                self._pool.actions.append(Confirm(name))
            elif name not in connection.desired and error is not None:
                connection.interrupted.pop(name, None)
                del self._pool.assignments[name]
                self._pool.actions.append(Fail(name, error))

    # Control messages

    def _on_control(self, now: float, connection: Connection, item: Any) -> None:
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
            case Reply():
                self._on_reply(now, connection, item)

    def _close_and_lose(self, now: float, connection: Connection, reason: str, code: int) -> None:
        self._pool.hang_up(connection, code)
        self.lost(now, connection.number, ConnectionLost(reason, code))

    def _on_reply(self, now: float, connection: Connection, reply: Reply) -> None:
        shutdown = self._venue.shutdown
        if shutdown and (shutdown.stream == reply.stream or shutdown.event == reply.e):
            self._pool.actions.append(Notify(ServerShutdown(connection.number, reply.event_time)))
            self._rotation.rotate(now, connection, "the server is about to shut down")
        elif reply.is_response:
            connection.answer(now, reply)
            connection.has_traffic = True
            if connection.interrupted_at is not None and connection.is_complete:
                self._pool.report.resubscribed(now, connection)
