"""The decisions of a client, without sockets, clocks or threads.

The session is told what happened and when; it answers with actions: what to open, send, drop, and
what to tell. So it can be tested in simulated time, and any shell can be put around it.
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
    """What a client wants and is told, and the connections that it takes."""

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
        """``urls`` are those of the categories of streams that have one of their own."""
        self._venue = venue
        self._router = router
        self._url = url
        self._urls = urls or {}
        self._properties: dict[str, object] = {}
        self.bytes = 0
        """Received so far, over all connections."""
        self._pool = ConnectionPool(
            venue, router, url, self._url_of, timeouts, retry, max_message, label, self._settled
        )
        self._rotation = Rotation(self._pool, router, venue, timeouts.handover)
        self._lifecycle = Lifecycle(self._pool, self._rotation, router, timeouts)

    def _url_of(self, name: str) -> str:
        """Return where a stream is: categories may have a path of their own."""
        route = self._router.get(name) if self._urls else None
        return self._url if route is None else self._urls.get(route.stream.type.category, self._url)

    # Inputs

    def subscribe(self, now: float, name: str, request: Request | None = None) -> None:
        """``name`` is wanted. ``request`` is the caller's own, where the caller chose an id."""
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
        """``name`` is not wanted any more; without effect where it was not."""
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
            # It was the last one that was waited for.
            self._pool.report.recovered(now, connection)

    def resubscribe(self, now: float, name: str) -> None:
        """Unsubscribe from a stream that is wanted, and subscribe to it again."""
        connection = self._pool.assignments.get(name)
        if connection is not None:
            connection.resubscribe(name)
            self._pool.flush_sends(now, connection)

    def rotate(self, now: float, name: str, reason: str) -> None:
        """Put a new connection in the place of the one that carries ``name``."""
        connection = self._pool.assignments.get(name)
        if connection is not None:
            self._rotation.rotate(now, connection, reason)

    def resubscribe_stale(self, now: float, name: str, reason: str) -> None:
        """Renew a stream that was silent for too long; nobody knows what was missed meanwhile."""
        self._router.mark(name, Interruption(reason))
        self.resubscribe(now, name)

    def rotate_stale(self, now: float, name: str, reason: str) -> None:
        """Replace the connection that carries a stream that was silent for too long.

        Once only, however many of its streams are silent.
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
        """Have a connection from now on, even while nothing is wanted of it."""
        self._pool.keeps_alive = True
        if not self._pool.is_closed and not self._pool.lasting():
            self._pool.new_connection(now)

    def subscribe_together(self, now: float, names: Sequence[str], id: RequestId) -> None:
        """``names`` are wanted; one request with ``id`` asks for as many of them as it can."""
        if self._pool.is_closed or not names:
            return
        by_link: dict[Connection, list[str]] = {}
        for name in names:
            connection = self._pool.assignments.get(name) or self._pool.connection_for(now, name)
            self._pool.assignments[name] = connection
            connection.add_desired(name)
            by_link.setdefault(connection, []).append(name)
        self._request_together(now, "SUBSCRIBE", by_link, id)

    def unsubscribe_together(self, now: float, names: Sequence[str], id: RequestId) -> None:
        """``names`` are not wanted any more; the server is asked about unknown ones too."""
        by_link: dict[Connection, list[str]] = {}
        unknown: list[str] = []
        for name in names:
            connection = self._pool.assignments.pop(name, None)
            if connection is None:
                unknown.append(name)
                continue
            self._forget(now, connection, name)
            by_link.setdefault(connection, []).append(name)
        if by_link:
            self._request_together(now, "UNSUBSCRIBE", by_link, id)
        elif unknown:
            self.query(now, Request("UNSUBSCRIBE", unknown, id))

    def _request_together(
        self, now: float, method: str, by_link: dict[Connection, list[str]], id: RequestId
    ) -> None:
        for position, (connection, names) in enumerate(by_link.items()):
            if id is not None and position == 0:
                connection.enqueue(Request(method, first_batch(names, connection.frame_bytes), id))
            self._pool.flush_sends(now, connection)

    def ping(self, now: float) -> None:
        """Send a ping on the first connection that is open; none is sent where there is none."""
        for connection in self._pool.lasting():
            if connection.state == "open":
                connection.pings += 1
                self._pool.flush_sends(now, connection)
                return

    def is_desired(self, name: str) -> bool:
        """Whether a connection is to carry ``name``."""
        return name in self._pool.assignments

    def query(self, now: float, request: Request) -> None:
        """Ask the first connection; one is opened where there is none."""
        for connection in self._targets(now, request):
            self._query(now, connection, request)
            return

    def query_all(self, now: float, requests: Iterator[Request]) -> None:
        """Ask every connection, each with the next of ``requests``."""
        first = next(requests)
        for position, connection in enumerate(self._targets(now, first)):
            self._query(now, connection, first if position == 0 else next(requests))

    def remember(self, name: str, value: object) -> None:
        """A property was set; later connections are to have it too."""
        self._properties[name] = value

    def opened(self, now: float, number: int) -> None:
        connection = self._pool.connections.get(number)
        if connection is None or connection.state != "connecting":
            self._pool.actions.append(Abort(number))
            return
        self._lifecycle.opened(now, connection)
        for name, value in self._properties.items():
            connection.enqueue(Request("SET_PROPERTY", [name, value]))
        self._pool.flush_sends(now, connection)

    def received(self, now: float, number: int, data: bytes) -> None:
        """Bytes came. Events are left in the router's arrivals."""
        connection = self._pool.connections.get(number)
        if connection is None:
            return
        items = connection.reader.feed(data)
        connection.bytes += len(data)
        self.bytes += len(data)
        connection.messages += len(items)
        others: list[Any] = []
        handover = self._pool.handovers.get(number) if self._pool.handovers else None
        if handover is None:
            self._router.decode(items, others)
        else:
            batch = Batch()
            self._router.decode(items, others, batch)
            if handover.old is connection:
                self._router.release(handover.still_carried(now, batch))
            else:
                handover.buffer(now, batch)
        if not connection.has_traffic and len(items) > len(others):
            connection.has_traffic = True
        self._pool.keepalive.touch(now, connection, not items and connection.reader.is_mid_message)
        if others:
            for item in others:
                self._other(now, connection, item)
            self._lifecycle.maintain(now, connection)
        if handover is not None:
            self._rotation.advance(now, handover)

    def lost(self, now: float, number: int, error: ConnectionLost) -> None:
        """The connection ended, or could not be opened."""
        self._lifecycle.lost(now, number, error)

    def pause(self) -> None:
        """Nothing is read from now on: silence is no sign of death."""
        self._lifecycle.pause()

    def resume(self, now: float) -> None:
        """Reading goes on."""
        self._lifecycle.resume(now)

    def close(self, now: float) -> None:
        """The client is closing: say goodbye on every connection."""
        self._lifecycle.close(now)

    def tick(self, now: float, read_until: float | None = None) -> None:
        """Do what is due ``now``.

        Everything that had arrived by ``read_until`` (None: by ``now``) must have been given to
        ``received``. Only here, and only by that time, is a server judged to be late: whoever was
        stopped, or slow, reads what has come before it calls a connection dead.
        """
        self._lifecycle.tick(now, now if read_until is None else read_until)

    # Outputs

    def next_time(self, now: float) -> float | None:
        """When ``tick`` should be called next, or None where nothing is awaited."""
        return self._lifecycle.next_time(now)

    def take_actions(self) -> list[Action]:
        """What is to be done, in order; each action is given once."""
        actions, self._pool.actions = self._pool.actions, []
        return actions

    @property
    def reconnects(self) -> int:
        """How often a connection was put in the place of another one."""
        return self._pool.reconnects

    def reason_of(self, now: float, name: str) -> tuple[str, ConnectionLost | None]:
        """Why ``name`` is not confirmed: as a text, and as what went wrong last.

        Only reads, so that any thread may ask.
        """
        connection = self._pool.assignments.get(name)
        if connection is None:
            return "it is about to be subscribed to", None
        return self._pool.report.reason_of(now, connection), connection.failure

    def connections(self) -> Iterable[Connection]:
        return self._pool.connections.values()

    # Requests

    def _targets(self, now: float, request: Request) -> list[Connection]:
        """The connections that can be asked; none where the client is closed."""
        if self._pool.is_closed:
            request.settle(None, client_closed())
            return []
        chosen = []
        for connection in self._pool.lasting():
            handover = self._pool.handovers.get(connection.number)
            chosen.append(connection if handover is None else handover.active)
        return chosen or [self._pool.new_connection(now)]

    def _bridge(self, now: float, connection: Connection, name: str) -> None:
        """Until ``connection`` is open, let the one that it follows carry ``name``, too."""
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
            is_postponed = isinstance(error, RequestTimeout) or name in connection.refusals
            if is_postponed and error is not None:
                self._pool.actions.append(TimedOut(name, error))
            elif name in connection.confirmed:
                self._pool.actions.append(Confirm(name))
            elif name not in connection.desired and error is not None:
                connection.interrupted.pop(name, None)
                del self._pool.assignments[name]
                self._pool.actions.append(Fail(name, error))

    # Control messages

    def _other(self, now: float, connection: Connection, item: Any) -> None:
        self._router.on_control(item)
        match item:
            case Ping(payload):
                connection.ping(payload)
            case Closed(code, reason):
                self._end_of(now, connection, f"the server closed it: {shown(reason)}", code)
            case Violation(code, reason):
                self._end_of(now, connection, f"the server broke the protocol: {reason}", code)
            case Binary(payload):
                # The venue sends text only.
                self._pool.actions.append(Notify(Undecodable(None, "a binary message", payload)))
            case Reply():
                self._reply(now, connection, item)

    def _end_of(self, now: float, connection: Connection, reason: str, code: int) -> None:
        self._pool.hang_up(connection, code)
        self.lost(now, connection.number, ConnectionLost(reason, code))

    def _reply(self, now: float, connection: Connection, reply: Reply) -> None:
        shutdown = self._venue.shutdown
        if shutdown and (shutdown.stream == reply.stream or shutdown.event == reply.e):
            self._pool.actions.append(Notify(ServerShutdown(connection.number, reply.event_time)))
            self._rotation.rotate(now, connection, "the server is about to shut down")
        elif reply.is_response:
            connection.answer(now, reply)
            connection.has_traffic = True
            if connection.interrupted_at is not None and connection.is_complete:
                self._pool.report.recovered(now, connection)
