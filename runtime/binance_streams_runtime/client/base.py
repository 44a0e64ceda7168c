"""The base class of all clients: arguments, checks and subscriptions, without any waiting."""

from __future__ import annotations

import ssl
import warnings
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, ClassVar, Generic, Unpack, cast, get_origin

from binance_streams_runtime.catalog.streams import Catalog, Stream, StreamType
from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.client.account import A
from binance_streams_runtime.client.api_options import check_account
from binance_streams_runtime.client.books import check_book
from binance_streams_runtime.client.client_engine import ClientEngine, S
from binance_streams_runtime.client.options import (
    DEFAULT_FIRST_EVENT_TIMEOUT,
    FillOptions,
    Settings,
    SubscribeOptions,
    check_options,
)
from binance_streams_runtime.client.order_book import BookOptions, OrderBookBase
from binance_streams_runtime.client.rest_options import check_fill
from binance_streams_runtime.client.servers import check_server
from binance_streams_runtime.client.settings import make_settings
from binance_streams_runtime.decoding.message import Message
from binance_streams_runtime.decoding.raw import RawMessage
from binance_streams_runtime.errors import ConnectionLost, ParameterError, RetiredStreamWarning
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.pipeline.fill.fills import DEFAULT_FILL_TIMEOUT
from binance_streams_runtime.pipeline.queues import DEFAULT_MAXSIZE, DEFAULT_OVERFLOW, Overflow
from binance_streams_runtime.pipeline.unread import DEFAULT_MAX_UNREAD_BYTES
from binance_streams_runtime.protocol.api_requests import SigningKey
from binance_streams_runtime.protocol.requests import Action, RequestId, check_action
from binance_streams_runtime.signing.keys import check_key


