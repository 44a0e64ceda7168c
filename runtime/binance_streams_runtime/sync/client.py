"""The client under the generated methods: what every stream's method shares."""

from __future__ import annotations

import ssl
import warnings
import weakref
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from types import TracebackType
from typing import Any, Generic, Self, Unpack

from binance_streams_runtime.catalog.streams import Stream, StreamType
from binance_streams_runtime.client.base import ClientBase, make_settings
from binance_streams_runtime.client.options import (
    DEFAULT_FIRST_EVENT_TIMEOUT,
    SubscribeOptions,
    check_options,
)
from binance_streams_runtime.client.stats import Stats
from binance_streams_runtime.decoding.message import Message
from binance_streams_runtime.errors import (
    ConnectionLost,
    ParameterError,
    RequestError,
    client_closed,
    shown,
)
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.pipeline.queues import (
    DEFAULT_MAXSIZE,
    DEFAULT_OVERFLOW,
    ErrorItem,
    Overflow,
)
from binance_streams_runtime.pipeline.unread import DEFAULT_MAX_UNREAD_BYTES
from binance_streams_runtime.protocol.requests import Action, RequestId, check_action
from binance_streams_runtime.sync.engine import ThreadedEngine
from binance_streams_runtime.sync.subscription import Subscription, warn_shared
from binance_streams_runtime.types import N

__all__ = ["Action", "BaseClient", "RequestId", "SubscribeOptions"]


