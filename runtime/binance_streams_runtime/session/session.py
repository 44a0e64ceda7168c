"""What a client decides about streams and their connections, without sockets, clocks or threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.errors import ConnectionLost, client_closed
from binance_streams_runtime.pipeline.router import Batch, Router
from binance_streams_runtime.protocol.replies import Reply
from binance_streams_runtime.protocol.requests import Request, RequestId, RequestIds, first_batch
from binance_streams_runtime.session.actions import Confirm
from binance_streams_runtime.session.base_session import BaseSession
from binance_streams_runtime.session.connection import Connection
from binance_streams_runtime.session.pool import ConnectionPool
from binance_streams_runtime.session.retry import Retry
from binance_streams_runtime.session.timeouts import Timeouts


class Session(BaseSession[Connection]):
    """The subscriptions and queries of a client, and the connections that carry them."""

    received_bytes: int
    keeps_time: ClassVar[bool] = True
    """Whether time passes while nothing is read, so that timeouts must be suspended."""

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
        numbers: Iterator[int] | None = None,
    ) -> None:
        """Set up without connections.

        ``urls`` are those of categories with URLs of their own; ``numbers`` numbers connections.
        """
        self._venue = venue
        self._url = url
        self._urls = urls or {}
        self._properties: dict[str, object] = {}
        ids = RequestIds()
        pool: ConnectionPool[Connection] = ConnectionPool(
            *(venue.limits, router, self._url_of, timeouts, retry, label),
            lambda number, url, on_settled, on_interrupted: Connection(
                *(number, url, venue, max_message, timeouts.request, ids),
                *(on_settled, on_interrupted),
            ),
            self._settled,
            numbers=numbers,
        )
        super().__init__(pool, router, timeouts, venue.limits)

    def _url_of(self, name: str) -> str:
        """Return the URL of a stream's server: its category may have a path of its own."""
        route = self._router.get(name) if self._urls else None
        return self._url if route is None else self._urls.get(route.stream.type.category, self._url)

    # Inputs

    def observe(self, now: float, name: str) -> None:
        """Subscribe to ``name`` for the client itself, beside its user or without one."""
        self.subscribe(now, name, is_of_user=False)

    def observe_many(self, now: float, names: Sequence[str]) -> None:
        """Do the same for several streams, by as few requests as possible."""
        new: list[str] = []
        for name in names:
            if self.is_desired(name):
                self.observe(now, name)
            else:
                new.append(name)
        self.subscribe_many(now, new, None)

    def release_many(self, now: float, names: Sequence[str]) -> None:
        """Unsubscribe from streams that nobody needs any more, by as few requests as possible."""
        desired = [name for name in names if self.is_desired(name)]
        if desired:
            self.unsubscribe_many(now, desired, None)

    def subscribe(
        self, now: float, name: str, request: Request | None = None, *, is_of_user: bool = True
    ) -> None:
        """Subscribe to ``name``; ``request`` is its SUBSCRIBE if the user chose an id."""
        if self._pool.is_closed:
            if request is not None:
                request.settle(None, client_closed())
            return
        connection = self._pool.assignments.get(name)
        was_subscribed = connection is not None
        if connection is None:
            connection = self._assign(now, name)
        connection.add_desired(name, request)
        self._bridge(now, connection, name)
        if connection.is_settled(name):
            # Its UNSUBSCRIBE had not been sent yet, so no answer will come.
            self._pool.actions.append(Confirm(name, was_subscribed and is_of_user))
        self._pool.flush_sends(now, connection)

    def unsubscribe(self, now: float, name: str, request: Request | None = None) -> None:
        """Unsubscribe from ``name``; no-op if not subscribed, except that ``request`` is sent."""
        connection = self._unassign(name)
        if connection is None:
            if request is not None:
                self.query(now, request)
            return
        self._forget(now, connection, name, lambda _: connection.remove_desired(name, request))
        self._pool.flush_sends(now, connection)

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
            connection = self._pool.assignments.get(name) or self._assign(now, name)
            connection.add_desired(name)
            if id is None and connection.is_settled(name):
                # As in ``subscribe``: its UNSUBSCRIBE had not been sent yet.
                self._pool.actions.append(Confirm(name))
            by_connection.setdefault(connection, []).append(name)
        self._request_many(now, "SUBSCRIBE", by_connection, id)

    def unsubscribe_many(self, now: float, names: Sequence[str], id: RequestId) -> None:
        """Unsubscribe from ``names``.

        If none of them is subscribed, the request is sent all the same, for the server's answer.
        """
        by_connection: dict[Connection, list[str]] = {}
        unknown: list[str] = []
        for name in names:
            connection = self._unassign(name)
            if connection is None:
                unknown.append(name)
                continue
            self._forget(now, connection, name, connection.remove_desired)
            by_connection.setdefault(connection, []).append(name)
        if by_connection:
            self._request_many(now, "UNSUBSCRIBE", by_connection, id)
        elif unknown:
            self.query(now, Request("UNSUBSCRIBE", unknown, id))

    def _assign(self, now: float, name: str) -> Connection:
        """Let a connection carry ``name``, which none does."""
        if self.recorder is not None:
            self.recorder.subscribed(name)
        connection = self._pool.assignments[name] = self._pool.connection_for(now, name)
        return connection

    def _unassign(self, name: str) -> Connection | None:
        """Let no connection carry ``name``; return the one that did, if any."""
        connection = self._pool.assignments.pop(name, None)
        if connection is not None and self.recorder is not None:
            self.recorder.unsubscribed(name)
        return connection

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

    def _begin(self, now: float, connection: Connection) -> None:
        for name, value in self._properties.items():
            connection.enqueue(Request("SET_PROPERTY", [name, value]))

    def received(self, now: float, number: int, data: bytes) -> bool:
        """Handle received bytes. Events are left in the router's arrivals.

        Return whether nothing else has come, so that no deadline is earlier than before.
        """
        connection = self._pool.connections.get(number)
        if connection is None:
            return True
        items = connection.reader.feed(data)
        connection.bytes += len(data)
        self.received_bytes += len(data)
        connection.messages += len(items)
        recorder = self.recorder
        if recorder is not None:
            recorder.received(now, number, items, len(data))
        others: list[Any] = []
        handover = self._pool.handovers.get(number)
        if handover is None:
            self._router.decode(items, others)
        else:
            batch = Batch()
            self._router.decode(items, others, batch)
            if recorder is not None:
                is_new = connection is handover.new
                recorder.held(number, batch.routes, batch.items, is_new)
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

    # What a recording says of it

    def held_connections(self) -> Iterable[int]:
        """Return the connections on which the handovers decide what arrives, and when."""
        return self._pool.handovers.keys()

    def subscriptions(self) -> Iterator[tuple[str, bool]]:
        """Yield each subscribed stream, and whether the server has confirmed it."""
        for name, connection in self._pool.assignments.items():
            handover = self._pool.handovers.get(connection.number)
            is_carried = handover is not None and handover.is_carried(name)
            yield name, is_carried or name in connection.confirmed

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

    def _query(self, now: float, connection: Connection, request: Request) -> None:
        if connection.state == "waiting":
            error = ConnectionLost(self._pool.report.reason_of(now, connection))
            error.__cause__ = connection.failure
            request.settle(None, error)
            return
        connection.enqueue(request)
        self._pool.flush_sends(now, connection)

    # Control messages

    def _on_reply(self, now: float, connection: Connection, item: Any) -> None:
        if not isinstance(item, Reply):
            return
        shutdown = self._venue.shutdown
        if shutdown and (shutdown.stream == item.stream or shutdown.event == item.e):
            self._on_shutdown(now, connection, item.event_time)
        elif item.is_response:
            connection.answer(now, item)
            self._on_answered(now, connection)
