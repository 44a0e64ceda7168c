"""The base class of the generated clients: everything but the methods for their streams."""

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
    """The base class of every generated client, which adds a method for each stream."""

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
        """Make a client. It connects at the first subscription.

        Close it, or use it in a ``with`` statement: a client that is merely forgotten continues to
        receive, and causes a ResourceWarning.

        Args:
            server: The name of one of the venue's servers, such as ``testnet``, or a URL such as
                ``ws://127.0.0.1:9443``. None is what the environment variable
                ``BINANCE_STREAMS_SERVER`` names, or production if it is not set.
            numbers: The type of prices and quantities: ``Decimal`` (exact, the default),
                ``float``, or ``str`` (the digits as they were sent).
            time_unit: ``millisecond`` or ``microsecond``, for all times in all events; None is
                the venue's default. Not an argument if the venue has only one unit.
            on_event: Called with a ``Message`` for each event that no subscription takes.
            on_notice: Called with each notice, such as ``Disconnected`` or ``Gap``. If 65,536 of
                them wait, or notices with 16 MiB of messages, the oldest are dropped;
                ``stats().notices_dropped`` counts them.
            on_error: Called with what a callback raised, and with the error that ended a
                subscription with a callback. All callbacks run in a thread of their own, one at a
                time.
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
            ssl_context: Used for ``wss://`` instead of ``ssl.create_default_context()``.
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
            max_message: Size limit of a message in bytes.

        Raises:
            ParameterError: A value is not allowed; the text says what is.
            TypeError: An argument of that name does not exist; the text lists those that do.
            SetupError: The module ``websocket`` is not websocket-client.
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

    def list_subscriptions(self, id: RequestId = None) -> list[str]:
        """Return the names of the streams that the server lists as subscribed, on all connections.

        Opens a connection if there is none, and fails at once while waiting for the next attempt.
        So it returns within ``connect_timeout`` plus ``request_timeout`` plus 2 s.

        Raises RequestError if the server rejects it, RequestTimeout if it does not answer,
        ConnectionLost with the reason if there is no connection, ClientClosed, and ParameterError
        if the venue has no such request.
        """
        self._check_method("LIST_SUBSCRIPTIONS")
        answers = self._engine.query_all("LIST_SUBSCRIPTIONS", id)
        for answer in answers:
            if not isinstance(answer, list):
                raise RequestError(None, f"its answer is not a list: {shown(answer)}")
        return [name for names in answers for name in names]

    def get_property(self, name: str, id: RequestId = None) -> Any:
        """Return the server's value of a connection property; ``combined`` is the only one.

        Raises RequestError(code 0, "Unknown property") for another one, and what
        ``list_subscriptions`` raises.
        """
        self._check_method("GET_PROPERTY")
        return self._engine.query("GET_PROPERTY", [_check_property(name)], id)

    def set_property(self, name: str, value: bool, id: RequestId = None) -> None:
        """Set a connection property; ``combined`` is the only one.

        The client connects with ``combined`` true, so that each message names its stream. With
        false, the client identifies the stream by the message's form and symbol; a message that
        matches several streams becomes an ``Undecodable`` notice.

        Raises RequestError if the server rejects it, and what ``list_subscriptions`` raises.
        """
        if not isinstance(value, bool):
            raise ParameterError("value", value, "True, False")
        self._check_method("SET_PROPERTY")
        self._engine.set_property(_check_property(name), value, id)

    def __iter__(self) -> Iterator[Message[Any]]:
        """Iterate all events that no subscription takes itself, in order of arrival.

        Blocks until an event comes; ends quietly with ``close()``. Raises the error that ended a
        stream (ConnectionLost, RequestError) at its place; a new loop continues after it. A loop
        that begins after ``close()`` raises ClientClosed, once what waited has been taken.
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

        Ctrl-C closes the client. Raises the error that ended the last stream (ConnectionLost,
        RequestError), as no event would ever come again; BrokenPipeError if a callback prints and
        the reader of the output is gone, as with ``| head``; RuntimeError in a callback, which
        would wait for itself; ClientClosed if the client was closed before, unless by a callback.
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
        """Subscribe or unsubscribe, for every generated method."""
        stream = type.stream(**arguments)
        if check_action(action):
            return self._subscribe(stream, id, options, stacklevel=4)
        check_options(options)
        return self._engine.unsubscribe(stream, id)

    def _subscribe(
        self, stream: Stream, id: RequestId, options: SubscribeOptions[Any], stacklevel: int
    ) -> Subscription[Any]:
        """Check and subscribe; ``stacklevel`` is where warnings find the caller's line."""
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
