"""The server: its connections, their listeners, and the clock that drives it all.

Everything here runs in one event loop; see simulator.py for the thread around it.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import time
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from websockets.asyncio.server import Server, serve
from websockets.frames import CloseCode
from websockets.http11 import Request, Response
from websockets.protocol import CONNECTING

from binance_streams_runtime.catalog.streams import Catalog, Range
from binance_streams_simulator.admission import Admission, requested, response
from binance_streams_simulator.api.service import api_of
from binance_streams_simulator.connection import VenueConnection
from binance_streams_simulator.faults import Faults
from binance_streams_simulator.hub import Event, Hub, emptied
from binance_streams_simulator.lagging import MARGIN, LaggingFeed
from binance_streams_simulator.market import Market
from binance_streams_simulator.protocol import (
    Session,
    read,
    shutdown_notice,
)
from binance_streams_simulator.replaying import ReplaySender
from binance_streams_simulator.rest.connection import RestConnection
from binance_streams_simulator.rest.service import RestService
from binance_streams_simulator.settings import Settings

STEP = 0.1
"""Seconds between two steps of the market at speed 1."""
_WATCH = 0.05
_FAREWELL = 1.5
_REMEMBERED = 100_000

logger = logging.getLogger("binance_streams_simulator")
_library_logger = logging.getLogger("websockets.binance_streams_simulator")
# Up to websockets 16 it is logged as an error with a traceback, though clients may always leave.
_library_logger.addFilter(lambda record: record.msg != "opening handshake failed")


class VenueServer:
    """Serves one simulated venue."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.limits = settings.venue.limits
        self.faults = Faults()
        self.lagging = LaggingFeed()
        # The wall clock at the start, continued by a clock that cannot be set.
        self._started = time.time_ns() // 1_000 - time.monotonic_ns() // 1_000
        market = Market(
            settings.seed,
            settings.symbols,
            self.now(),
            settings.only_listed,
            settings.book_levels,
            _leaves_out_ids(settings.catalog),
            round(settings.history * 1e6),
        )
        self.hub = Hub(settings.catalog, settings.examples, market, settings.speed)
        self._known: set[VenueConnection] = set()
        self.connections: set[VenueConnection] = set()
        self.listeners: dict[str, set[VenueConnection]] = {}
        self.received: deque[Mapping[str, Any]] = deque(maxlen=_REMEMBERED)
        self.violations: deque[str] = deque(maxlen=_REMEMBERED)
        self.admission = Admission(
            self.limits, self.faults, settings.limits_attempts, self.on_violation
        )
        self.rest = RestService(settings, market, self.now, self.on_violation)
        self.api = api_of(settings, self.rest, self.hub, self.now, self.on_violation)
        self.replay = _replay_sender(settings, self)
        self._server: Server

    @property
    def is_stalled(self) -> bool:
        """Whether nothing at all is sent, as a fault."""
        return self.faults.is_stalled

    def now(self) -> int:
        """Return the time in microseconds since 1970."""
        return self._started + time.monotonic_ns() // 1_000

    async def start(self) -> int:
        """Start listening; return the port."""
        # A factory does what a class does; the annotation of serve() is narrower than that.
        connect: Any = functools.partial(
            VenueConnection, known=self._known, takes_over=self._takes_over
        )
        self._server = await serve(
            self._serve,
            self.settings.host,
            self.settings.port,
            process_request=self._handshake,
            create_connection=connect,
            compression=None,
            ping_interval=None,
            open_timeout=10,
            close_timeout=1,
            logger=_library_logger,
        )
        port: int = next(iter(self._server.sockets)).getsockname()[1]
        return port

    async def run(self) -> None:
        """Advance the market until this is cancelled."""
        step = STEP / self.settings.speed
        loop = asyncio.get_running_loop()
        next_step = loop.time()
        while True:
            now = loop.time()
            if now >= next_step:
                next_step = max(next_step + step, now)
                try:
                    self.step(self.now())
                except Exception:
                    # A stream that fails must not stop the others.
                    logger.exception("a step of the market failed")
            apis = () if self.api is None else self.api.channels
            for connection in (*self.connections, *apis):
                connection.watch(loop.time(), self.now())
            await asyncio.sleep(max(0.0, min(next_step - loop.time(), _WATCH)))

    async def stop(self) -> None:
        """Close every connection, in bounded time."""
        if self.replay is not None:
            await self.replay.stop()
        self._server.close()
        self.rest.close()
        closed = asyncio.ensure_future(self._server.wait_closed())
        patience = time.monotonic() + _FAREWELL
        # The library does not wait for the sockets themselves before Python 3.12.
        while not closed.done() or self._known:
            for connection in list(self._known):
                # Connections without a handshake, and stalled ones, get no close frame.
                if (
                    connection.protocol.state is CONNECTING
                    or self.faults.is_stalled
                    or time.monotonic() > patience
                ):
                    connection.transport.abort()
            if closed.done():
                await asyncio.sleep(_WATCH)
            else:
                await asyncio.wait([closed], timeout=_WATCH)

    # Events

    def step(self, now: int) -> None:
        """Advance the market by one step, and deliver its events."""
        touched: set[VenueConnection] = set()
        for event in self.hub.step(now):
            self.deliver(event, touched)
        for connection in touched:
            connection.flush()
        self.schedule_late()
        if self.api is not None:
            self.api.step()

    def deliver(self, event: Event, touched: set[VenueConnection]) -> None:
        """Push an event to those who have subscribed to it; ``touched`` are to be flushed."""
        copies = self.faults.copies(event.name)
        if self.faults.is_muted or self.faults.is_stalled:
            return
        if self.faults.empties(event.name):
            event = emptied(event)
        late = self.lagging.connections
        if self.lagging.is_used:
            self.lagging.publish(asyncio.get_running_loop().time(), event, copies)
        for connection in self.listeners.get(event.name, ()):
            if connection not in late:
                self._push(connection, event, copies)
                touched.add(connection)

    def _push(self, connection: VenueConnection, event: Event, copies: int) -> None:
        session = connection.session
        frame = event.frame(session.is_microseconds, session.is_combined)
        for _ in range(copies):
            connection.push(frame)

    def schedule_late(self) -> None:
        """Deliver what lagging connections get later, when it is time."""
        for connection in self.lagging.connections:
            connection.loop.call_later(connection.lag + MARGIN, self._deliver_late, connection)

    def _deliver_late(self, connection: VenueConnection) -> None:
        """Deliver what reaches a lagging connection now, if it is still subscribed to."""
        for event, copies in self.lagging.take_due(connection, connection.loop.time()):
            if event.name in connection.session.subscriptions:
                self._push(connection, event, copies)
        connection.flush()

    def lag_connections(self, seconds: float, later: float) -> None:
        """Delay the events of the open connections, and of later ones."""
        self.lagging.later = later
        for connection in self.connections:
            self.lagging.delay(connection, seconds, connection.loop.time())
        self.schedule_late()

    def _listen(self, connection: VenueConnection, names: Sequence[str]) -> None:
        recording = self.settings.replay
        for name in names:
            if not connection.session.carries(self.hub.category(name)):
                continue
            self.listeners.setdefault(name, set()).add(connection)
            if recording is None or not (recording.has_all or name in recording.streams):
                self.hub.open(name, self.now())
        if self.replay is not None:
            self.replay.listened()

    def _forget(self, connection: VenueConnection, names: Sequence[str]) -> None:
        for name in names:
            others = self.listeners.get(name)
            if others is None:
                continue
            others.discard(connection)
            if not others:
                del self.listeners[name]
                self.hub.close(name)

    # Clients

    def _takes_over(self, transport: asyncio.Transport, first_bytes: bytes) -> bool:
        """Let the REST API have a connection that begins with one of its paths."""
        if not self.rest.api.is_for(first_bytes):
            return False
        connection = RestConnection(self.rest, self.rest.connections)
        transport.set_protocol(connection)
        connection.connection_made(transport)
        connection.data_received(first_bytes)
        return True

    async def _handshake(self, connection: Any, request: Request) -> Response | None:
        path, _, query = request.path.partition("?")
        if self.api is not None and path == self.api.path:
            return self.api.handshake(connection, query)
        if self.replay is not None and self.replay.refusal is not None:
            return response(410, f"{self.replay.refusal}\n".encode())
        rejection = self.admission.rejection(connection)
        if rejection is not None:
            return rejection
        allowed = self.limits.streams_per_connection
        target = requested(request.path, self.settings.venue, allowed, self.on_violation)
        if isinstance(target, Response):
            return target
        connection.begin(
            self,
            Session(self.settings.venue, target, allowed, self.settings.refusal_shape),
        )
        return None

    async def _serve(self, connection: Any) -> None:
        await connection.owner.serve(connection)

    async def serve(self, connection: VenueConnection) -> None:
        """Serve an open connection for streams until it is closed."""
        self.connections.add(connection)
        self.lagging.join(connection, connection.loop.time())
        try:
            self._listen(connection, tuple(connection.session.subscriptions))
            await connection.wait_closed()
        finally:
            self.connections.discard(connection)
            self.lagging.leave(connection)
            self._forget(connection, tuple(connection.session.subscriptions))

    def on_request(self, connection: VenueConnection, text: bytes) -> None:
        """Handle a control message."""
        request = read(text)
        if request is not None:
            self.received.append(request)
        if self.faults.ignores_request():
            return
        answer = connection.session.answer(text)
        if answer.violation is not None:
            self.on_violation(answer.violation)
        logger.debug("request %.200r, response %.200r", text, answer.reply)
        self._forget(connection, answer.removed)
        connection.reply(answer.reply)
        self._listen(connection, answer.added)

    def on_violation(self, text: str) -> None:
        """Log and remember a violation of a limit."""
        logger.info("a client broke a limit: %s", text)
        self.violations.append(text)

    def notice_shutdown(self) -> None:
        """Announce to every connection that the server is about to go down."""
        shutdown = self.settings.venue.shutdown
        if shutdown is None:
            raise ValueError(f"{self.settings.venue.name} announces no shutdown")
        for connection in self.connections:
            session = connection.session
            now = self.now() if session.is_microseconds else self.now() // 1_000
            connection.reply(shutdown_notice(shutdown, now, session.is_combined))

    def end_all(self, code: int = CloseCode.GOING_AWAY, reason: str = "") -> None:
        """Close every connection."""
        for connection in list(self.connections):
            connection.end(code, reason)

    def cut_all(self) -> None:
        """Reset every connection."""
        for connection in list(self.connections):
            connection.reset()


def _replay_sender(settings: Settings, server: VenueServer) -> ReplaySender | None:
    if settings.replay is None:
        return None
    return ReplaySender(
        *(settings.replay, settings.replay_speed, settings.replay_after, settings.replay_end),
        server,
    )


def _leaves_out_ids(catalog: Catalog) -> bool:
    """Whether the updates of books name what they follow, as their ids are not consecutive."""
    sequence = None if catalog.order_book is None else catalog.order_book.updates.sequence
    return isinstance(sequence, Range) and sequence.previous is not None
