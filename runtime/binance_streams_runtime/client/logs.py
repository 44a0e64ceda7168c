"""A log as the server of a client: ``nats://host:4222?from=all&durable=NAME``."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from binance_streams_runtime.catalog.streams import Catalog, Range, Stream
from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.client.options import Settings
from binance_streams_runtime.client.source import Source
from binance_streams_runtime.driver.sockets import Sockets
from binance_streams_runtime.engine import Engine
from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.jetstream.acknowledging import FinishedPlaces
from binance_streams_runtime.jetstream.address import LogAddress, parse_log_address
from binance_streams_runtime.jetstream.connection import check_installed
from binance_streams_runtime.jetstream.reader import LogReader
from binance_streams_runtime.jetstream.session import LogSession
from binance_streams_runtime.jetstream.sockets import LogSockets
from binance_streams_runtime.messaging.subjects import Subjects, default_prefix
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.protocol.rest import RestRequest, RestServer
from binance_streams_runtime.recording.clock import UnixClock
from binance_streams_runtime.session.retry import Retry
from binance_streams_runtime.session.timeouts import Timeouts
from binance_streams_runtime.transport.target import Target

if TYPE_CHECKING:
    from binance_streams_runtime.client.client_engine import ClientEngine

# Seconds by which a snapshot may be older than the updates that were read last.
_SNAPSHOT_MARGIN = 10.0


class Log(Source):
    """A log that a client reads, and from where on."""

    what: ClassVar[str] = "a log"
    can_fill: ClassVar[bool] = False
    can_be_recorded: ClassVar[bool] = True

    def __init__(
        self,
        catalog: Catalog,
        prefix: str,
        address: LogAddress,
        ssl_context: ssl.SSLContext | None,
        timeouts: Timeouts,
    ) -> None:
        self.address: LogAddress = address
        self.subjects: Subjects = Subjects(catalog, prefix)
        self.ssl_context: ssl.SSLContext | None = ssl_context
        self._reader = LogReader(
            *(address, self.subjects, ssl_context, timeouts.connect, timeouts.request)
        )
        self.is_acknowledged: bool = address.durable is not None
        self._acknowledging: FinishedPlaces | None = None
        self._session: LogSession

    def hold(self, queue: EventQueue) -> None:
        """Have a queue drop nothing by default, unless only what is new is read."""
        if self.is_acknowledged or (not self.address.is_live and queue.overflow == "drop_oldest"):
            queue.take_all()

    def check(self, stream: Stream) -> None:
        self.subjects.of(stream)

    def make_engine(self, client: ClientEngine[Any, Any], make: Callable[..., Engine]) -> Engine:
        engine = make(
            UnixClock(lambda: time.time_ns() - time.monotonic_ns()),
            make_session=partial(
                LogSession,
                port=self._reader,
                window=self.address.reorder,
                is_live=self.address.is_live,
            ),
            make_router=client._settings.make_router,
            fetch=self._fetch,
            cancel=lambda number: None,
        )
        assert isinstance(engine.session, LogSession)
        self._session = engine.session
        if self.is_acknowledged:
            self._acknowledging = FinishedPlaces(engine, client.queue)
            self._session.acknowledging = self._acknowledging
        return engine

    def make_sockets(
        self,
        is_awaited: Callable[[], bool],
        needs_keeper: Callable[[], bool],
        on_over: Callable[[float], None],
    ) -> Callable[..., Sockets]:
        return partial(
            LogSockets,
            reader=self._reader,
            acknowledging=self._acknowledging,
            get_session=lambda: self._session,
        )

    def _fetch(self, number: int, request: RestRequest) -> None:
        """Ask the log for a snapshot that belongs to the updates that were read last."""
        not_before = None
        if self.address.begin != "now" or self.is_acknowledged:
            symbol = self.subjects.symbol_of_updates(request.updates)
            times = [
                read_until
                for stream, read_until in self._session.read_until()
                if isinstance(stream.type.sequence, Range)
                and self.subjects.symbol_of(stream) == symbol
            ]
            not_before = min(times, default=None)
        if not_before is not None:
            not_before -= _SNAPSHOT_MARGIN
        self._reader.fetch(number, request, not_before)


def log_settings(
    venue: Venue,
    catalog: Catalog,
    server: str,
    ssl_context: ssl.SSLContext | None,
    timeouts: Timeouts,
    retry: Retry,
    others: Mapping[str, object],
    checked_later: dict[str, Any],
) -> tuple[Venue, Settings]:
    """Return the rules of the server that is collected, and the settings of a client of its log.

    Raises ParameterError, and ImportError if nats-py is not installed.
    """
    address = parse_log_address(server)
    for name, value in others.items():
        if value is not None:
            raise ParameterError(name, value if name != "proxy" else "a proxy", "None for a log")
    file = address.credentials.get("user_credentials")
    if file is not None and not Path(file).is_file():
        raise ParameterError("creds", file, "the path of a NATS credentials file")
    if address.ca is not None:
        ssl_context = _trusting(address.ca, ssl_context)
    check_installed()
    names = {known.name: known for known in venue.servers}
    if address.server is not None and address.server not in names:
        allowed = ", ".join(map(repr, names))
        raise ParameterError("server", address.server, f"{allowed} at {venue.name}")
    known = names[address.server or venue.default_server]
    prefix = address.prefix or default_prefix(venue, known, known.url)
    log = Log(catalog, prefix, address, ssl_context, timeouts)
    return venue.at(known), Settings(
        target=Target(address.url, timeouts.connect, None, None),
        server=known,
        timeouts=timeouts,
        retry=retry,
        rest=None if venue.rest is None else RestServer("log"),
        source=log,
        **checked_later,
    )


def _trusting(path: str, ssl_context: ssl.SSLContext | None) -> ssl.SSLContext:
    """Return a TLS context for servers that are trusted by the certificates in this file."""
    if ssl_context is not None:
        raise ParameterError("ca", path, "no ca= in the URL of a client with ssl_context=")
    try:
        return ssl.create_default_context(cafile=path)
    except OSError as error:
        raise ParameterError("ca", path, f"the path of certificates in PEM ({error})") from None