class BaseClient(ClientBase, Generic[N]):
    """What every generated client shares; the class made from the spec adds the streams."""

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
        max_message: int = 16 * 1024 * 1024,
        **others: object,
    ) -> None:
        """Make a client. It connects when the first stream is wanted.

        Close it, or use it in a ``with``: a client that is merely forgotten goes on receiving, and
        gives a ResourceWarning.

        Args:
            server: The name of a server of the venue, such as ``testnet``, or a URL such as
                ``ws://127.0.0.1:9443``. None is what the environment's ``BINANCE_STREAMS_SERVER``
                names, or else production.
            numbers: The type of prices and quantities: ``Decimal`` (exact, the default),
                ``float``, or ``str`` (the digits as they were sent).
            time_unit: ``millisecond`` or ``microsecond``, for all times of all events; None is
                what the venue sends unasked. Not an argument if the venue has one unit only.
            on_event: Called with a ``Message`` for each event that no subscription takes.
            on_notice: Called with each notice, such as ``Disconnected`` or ``Gap``. If 65,536 of
                them wait, or 16 MiB of messages in them, the oldest are dropped;
                ``stats().notices_dropped`` counts them.
            on_error: Called with what a callback raised, and with what ended a subscription that
                has a callback. All callbacks run in one thread of their own, one at a time.
            maxsize: How many events wait at most, in the client's queue and in each subscription's.
            overflow: What happens to more of them: ``drop_oldest`` (the default),
                ``drop_newest``, ``latest`` (only the newest waits; refused where events build on
                each other, as those of diff depth), ``raise``, or ``block``, which stops reading
                all streams, pings included, until there is room.
            max_unread_bytes: How much memory the events of all queues together may take; the
                default is 256 MiB, at least 1 MiB. If they take more, ``overflow`` holds for the
                largest queues. It is looked at as messages come, so some MiB more are possible.
            reconnect: Whether to connect again where a connection ends, and to replace it in time
                where its end is known before (``serverShutdown``, its age). True, the default,
                never gives up; False ends the streams with ``ConnectionLost``; a callable is given
                that error and decides. It runs in the thread that serves all connections, so it
                must return at once and cannot ask the client anything.
            backoff: Makes an iterator of the seconds to wait before each attempt in a row; where it
                ends, the client gives up. None is: at once, then at random up to 0.5, 1, 2 ... 30.
                It begins anew after data or an answer on a connection that lasted for 5 seconds.
                Where the server asks for more (Retry-After, 429, "Too many requests"), more is
                waited; all clients of a process make at most 300 attempts in 5 minutes, except to
                servers on this machine.
            proxy: ``http://user:password@host:port``, ``socks5h://...`` (the proxy resolves names)
                or ``socks5://...``. Nothing ever goes past it.
            trust_env: Whether to take the proxy from ``HTTPS_PROXY``, ``ALL_PROXY`` and
                ``NO_PROXY`` where ``proxy`` is None.
            ssl_context: For ``wss://`` in place of ``ssl.create_default_context()``.
            connect_timeout: Seconds for a connection to be open, handshake included.
            request_timeout: Seconds for the server to answer a request.
            idle_timeout: Seconds without a byte after which a connection counts as dead. None
                is half as long again as the server's ping interval: 30 for one that pings every
                20 seconds, 270 for one that does so every three minutes. For a URL that is no named
                server's the limits of the market hold.
            first_event_timeout: Seconds for which a stream must have been confirmed before
                ``Stale`` is reported, once, if no event at all came: the server confirms a
                misspelled symbol as any other. The default is 60; None reports nothing.
            connection_lifetime: Seconds after which the server ends a connection; shortly before,
                a new one takes over. None is the venue's own 24 hours.
            handover_timeout: Seconds that a connection that is replaced is kept for, stream by
                stream, until it has passed what the new one brought first. What it has not passed
                by then is reported by a ``Gap`` unless ids show that nothing is missing; a stream
                on which both were silent for so long is not: no two connections of the server may
                lag behind each other by more than that.
            max_message: Bytes of the largest message that is read.

        Raises:
            ParameterError: A value is not allowed; the text says what is.
            TypeError: An argument of that name does not exist; the text lists those that do.
            SetupError: Another module than websocket-client is called ``websocket``.
        """
        venue, self._settings = make_settings(
            self.venue,
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
            max_message=max_message,
        )
        self._engine = ThreadedEngine(venue, self._settings)
        self._engine.queue.on_shared = partial(warn_shared, "one client", stacklevel=4)
        weakref.finalize(self, _warn_forgotten, self._engine, self.url)
        self._is_iterated = False

    def subscribe(
        self, name: str, id: RequestId = None, **kwargs: Unpack[SubscribeOptions[Any]]
    ) -> Subscription[Any]:
        """Subscribe to a stream by its raw name, such as ``btcusdt@kline_1m``.

        Returns at once; ``wait()`` on the result blocks until the server has confirmed it. The
        same name gives the same subscription as long as it lasts. ``id`` becomes the request's.

        Raises UnknownStreamError where no stream has that name (the venue would acknowledge it
        and stay silent), ParameterError for an ``id`` or option that is not allowed, ClientClosed.
        """
        return self._subscribe(self.catalog.resolve(name), id, kwargs, stacklevel=3)

    def unsubscribe(self, name: str, id: RequestId = None) -> None:
        """End the subscription to a stream by its raw name; without effect where there is none.

        Its iteration ends once the events that wait have been taken.
        """
        self._engine.unsubscribe(self.catalog.resolve(name), id)

    def list_subscriptions(self, id: RequestId = None) -> list[str]:
        """The names of the streams that the server says it sends, over all connections.

        Opens a connection if there is none, and asks nobody while the next attempt is waited for.
        So it ends within ``connect_timeout`` and ``request_timeout``, and 2 s.

        Raises RequestError if the server refuses, RequestTimeout if it does not answer,
        ConnectionLost with the reason if there is no connection, ClientClosed, and ParameterError
        if the venue has no such request.
        """
        self._check_method("LIST_SUBSCRIPTIONS")
        answers = self._engine.query_all("LIST_SUBSCRIPTIONS", id)
        for answer in answers:
            if not isinstance(answer, list):
                raise RequestError(None, f"its answer is no list: {shown(answer)}")
        return [name for names in answers for name in names]

    def get_property(self, name: str, id: RequestId = None) -> Any:
        """What the server says of a property of the connection; ``combined`` is the only one.

        Raises RequestError(code 0, "Unknown property") for another one, and as list_subscriptions.
        """
        self._check_method("GET_PROPERTY")
        return self._engine.query("GET_PROPERTY", [_check_property(name)], id)

    def set_property(self, name: str, value: bool, id: RequestId = None) -> None:
        """Set a property of the connection; ``combined`` is the only one.

        The client connects with ``combined`` true, which tells it whose each message is. With
        false, messages are told apart by their form and symbol; one that fits several of the
        streams becomes an ``Undecodable`` notice.

        Raises RequestError where the server refuses, and as list_subscriptions.
        """
        if not isinstance(value, bool):
            raise ParameterError("value", value, "True, False")
        self._check_method("SET_PROPERTY")
        self._engine.set_property(_check_property(name), value, id)

    def __iter__(self) -> Iterator[Message[Any]]:
        """All events that no subscription takes itself, in the order in which they came.

        Blocks until an event comes; ends quietly with ``close()``. Raises what ended a stream
        (ConnectionLost, RequestError) at its place; a new loop goes on after it. A loop that begins
        after ``close()`` raises ClientClosed, once what waited has been taken.
        """
        if self._settings.on_event is not None:
            raise ParameterError("iteration", "a client with on_event", "a client without")
        if not self._is_iterated:
            self._is_iterated = True
            self._engine.attach_client()
        return self._messages(self._engine.is_closed)

    def _messages(self, was_closed: bool) -> Iterator[Message[Any]]:
        for item in self._engine.queue.iterate():
            if item.__class__ is ErrorItem:
                raise item.error
            yield item
        if was_closed:
            raise client_closed()

    def run_forever(self) -> None:
        """Block while callbacks do the work, until Ctrl-C or until ``close()`` is called elsewhere.

        Ctrl-C closes the client. Raises what ended the last stream (ConnectionLost, RequestError),
        as nothing would ever come any more; BrokenPipeError if a callback prints and nobody reads
        that any more, as behind ``| head``; RuntimeError in a callback, which would wait for
        itself; ClientClosed if the client was closed before, unless a callback was faster.
        """
        self._engine.run_forever()

    @property
    def subscriptions(self) -> tuple[Subscription[Any], ...]:
        """Every subscription that has not ended."""
        return self._engine.subscriptions

    def stats(self) -> Stats:
        """Messages, bytes, drops, gaps and lag, by connection and by stream, as of now."""
        return self._engine.stats()

    def close(self) -> None:
        """Close every connection and end every iteration; returns within 2 seconds.

        May be called from any thread, from a callback, and more than once.
        """
        self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        count = len(self._engine.subscriptions)
        state = "closed" if self._engine.is_closed else f"{count} subscriptions"
        return f"<{type(self).__name__} {self._settings.target.url} {state}>"

    def _stream(
        self,
        type: StreamType,
        arguments: dict[str, object],
        id: RequestId,
        action: Action,
        options: SubscribeOptions[Any],
    ) -> Subscription[Any]:
        """What every generated method does."""
        stream = type.stream(**arguments)
        if check_action(action):
            return self._subscribe(stream, id, options, stacklevel=4)
        check_options(options)
        return self._engine.unsubscribe(stream, id)

    def _subscribe(
        self, stream: Stream, id: RequestId, options: SubscribeOptions[Any], stacklevel: int
    ) -> Subscription[Any]:
        """``stacklevel`` is how far down the caller's line is, for warnings."""
        self._check_subscribing(stream, options, stacklevel)
        return self._engine.subscribe(stream, id, options)


def _warn_forgotten(engine: ThreadedEngine, url: str) -> None:
    if engine.is_forgotten:
        text = f"unclosed client of {url}: use it in a with, or close it"
        warnings.warn(text, ResourceWarning, stacklevel=1)


def _check_property(name: object) -> str:
    if not isinstance(name, str):
        raise ParameterError("name", name, "a property's name, such as 'combined'")
    return name
