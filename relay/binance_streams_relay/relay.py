"""The relay: a server of the venue's protocol in front of one client of the venue.

Everything here runs in one event loop, that in which it is opened.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import importlib
import logging
import socket
import ssl
import time
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.server import Server, serve
from websockets.frames import CloseCode
from websockets.http11 import Request, Response
from websockets.protocol import CONNECTING

from binance_streams_relay.books import Books
from binance_streams_relay.connection import RelayConnection
from binance_streams_relay.counters import RelayStats
from binance_streams_relay.options import RelayOptions
from binance_streams_relay.requests import ForwardedRequests
from binance_streams_relay.rest import RestService
from binance_streams_relay.upstream import Upstream
from binance_streams_runtime.catalog.venue import Limits
from binance_streams_runtime.client.forwarding import settings_of
from binance_streams_runtime.errors import ParameterError
from binance_streams_simulator.admission import requested, response
from binance_streams_simulator.connection import VenueConnection
from binance_streams_simulator.package import GeneratedPackage
from binance_streams_simulator.protocol import Session, shutdown_notice
from binance_streams_simulator.rest.connection import RestConnection

_WATCH_EVERY = 0.25
"""Seconds between two looks at every connection."""
_AT_ONCE = 100
"""Connections that are looked at before messages are passed on again."""
_FAREWELL = 1.5
_LOOK_AGAIN = 0.05
_BACKLOG = 1024

logger = logging.getLogger("binance_streams_relay")
_library_logger = logging.getLogger("websockets.binance_streams_relay")
# Up to websockets 16 it is logged as an error with a traceback, though clients may always leave.
_library_logger.addFilter(lambda record: record.msg != "opening handshake failed")


class Relay:
    """Serves the streams of one server of the venue to any number of clients.

    Any client connects to it as to the venue. Use it in an ``async with`` statement::

        async with Relay(RelayOptions("production", port=9443)) as relay:
            print(relay.url)
            await relay.wait_closed()

    Raises:
        ParameterError: An option is not allowed.
        OSError: The address cannot be listened at.
    """

    is_stalled = False

    def __init__(self, options: RelayOptions) -> None:
        """Check the options; nothing is opened yet."""
        self.options: RelayOptions = options.checked()
        self._tls = _tls_context(options)
        self.stats_now: RelayStats = RelayStats()
        package = GeneratedPackage(options.market)
        self._catalog = package.catalog
        self._package = importlib.import_module(package.name)
        self._clients: list[Any] = []
        self._main = self._make_client(None)
        self._venue = self._main.venue.at(settings_of(self._main).server)
        self.limits: Limits = options.limits.applied_to(self._venue.limits)
        self._started = time.time_ns() // 1_000 - time.monotonic_ns() // 1_000
        self._connections: set[RelayConnection] = set()
        # Every TCP connection, even without a handshake.
        self._known: set[VenueConnection] = set()
        self._upstreams: dict[bool, Upstream] = {}
        self._closed: asyncio.Event
        self._server: Server
        self._watching: asyncio.Task[None]
        self._rest: RestService
        self._requests: ForwardedRequests
        self._books: Books | None = None
        self._metrics: Any = None
        self._port = 0
        self._is_closing = False

    # Addresses

    @property
    def port(self) -> int:
        """The port that the relay listens at."""
        return self._port

    @property
    def url(self) -> str:
        """The URL of streams, without a path, as a client's ``server``."""
        return f"{'ws' if self._tls is None else 'wss'}://{self._address}"

    @property
    def rest_url(self) -> str:
        """The URL of the REST API, without a path, as a client's ``rest_url``."""
        return f"{'http' if self._tls is None else 'https'}://{self._address}"

    @property
    def upstream_url(self) -> str:
        """The URL of the server whose streams are relayed."""
        url: str = self._main.url
        return url

    @property
    def clients(self) -> tuple[Any, ...]:
        """The clients of the venue that it has, such as for their metrics."""
        return tuple(self._clients)

    @property
    def metrics_address(self) -> str | None:
        """Where its metrics are served; None if they are not."""
        return None if self._metrics is None else self._metrics.address

    @property
    def streams(self) -> frozenset[str]:
        """The names of the streams that are subscribed to upstream, whatever the unit of times."""
        return frozenset().union(*(upstream.streams for upstream in self._upstreams.values()))

    def stats(self) -> RelayStats:
        """Return what it has done, as of now."""
        count = len(self._connections)
        return replace(self.stats_now, clients=count, streams=len(self.streams))

    # Opening and closing

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._closed = asyncio.Event()
        self._requests = ForwardedRequests.upstream(self._main, self.options, self.stats_now)
        rules = self._catalog.order_book
        if rules is not None:
            self._books = Books(
                *(self._main, rules, self._requests, self.options.book_depth),
                *(self.stats_now, loop.time),
            )
        self._rest = RestService(self._venue, rules, self._books, self._requests)
        try:
            self._serve_metrics()
            await self._listen()
        except BaseException:
            await self._close_clients()
            raise
        self._watching = loop.create_task(self._watch())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Announce the end to every client, and close all connections, in bounded time."""
        if self._is_closing:
            await self._closed.wait()
            return
        self._is_closing = True
        self._server.close(close_connections=False)
        shutdown = self._venue.shutdown
        if shutdown is not None and self._connections:
            for connection in list(self._connections):
                session = connection.session
                now = self.now() if session.is_microseconds else self.now() // 1_000
                connection.reply(shutdown_notice(shutdown, now, session.is_combined))
            await asyncio.sleep(self.options.shutdown_delay)
        self._watching.cancel()
        for connection in list(self._connections):
            connection.end(CloseCode.GOING_AWAY, "")
        self._rest.close()
        self._requests.close()
        await self._end_connections()
        await self._close_clients()
        self._closed.set()

    async def wait_closed(self) -> None:
        """Wait until somebody has closed it."""
        await self._closed.wait()

    def now(self) -> int:
        """Return the time in microseconds since 1970."""
        return self._started + time.monotonic_ns() // 1_000

    # What a connection needs

    async def serve(self, connection: VenueConnection) -> None:
        """Serve an open connection until it is closed."""
        assert isinstance(connection, RelayConnection)
        upstream = self._upstream(connection.session.is_microseconds)
        self._connections.add(connection)
        self.stats_now.clients_accepted += 1
        try:
            upstream.listen(connection, tuple(connection.session.subscriptions))
            await connection.wait_closed()
        finally:
            self._connections.discard(connection)
            upstream.forget(connection, tuple(connection.session.subscriptions))

    def on_request(self, connection: VenueConnection, text: bytes) -> None:
        """Answer a request at once: upstream is subscribed to meanwhile."""
        assert isinstance(connection, RelayConnection)
        answer = connection.session.answer(text)
        if answer.violation is not None:
            self.on_violation(answer.violation)
        upstream = self._upstream(connection.session.is_microseconds)
        upstream.forget(connection, answer.removed)
        connection.reply(answer.reply)
        upstream.listen(connection, answer.added)

    def on_violation(self, text: str) -> None:
        """Log and count a violation of a limit."""
        self.stats_now.violations += 1
        logger.info("a client broke a limit: %s", text)

    def on_slow(self, connection: RelayConnection) -> None:
        """Drop a connection, as too much waits for it."""
        self.stats_now.clients_dropped += 1
        logger.warning(
            "a client does not read what it subscribed to: more than %d bytes wait for it",
            self.options.max_pending_bytes,
        )
        connection.reset()

    def on_conflated(self, count: int) -> None:
        """Count messages that newer ones have replaced."""
        self.stats_now.messages_conflated += count

    # Inside

    @property
    def _address(self) -> str:
        host = self.options.host
        return f"[{host}]:{self._port}" if ":" in host else f"{host}:{self._port}"

    def _make_client(self, time_unit: str | None) -> Any:
        options = self.options
        given: dict[str, Any] = {} if time_unit is None else {"time_unit": time_unit}
        if options.rest_url is None or not options.has_log_upstream:
            # Beside a log, both are of the REST API alone.
            given |= {"rest_url": options.rest_url, "proxy": options.proxy}
        try:
            client = self._package.AsyncClient(
                options.upstream,
                numbers=str,
                trust_env=options.trust_env,
                redundancy=options.redundancy,
                **given,
            )
        except ParameterError as error:
            if error.name != "server":
                raise
            raise ParameterError("upstream", error.given, error.allowed) from None
        self._clients.append(client)
        return client

    def _upstream(self, is_microseconds: bool) -> Upstream:
        """Return the streams in a unit; the connection for microseconds is made when needed."""
        found = self._upstreams.get(is_microseconds)
        if found is None:
            client = self._make_client("microsecond") if is_microseconds else self._main
            found = self._upstreams[is_microseconds] = Upstream(
                *(client, self._catalog, self.options.linger, self.options.slow == "conflate"),
                *(self.stats_now, asyncio.get_running_loop().time),
            )
        return found

    async def _listen(self) -> None:
        # A factory does what a class does; the annotation of serve() is narrower than that.
        connect: Any = functools.partial(
            RelayConnection,
            known=self._known,
            takes_over=self._takes_over,
            max_pending_bytes=self.options.max_pending_bytes,
        )
        extra: dict[str, Any] = {"reuse_port": True} if self.options.reuse_port else {}
        try:
            self._server = await serve(
                self._serve,
                self.options.host,
                self.options.port,
                ssl=self._tls,
                process_request=self._handshake,
                create_connection=connect,
                compression=None,
                ping_interval=None,
                open_timeout=10,
                close_timeout=1,
                backlog=_BACKLOG,
                logger=_library_logger,
                **extra,
            )
        except socket.gaierror as error:
            raise OSError(f"no address to listen at: {self.options.host}: {error}") from None
        self._port = next(iter(self._server.sockets)).getsockname()[1]

    async def _serve(self, connection: Any) -> None:
        await connection.owner.serve(connection)

    def _takes_over(self, transport: asyncio.Transport, first_bytes: bytes) -> bool:
        """Let the REST API have a connection that begins with none of the streams' paths."""
        if not self._rest.is_for(first_bytes):
            return False
        connection = RestConnection(self._rest, self._rest.connections)
        transport.set_protocol(connection)
        connection.connection_made(transport)
        connection.data_received(first_bytes)
        return True

    async def _handshake(self, connection: Any, request: Request) -> Response | None:
        allowed = self.limits.streams_per_connection
        target = requested(request.path, self._venue, allowed, self.on_violation)
        if isinstance(target, Response):
            return target
        try:
            self._upstream(target.is_microseconds)
        except ParameterError as error:
            # A log has the times that were collected.
            return response(400, f"{error}\n".encode())
        connection.begin(self, Session(self._venue, target, allowed))
        return None

    async def _watch(self) -> None:
        """Send pings, close what is too old, and give up what nobody needs any more."""
        while True:
            try:
                await self._look()
            except Exception:
                # Without it, no client would get a ping any more.
                logger.exception("looking after connections failed")
            await asyncio.sleep(_WATCH_EVERY)

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        for number, connection in enumerate(list(self._connections), start=1):
            connection.watch(loop.time(), self.now())
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)
        for upstream in self._upstreams.values():
            upstream.unsubscribe_idle()
        self._rest.close_idle(loop.time())
        if self._books is not None:
            self._books.close_idle()

    async def _end_connections(self) -> None:
        """Wait until every connection is closed, and abort those that take too long."""
        patience = time.monotonic() + _FAREWELL
        while self._known:
            for connection in list(self._known):
                if connection.protocol.state is CONNECTING or time.monotonic() > patience:
                    connection.transport.abort()
            await asyncio.sleep(_LOOK_AGAIN)
        await self._server.wait_closed()

    def _serve_metrics(self) -> None:
        if self.options.metrics is not None:
            # Imported late: few relays serve them.
            from binance_streams_relay import metrics

            self._metrics = metrics.serve(self._main, self.options.metrics, self.stats)

    async def _close_clients(self) -> None:
        if self._metrics is not None:
            await asyncio.to_thread(self._metrics.close)
        for client in self._clients:
            with contextlib.suppress(Exception):
                await client.close()


def _tls_context(options: RelayOptions) -> ssl.SSLContext | None:
    if options.tls_certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(options.tls_certificate, options.tls_key)
    except (ssl.SSLError, OSError) as error:
        allowed = f"PEM files with a certificate and its private key ({error})"
        raise ParameterError("tls_certificate", options.tls_certificate, allowed) from None
    return context