class ClientBase(ABC, Generic[S]):
    """A client whose subscriptions are of the type ``S``.

    The class generated from the spec sets the class variables.
    """

    catalog: ClassVar[Catalog]
    venue: ClassVar[Venue]
    package: ClassVar[str]
    market: ClassVar[str]

    # What type checkers see of this is in the generated client, which knows the events.
    def __init__(
        self,
        server: str | None = None,
        *,
        numbers: type[Any] = Decimal,
        time_unit: str | None = None,
        on_event: Callable[[Message[Any]], object] | None = None,
        on_notice: Callable[[Notice], object] | None = None,
        on_error: Callable[[BaseException], object] | None = None,
        maxsize: int = DEFAULT_MAXSIZE,
        overflow: Overflow = DEFAULT_OVERFLOW,
        max_unread_bytes: int = DEFAULT_MAX_UNREAD_BYTES,
        reconnect: bool | Callable[[ConnectionLost], bool] = True,
        backoff: Callable[[], Iterator[float]] | None = None,
        proxy: str | None = None,
        trust_env: bool = False,
        ssl_context: ssl.SSLContext | None = None,
        connect_timeout: float = 10.0,
        request_timeout: float = 5.0,
        idle_timeout: float | None = None,
        first_event_timeout: float | None = DEFAULT_FIRST_EVENT_TIMEOUT,
        connection_lifetime: float | None = None,
        handover_timeout: float = 10.0,
        redundancy: int = 1,
        max_message: int = 16 * 1024 * 1024,
        rest_url: str | None = None,
        api_url: str | None = None,
        weight_reserve: int | None = None,
        fill_timeout: float = DEFAULT_FILL_TIMEOUT,
        **others: object,
    ) -> None:
        """Make a client. It connects at the first subscription.

        Close it, or use it in a ``with`` statement (``async with`` for an ``AsyncClient``): a
        client that is merely forgotten continues to receive, and causes a ResourceWarning.

        Args:
            server: The name of one of the venue's servers, such as ``testnet``, or a URL such as
                ``ws://127.0.0.1:9443``, or a recording: ``replay:DIR?speed=10``, with the speed a
                number or ``max``, ``from`` and ``to`` (ISO 8601, UTC) and ``session``, or a log of
                collectors: ``nats://HOST:4222?from=all``, with ``from`` (``now``, ``all`` or a
                time), ``durable``, ``reorder``, ``prefix``, ``server``, ``creds`` and ``ca``. None
                is what the environment variable ``BINANCE_STREAMS_SERVER`` names, or production if
                it is not set.
            numbers: The type of prices and quantities: ``Decimal`` (exact, the default),
                ``float``, or ``str`` (the digits as they were sent).
            time_unit: ``millisecond`` or ``microsecond``, for all times in all events; None is
                the venue's default. Not an argument if the venue has only one unit.
            on_event: Called with a ``Message`` for each event that no subscription takes.
            on_notice: Called with each notice, such as ``Disconnected`` or ``Gap``. If 65,536 of
                them wait, or notices with 16 MiB of messages, the oldest are dropped;
                ``stats().notices_dropped`` counts them.
            on_error: Called with what a callback raised, and with the error that ended a
                subscription with a callback. A ``Client`` calls all callbacks in a thread of their
                own, one at a time, an ``AsyncClient`` in its event loop.
            maxsize: The maximum number of events in the client's queue, and in each
                subscription's.
            overflow: What happens if a queue is full: ``drop_oldest`` (the default),
                ``drop_newest``, ``latest`` (only the newest event waits; not allowed if events
                build on each other, as those of diff depth do), ``raise``, or ``block``, which
                stops reading all streams, pings included, until there is room.
            max_unread_bytes: How much memory the unread events of all queues together may occupy;
                the default is 256 MiB, the minimum 1 MiB. Beyond it, ``overflow`` applies to the
                largest queues. The limit is checked as messages come, so the events may occupy a
                few MiB more.
            reconnect: Whether to connect again if a connection ends, and to replace it beforehand
                if its end is foreseeable (``serverShutdown``, its age). True, the default, never
                gives up; False ends the streams with ``ConnectionLost``; a callable gets that
                error and decides. It runs in the thread that serves all connections, so it must
                return quickly and cannot query the client.
            backoff: Makes an iterator of the seconds to wait before each attempt in a row; if it
                is exhausted, the client gives up. None means: at once, then random up to 0.5, 1, 2
                ... 30. It starts over after an event or an answer on a connection that lasted 5
                seconds. If the server requests a longer delay (Retry-After, 429, "Too many
                requests"), the client waits longer; all clients of a process make at most 300
                attempts in 5 minutes, except to servers on this machine.
            proxy: ``http://user:password@host:port``, ``socks5h://...`` (the proxy resolves names)
                or ``socks5://...``. No traffic ever bypasses it.
            trust_env: Whether to take the proxy from ``HTTPS_PROXY``, ``ALL_PROXY`` and
                ``NO_PROXY`` if ``proxy`` is None.
            ssl_context: Used for ``wss://`` instead of ``ssl.create_default_context()``, by its
                ``wrap_bio``, as asyncio does.
            connect_timeout: Seconds for opening a connection, handshake included.
            request_timeout: Seconds for the server to answer a request.
            idle_timeout: Seconds without a byte after which a connection counts as dead. None
                is one and a half times the server's ping interval: 30 for one that pings every 20
                seconds, 270 for one that pings every three minutes. For a URL that belongs to no
                named server, the market's own limits apply.
            first_event_timeout: Seconds after its confirmation at which a stream without a single
                event is reported by ``Stale``, once: the server confirms a misspelled symbol like
                any other. The default is 60; None reports nothing.
            connection_lifetime: Seconds after which the server closes a connection; shortly
                before, a new one takes over. None is the venue's own 24 hours.
            handover_timeout: Seconds for which an old connection is kept, stream by stream, until
                it has passed the first event from the new one. What it has not passed by then is
                reported by a ``Gap``, unless ids show that nothing is missing. A stream that was
                idle on both for this long is not reported: two connections are assumed to lag
                behind each other by less than that.
            redundancy: How many connections carry each stream, to other addresses of the server
                where it has several: 1 (the default), 2 or 3. The first copy of each event is
                delivered, so that the end of one connection is neither a gap nor a wait. Each
                connection counts toward the server's limits.
            max_message: Size limit of a message in bytes.
            rest_url: The REST API that order books and ``fill=True`` use, such as
                ``https://api.binance.com`` or ``http://127.0.0.1:8080``, without a path. None is
                that of the named server; for another ``ws://`` or ``wss://`` URL, the same host and
                port by ``http`` or ``https``.
            api_url: The WebSocket API that accounts use, such as
                ``wss://ws-api.binance.com/ws-api/v3`` or ``ws://127.0.0.1:8080``; without a
                path, that of the venue is added. None is that of the named server; for another
                URL, the same host and port.
            weight_reserve: Request weight that is left in every window (a minute) for other
                requests from this IP address, such as those of your own program. None is a quarter
                of the server's limit, which Spot's documentation gives as 6,000.
            fill_timeout: Seconds after which a fill (``fill=True``) without progress is given up:
                what is still missing is reported by a ``Gap``, and the live events behind it, which
                have waited, are delivered. It is also given up if more events wait than the
                subscription's ``maxsize``, unless its ``overflow`` is ``block``.

        Raises:
            ParameterError: A value is not allowed; the text says what is.
            TypeError: An argument of that name does not exist; the text lists those that do.
            RecordingError: There is no recording to replay at that path.
            ImportError: A log is read by nats-py, which is not installed.
            SetupError: The module ``websocket`` is not websocket-client.
        """
        venue, self._settings = make_settings(
            self.venue,
            self.catalog,
            self.market,
            server,
            time_unit,
            others,
            numbers=numbers,
            on_event=on_event,
            on_notice=on_notice,
            on_error=on_error,
            maxsize=maxsize,
            overflow=overflow,
            max_unread_bytes=max_unread_bytes,
            reconnect=reconnect,
            backoff=backoff,
            proxy=proxy,
            trust_env=trust_env,
            ssl_context=ssl_context,
            connect_timeout=connect_timeout,
            request_timeout=request_timeout,
            idle_timeout=idle_timeout,
            first_event_timeout=first_event_timeout,
            connection_lifetime=connection_lifetime,
            handover_timeout=handover_timeout,
            redundancy=redundancy,
            max_message=max_message,
            rest_url=rest_url,
            api_url=api_url,
            weight_reserve=weight_reserve,
            fill_timeout=fill_timeout,
        )
        self._engine: ClientEngine[S, Any] = self._make_engine(venue, self._settings)
        weakref.finalize(self, _warn_forgotten, self._engine, self.url)
        self._is_iterated = False

    @abstractmethod
    def _make_engine(self, venue: Venue, settings: Settings) -> ClientEngine[S, Any]:
        """Make the engine, which is that of a front end."""

    @property
    def url(self) -> str:
        """The URL that the client connects to."""
        return self._settings.target.url

    def subscribe(self, name: str, id: RequestId = None, **kwargs: Unpack[FillOptions[Any]]) -> S:
        """Subscribe to a stream by its raw name, such as ``btcusdt@kline_1m``.

        Returns at once; ``wait()`` on the result blocks until the server has confirmed it. The
        same name gives the same subscription as long as it lasts. ``id`` becomes the request's.
        ``fill=True`` fetches what was missed by REST, if the venue has it.

        Raises UnknownStreamError if the name matches no stream in the catalog (the venue would
        confirm it and send nothing), ParameterError for an ``id`` or option that is not allowed,
        and ClientClosed.
        """
        return self._subscribe(self.catalog.resolve(name), id, kwargs, stacklevel=3)

    def unsubscribe(self, name: str, id: RequestId = None) -> None:
        """End the subscription to a stream by its raw name; no-op if not subscribed.

        Its iteration ends once the events that wait have been taken.
        """
        self._engine.unsubscribe(self.catalog.resolve(name), id)

    @property
    def subscriptions(self) -> tuple[S, ...]:
        """Every subscription that has not ended."""
        return self._engine.subscriptions

    def _check_method(self, name: str) -> None:
        """Raise ParameterError if the venue has no such control method."""
        if not self.venue.has_method(name):
            allowed = ", ".join(repr(method.name) for method in self.venue.methods)
            raise ParameterError("method", name, f"{allowed} at {self.venue.name}")

    def _check_subscribing(
        self, stream: Stream, options: FillOptions[Any], stacklevel: int
    ) -> None:
        """Check a subscription before anything is sent.

        ``stacklevel`` is that of the caller's line, for the warning about a retired stream.
        """
        check_options(options)
        check_fill(options.get("fill", False), stream, self._settings.rest)
        check_server(self.venue, self._settings.server, stream)
        source = self._settings.source
        if source is not None:
            source.check(stream)
            if options.get("fill") and not source.can_fill:
                allowed = f"False, as {source.what} has no REST API"
                raise ParameterError("fill", True, allowed)
        lifecycle = stream.type.lifecycle
        if lifecycle.retired is not None:
            text = f"{stream.type.key} was retired on {lifecycle.retired}: use {lifecycle.use}"
            warnings.warn(text, RetiredStreamWarning, stacklevel=stacklevel + 1)

    def __repr__(self) -> str:
        count = len(self._engine.subscriptions) + len(self._engine.accounts.all)
        state = "closed" if self._engine.is_closed else f"{count} subscriptions"
        return f"<{type(self).__name__} {self._settings.target.url} {state}>"

    def _open_book(
        self,
        arguments: dict[str, object],
        depth: int,
        verify: bool | None,
        options: BookOptions[Any],
    ) -> OrderBookBase[Any]:
        """Check and open an order book, for the generated method.

        ``arguments`` are those of the stream of updates.
        """
        settings = self._settings
        rules, updates, best = check_book(
            *(self.catalog, self.venue, settings.server, settings.rest),
            *(arguments, depth, verify, options),
        )
        if settings.source is not None:
            settings.source.check(updates)
        return self._engine.books.open(rules, updates, best, depth, verify, options)

    def _open_account(
        self,
        kind: type[A],
        key: SigningKey,
        recv_window: float | None,
        options: SubscribeOptions[Any],
    ) -> A:
        """Check and subscribe to an account, for the generated method, which knows its class."""
        settings = self._settings
        if settings.source is not None:
            allowed = f"a server: {settings.source.what} has no accounts"
            raise ParameterError("server", settings.target.url, allowed)
        api, window = check_account(
            *(self.venue, settings.server, settings.api_url, recv_window, options)
        )
        made: type[A] = get_origin(kind) or kind
        return self._engine.accounts.open(made, api, check_key(key), window, options)

    def _accounts(self) -> tuple[Any, ...]:
        """Return the accounts, for the generated property, which knows their class."""
        return self._engine.accounts.all

    def _raw_stream(self, name: str) -> Stream:
        """Return the stream of a name whose messages may be passed on; raise if they may not."""
        stream = self.catalog.resolve(name)
        if stream.type.is_secret:
            allowed = "a stream of the market: those of users are passed on to nobody"
            raise ParameterError("stream", stream.label, allowed)
        check_server(self.venue, self._settings.server, stream)
        if self._settings.source is not None:
            self._settings.source.check(stream)
        return stream

    def _raw(self, name: str, id: RequestId, options: SubscribeOptions[RawMessage]) -> S:
        """Check and subscribe to the messages of a stream, for ``raw`` of both front ends."""
        stream = self._raw_stream(name)
        for option in options:
            if option not in SubscribeOptions.__annotations__:
                allowed = ", ".join(SubscribeOptions.__annotations__)
                raise TypeError(f"unexpected keyword argument {option!r}; allowed: {allowed}")
        given = cast("FillOptions[Any]", options)
        self._check_subscribing(stream, given, stacklevel=3)
        return self._engine.subscribe(stream, id, given, is_raw=True)

    def _stream(
        self,
        type: StreamType,
        arguments: dict[str, object],
        id: RequestId,
        action: Action,
        options: SubscribeOptions[Any],
        stacklevel: int = 4,
    ) -> S:
        """Subscribe or unsubscribe, for every generated method."""
        stream = type.stream(**arguments)
        # Only type checkers know which methods have ``fill``; here, the stream decides.
        given = cast("FillOptions[Any]", options)
        if check_action(action):
            return self._subscribe(stream, id, given, stacklevel)
        check_options(given)
        return self._engine.unsubscribe(stream, id)

    def _subscribe(
        self, stream: Stream, id: RequestId, options: FillOptions[Any], stacklevel: int
    ) -> S:
        """Check and subscribe; ``stacklevel`` is where warnings find the caller's line."""
        self._check_subscribing(stream, options, stacklevel)
        return self._engine.subscribe(stream, id, options)


def _warn_forgotten(engine: ClientEngine[Any, Any], url: str) -> None:
    if engine.is_forgotten:
        text = f"unclosed client of {url}: use it in a with, or close it"
        warnings.warn(text, ResourceWarning, stacklevel=1)
