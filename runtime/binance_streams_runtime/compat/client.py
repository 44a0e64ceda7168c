"""The client that people know from ``binance-connector``: the same calls, on this runtime.

A callback gets the text of each message, as the server sent it. Underneath is the same engine as in
``Client``: connections to the combined path, dispatch by stream name, reconnects and handovers.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, ClassVar, Self

from binance_streams_runtime.catalog.streams import Catalog, StreamType
from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.client.connect_limit import reserve_at
from binance_streams_runtime.client.log import logger as default_logger
from binance_streams_runtime.client.options import (
    Settings,
    find_proxy,
    make_timeouts,
    retry_policy,
)
from binance_streams_runtime.client.servers import find_server
from binance_streams_runtime.client.servers import stream_url as stream_url_of
from binance_streams_runtime.compat.callbacks import Callback, Callbacks
from binance_streams_runtime.compat.calls import (
    Verbatim,
    check_text,
    named_streams,
    parse_message,
    proxy_of,
    request_id,
    route_of,
    with_choices,
)
from binance_streams_runtime.compat.texts import ControlItem, TextDecoder, TextRouter
from binance_streams_runtime.errors import ConnectionLost, UndecodableError
from binance_streams_runtime.notices import Connected, Disconnected, Notice, Undecodable
from binance_streams_runtime.pipeline.queues import DEFAULT_MAXSIZE, DEFAULT_OVERFLOW
from binance_streams_runtime.protocol.frames import Closed, Ping, Pong
from binance_streams_runtime.protocol.requests import (
    ACTION_SUBSCRIBE,
    ACTION_UNSUBSCRIBE,
    Request,
    RequestId,
)
from binance_streams_runtime.session.session import Session
from binance_streams_runtime.sync.engine import ThreadedEngine
from binance_streams_runtime.transport.target import Target

_CONNECT_TIMEOUT = 10.0
_MAX_MESSAGE = 16 * 1024 * 1024

# Seconds beyond the timeout within which the outcome of the first attempt is reported.
_MARGIN = 0.5

# Seconds that ``stop`` takes at most.
_STOP = 1.95


class BaseCompatClient:
    """The base class of the generated class, which adds a method for each stream."""

    ACTION_SUBSCRIBE = ACTION_SUBSCRIBE
    ACTION_UNSUBSCRIBE = ACTION_UNSUBSCRIBE

    catalog: ClassVar[Catalog]
    venue: ClassVar[Venue]

    def __init__(
        self,
        stream_url: str = "wss://stream.binance.com:9443",
        on_message: Callback = None,
        on_open: Callback = None,
        on_close: Callback = None,
        on_error: Callback = None,
        on_ping: Callback = None,
        on_pong: Callback = None,
        is_combined: bool = False,
        timeout: float | None = None,
        time_unit: str | None = None,
        logger: logging.Logger | None = None,
        proxies: Mapping[str, str] | None = None,
        *,
        reconnect: bool | Callable[[ConnectionLost], bool] = True,
    ) -> None:
        """Connect, and return once the connection is open.

        All callbacks run in a thread of their own, one at a time, and get this client first. What
        one raises is logged and passed to ``on_error``; the streams continue. If the first attempt
        fails, that error is logged and passed to ``on_error``, and attempts continue.

        Args:
            stream_url: The server, without a path.
            on_message: Called with the client and the text of each message, answers included.
            on_open: Called with the client once it is connected, and again after each reconnect.
            on_close: Called with the client after ``stop()``, or, without ``reconnect``, when the
                server closes the connection.
            on_error: Called with the client and an exception: what a callback raised, a text that
                cannot be decoded, and what ends the client: a lost connection without
                ``reconnect``, or a closed stdout.
            on_ping: Called with the client and the payload of each ping; the pong is sent anyway.
            on_pong: Called with the client for each pong.
            is_combined: Whether messages come in their wrapper, ``{"stream":...,"data":...}``.
            timeout: Seconds for opening a connection; None is 10.
            time_unit: ``millisecond`` or ``microsecond``, in either case; None is the first.
            logger: Where warnings and errors are logged; None is the logger ``binance_streams``.
            proxies: ``{"http": "http://user:password@host:port"}``, or the same under ``https``.
                None is the proxy from the environment, such as ``HTTPS_PROXY``.
            reconnect: Whether to connect and subscribe again if the connection is lost; a callable
                gets that error and decides. With False, a lost connection ends the client, and a
                failed first attempt raises.

        Raises:
            ParameterError: A value is not allowed; the text says what is.
            ConnectionLost: The first attempt failed and ``reconnect`` is False.
        """
        self.logger: logging.Logger = logger or default_logger
        self._callbacks = Callbacks(
            self,
            self.logger,
            on_message=on_message,
            on_open=on_open,
            on_close=on_close,
            on_error=on_error,
            on_ping=on_ping,
            on_pong=on_pong,
        )
        self._decoder = TextDecoder(bool(is_combined))
        connect_timeout = _CONNECT_TIMEOUT if timeout is None else timeout
        known, host = find_server(self.venue, stream_url)
        self._venue = self.venue.at(known)
        limits = self._venue.limits
        url = stream_url_of(self._venue, host, time_unit or None)
        reserve = reserve_at(url, limits.connection_attempts, limits.connection_attempts_window)
        self._engine = ThreadedEngine(
            self._venue,
            Settings(
                target=Target(url, connect_timeout, None, find_proxy(proxy_of(proxies), True, url)),
                server=None,
                numbers=str,
                timeouts=make_timeouts(limits, connect_timeout),
                retry=retry_policy(reconnect, None, reserve, self.logger),
                maxsize=DEFAULT_MAXSIZE,
                overflow=DEFAULT_OVERFLOW,
                max_message=_MAX_MESSAGE,
                on_event=self._callbacks.consumer(self._on_control, self._lost),
                on_notice=self._notice,
                on_error=self._lost,
                logger=self.logger,
                make_router=lambda event, stray: TextRouter(event, stray, self._decoder),
            ),
        )
        self._lock = threading.RLock()
        self._is_made = False
        self._has_opened = False
        self._is_closed_by_server = False
        self._is_ending = False
        # Set once the first attempt has succeeded or failed.
        self._is_tried = threading.Event()
        self._failure: BaseException | None = None
        self._is_over = threading.Event()
        # Like the thread of the old client, it keeps the program running as long as the client.
        self._keeper = threading.Thread(
            target=self._is_over.wait, name="binance-streams-keeper", daemon=False
        )
        self._start(connect_timeout + _MARGIN, reconnect)

    # The old client's interface

    @property
    def socket_manager(self) -> Self:
        """This client, which is one object where the old one had two."""
        return self

    def subscribe(self, stream: str | list[str], id: RequestId = None) -> None:
        """Subscribe to one stream, or to several, by raw names such as ``btcusdt@kline_1m``.

        A name that matches no stream in the catalog is sent anyway, with a warning in the log: the
        venue confirms such names and sends nothing. ``id`` becomes the request's.

        Raises ValueError for what is neither a name nor a list, ParameterError for a name or an
        ``id`` that cannot be sent, ClientClosed after the end.
        """
        names = named_streams(stream)
        chosen = request_id(id, self._venue)
        if not names:
            self.send({"method": ACTION_SUBSCRIBE, "params": names, "id": chosen})
            return
        routes = [route_of(name, self.catalog, self._decoder, self.logger) for name in names]
        self._engine.command(lambda now, engine: engine.subscribe_many(now, names, routes, chosen))

    def unsubscribe(self, stream: str | list[str], id: RequestId = None) -> None:
        """Unsubscribe from one stream, or from several; see ``subscribe``."""
        names = named_streams(stream)
        chosen = request_id(id, self._venue)
        if not names:
            self.send({"method": ACTION_UNSUBSCRIBE, "params": names, "id": chosen})
            return
        for name in names:
            check_text(name)
        self._engine.command(lambda now, engine: engine.unsubscribe_many(now, names, chosen))

    def send_message_to_server(
        self, message: str | list[str], action: str | None = None, id: RequestId = None
    ) -> None:
        """Subscribe, or unsubscribe if ``action`` is ``ACTION_UNSUBSCRIBE``."""
        if action == ACTION_UNSUBSCRIBE:
            self.unsubscribe(message, id)
        else:
            self.subscribe(message, id)

    def list_subscribe(self, id: RequestId = None) -> None:
        """Query the server's list of subscriptions; ``on_message`` gets the answer."""
        self._query(Request("LIST_SUBSCRIPTIONS", (), request_id(id, self._venue)))

    def send(self, message: dict[str, Any]) -> None:
        """Send a control message; ``on_message`` gets the answer."""
        self.send_message(json.dumps(message))

    def send_message(self, message: str) -> None:
        """Send a control message that is already a text.

        The streams of a SUBSCRIBE or UNSUBSCRIBE are kept across reconnects, as with the methods.
        The property ``combined`` applies to what ``on_message`` gets; on the wire it remains true.
        """
        request = parse_message(message, self._venue)
        if request.method == ACTION_SUBSCRIBE:
            self.subscribe([str(name) for name in request.params], request.id)
        elif request.method == ACTION_UNSUBSCRIBE:
            self.unsubscribe([str(name) for name in request.params], request.id)
        else:
            self._query(request)

    def ping(self) -> None:
        """Send a ping; ``on_pong`` is called when it is answered."""
        self._command(lambda now, session: session.ping(now))

    def stop(self, id: RequestId = None) -> None:
        """Close the connection and end; returns within 2 seconds.

        May be called from any thread, from a callback, and more than once.
        """
        begun = time.monotonic()
        self._engine.close()
        if self._is_ending:
            return
        if self._callbacks.is_calling():
            self._end(None, is_closed=True)
            return
        # In a thread, so that this returns whatever on_close does.
        closing = threading.Thread(
            target=self._end, args=(None, True), name="binance-streams-closing", daemon=True
        )
        closing.start()
        closing.join(max(0.05, begun + _STOP - time.monotonic()))

    def close(self) -> None:
        """Close the connection and end; the same as ``stop``."""
        self.stop()

    def join(self, timeout: float | None = None) -> None:
        """Block until the client has ended; at most ``timeout`` seconds.

        Raises RuntimeError in a callback, which would wait for itself.
        """
        if self._callbacks.is_calling():
            raise RuntimeError("cannot join current thread")
        self._keeper.join(timeout)

    def is_alive(self) -> bool:
        """Return whether the client has not ended."""
        return not self._is_over.is_set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        state = "alive" if self.is_alive() else "over"
        return f"<{type(self).__name__} {state}>"

    # Called by the generated methods

    def _stream(
        self, type: StreamType, arguments: dict[str, object], id: RequestId, action: str | None
    ) -> None:
        name = type.name(**with_choices(type, arguments))
        self.send_message_to_server(name, action=action, id=id)

    # In the caller's threads

    def _start(self, patience: float, reconnect: object) -> None:
        """Connect, and wait until the first attempt has succeeded or failed."""
        try:
            self._command(lambda now, session: session.keep_alive(now))
            if not self._is_tried.wait(patience) and not self._has_opened:
                lost = ConnectionLost(f"not open after {patience:g} s")
                if reconnect is False:
                    raise lost
                self._callbacks.warn("late connection", "%s: still trying", lost)
            with self._lock:
                failure = self._failure
                self._is_made = True
            if failure is not None:
                raise failure
        except BaseException:
            self._is_over.set()
            self._engine.close()
            raise
        self._keeper.start()

    def _query(self, request: Request) -> None:
        """Send a query; ``on_message`` gets the answer."""
        request.on_result.append(lambda result, error: self._answered(request, error))
        self._command(lambda now, session: session.query(now, request))

    def _command(self, do: Callable[[float, Session], None]) -> None:
        self._engine.command(
            lambda now, engine: engine.command(now, lambda session: do(now, session))
        )

    # Called by the driver

    def _answered(self, request: Request, error: BaseException | None) -> None:
        if isinstance(error, ConnectionLost | TimeoutError):
            text = "no answer to %s: %s"
            self._callbacks.warn("unanswered request", text, request.method, error)
        elif error is None and isinstance(request, Verbatim) and request.combines is not None:
            self._decoder.is_combined = request.combines

    # In the callback thread

    def _on_control(self, item: ControlItem) -> None:
        match item.what:
            case Ping(payload):
                self._callbacks.call("on_ping", payload)
            case Pong():
                self._callbacks.call("on_pong")
            case Closed():
                self._is_closed_by_server = True
            case Connected():
                self._has_opened = True
                self._is_closed_by_server = False
                self._callbacks.call("on_open")
                self._is_tried.set()
            case ConnectionLost() as error:
                self._lost(error)

    def _notice(self, notice: Notice) -> None:
        if isinstance(notice, Undecodable):
            self._callbacks.report(UndecodableError(repr(notice)))
        elif isinstance(notice, Disconnected) and notice.retry_in is not None:
            if self._has_opened or self._is_tried.is_set():
                return
            self._callbacks.report(ConnectionLost(notice.reason, notice.code, notice.status))
            self._is_tried.set()

    def _lost(self, error: BaseException) -> None:
        """End the client because its connection is lost for good."""
        with self._lock:
            if not self._is_made and not self._has_opened:
                self._failure = error
                self._is_tried.set()
                return
        self._engine.close()
        self._end(error, is_closed=self._is_closed_by_server)

    def _end(self, error: BaseException | None, is_closed: bool) -> None:
        """End the client and call ``on_close`` or ``on_error``; once."""
        with self._lock:
            if self._is_ending:
                return
            self._is_ending = True
        self._is_tried.set()
        if is_closed:
            self._callbacks.call("on_close")
        elif error is not None:
            self._callbacks.report(error)
        self._is_over.set()
