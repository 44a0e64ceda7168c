"""The client that people know from ``binance-connector``: the same calls, on this runtime.

A callback gets the text of each message, as the server sent it. Underneath is what ``Client`` has:
connections to the combined path, told apart by their streams' names, reconnected and replaced.
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
    find_server,
    make_timeouts,
    retry_policy,
)
from binance_streams_runtime.client.options import stream_url as stream_url_of
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
from binance_streams_runtime.engine import Engine
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

# Seconds beyond the time-out in which the end of the first attempt is told.
_MARGIN = 0.5

# Seconds that ``stop`` takes at most.
_STOP = 1.95


class BaseCompatClient:
    """What the generated class shares; that one adds a method for each stream."""

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

        All callbacks run in one thread of their own, one at a time, and get this client first.
        What one raises is logged and given to ``on_error``; the streams go on. Where the first
        attempt fails, that error is logged and given to ``on_error``, and attempts go on.

        Args:
            stream_url: The server, without a path.
            on_message: Called with the client and the text of each message, answers included.
            on_open: Called with the client once it is connected, and each time that it is again.
            on_close: Called with the client after ``stop()``, or, without ``reconnect``, when the
                server closes the connection.
            on_error: Called with the client and an exception: what a callback raised, a text that
                cannot be read, and what ends this: a loss without ``reconnect``, a closed stdout.
            on_ping: Called with the client and the payload of each ping; the pong is sent anyway.
            on_pong: Called with the client at each pong.
            is_combined: Whether messages come in their wrapper, ``{"stream":...,"data":...}``.
            timeout: Seconds for a connection to be open; None is 10.
            time_unit: ``millisecond`` or ``microsecond``, in either case; None is the first.
            logger: Where warnings and errors are logged; None is the logger ``binance_streams``.
            proxies: ``{"http": "http://user:password@host:port"}``, or the same under ``https``.
                Without it, the proxy that the environment names, as ``HTTPS_PROXY``.
            reconnect: Whether to connect again and subscribe again where the connection is lost;
                a callable is given that error and decides. With False, the loss is the end, and
                a first attempt that fails raises.

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
                on_event=self._callbacks.consumer(self._heard, self._lost),
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
        # Set once the first attempt has an end, whichever.
        self._is_tried = threading.Event()
        self._failure: BaseException | None = None
        self._is_over = threading.Event()
        # Like the thread of the old client: the program goes on for as long as this one does.
        self._keeper = threading.Thread(
            target=self._is_over.wait, name="binance-streams-keeper", daemon=False
        )
        self._start(connect_timeout + _MARGIN, reconnect)

    # What the old client has

    @property
    def socket_manager(self) -> Self:
        """This client: what the old one had in two objects is here in one."""
        return self

    def subscribe(self, stream: str | list[str], id: RequestId = None) -> None:
        """Subscribe to one stream, or to several, by raw names such as ``btcusdt@kline_1m``.

        A name that fits no stream of the catalog is sent all the same, with a warning in the log:
        the venue acknowledges such names and stays silent. ``id`` becomes the request's.

        Raises ValueError for what is neither a name nor a list, ParameterError for a name or an
        ``id`` that cannot be sent, ClientClosed after the end.
        """
        names = named_streams(stream)
        chosen = request_id(id, self._venue)
        if not names:
            self.send({"method": ACTION_SUBSCRIBE, "params": names, "id": chosen})
            return
        routes = [route_of(name, self.catalog, self._decoder, self.logger) for name in names]

        def enter(now: float, engine: Engine) -> None:
            for route in routes:
                if engine.router.get(route.stream.name) is None:
                    engine.delivery.add(route)
            engine.command(now, lambda session: session.subscribe_many(now, names, chosen))

        self._engine.command(enter)

    def unsubscribe(self, stream: str | list[str], id: RequestId = None) -> None:
        """Unsubscribe from one stream, or from several. As ``subscribe``."""
        names = named_streams(stream)
        chosen = request_id(id, self._venue)
        if not names:
            self.send({"method": ACTION_UNSUBSCRIBE, "params": names, "id": chosen})
            return
        for name in names:
            check_text(name)

        def leave(now: float, engine: Engine) -> None:
            engine.command(now, lambda session: session.unsubscribe_many(now, names, chosen))
            for name in names:
                route = engine.router.get(name)
                if route is not None:
                    engine.remove(route)

        self._engine.command(leave)

    def send_message_to_server(
        self, message: str | list[str], action: str | None = None, id: RequestId = None
    ) -> None:
        """Subscribe, or unsubscribe where ``action`` is ``ACTION_UNSUBSCRIBE``."""
        if action == ACTION_UNSUBSCRIBE:
            self.unsubscribe(message, id)
        else:
            self.subscribe(message, id)

    def list_subscribe(self, id: RequestId = None) -> None:
        """Ask for the streams that the server sends; ``on_message`` gets the answer."""
        self._ask(Request("LIST_SUBSCRIPTIONS", (), request_id(id, self._venue)))

    def send(self, message: dict[str, Any]) -> None:
        """Send a control message; ``on_message`` gets the answer."""
        self.send_message(json.dumps(message))

    def send_message(self, message: str) -> None:
        """Send a control message that is a text already.

        The streams of a SUBSCRIBE or UNSUBSCRIBE are remembered, as by the methods. The property
        ``combined`` is set for what ``on_message`` gets; on the wire it remains true.
        """
        request = parse_message(message, self._venue)
        if request.method == ACTION_SUBSCRIBE:
            self.subscribe([str(name) for name in request.params], request.id)
        elif request.method == ACTION_UNSUBSCRIBE:
            self.unsubscribe([str(name) for name in request.params], request.id)
        else:
            self._ask(request)

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
        # Whatever on_close does, this returns.
        closing = threading.Thread(
            target=self._end, args=(None, True), name="binance-streams-closing", daemon=True
        )
        closing.start()
        closing.join(max(0.05, begun + _STOP - time.monotonic()))

    def close(self) -> None:
        """Stop."""
        self.stop()

    def join(self, timeout: float | None = None) -> None:
        """Block until it is over; at most ``timeout`` seconds.

        Raises RuntimeError in a callback, which would wait for itself.
        """
        if self._callbacks.is_calling():
            raise RuntimeError("cannot join current thread")
        self._keeper.join(timeout)

    def is_alive(self) -> bool:
        """Whether it is not over."""
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

    # What the generated methods do

    def _stream(
        self, type: StreamType, arguments: dict[str, object], id: RequestId, action: str | None
    ) -> None:
        name = type.name(**with_choices(type, arguments))
        self.send_message_to_server(name, action=action, id=id)

    # From the caller's threads

    def _start(self, patience: float, reconnect: object) -> None:
        """Connect, and wait until that has led to something."""
        try:
            self._command(lambda now, session: session.keep_alive(now))
            if not self._is_tried.wait(patience) and not self._has_opened:
                lost = ConnectionLost(f"not open after {patience:g} s")
                if reconnect is False:
                    raise lost
                self._callbacks.warn("late connection", "%s: trying on", lost)
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

    def _ask(self, request: Request) -> None:
        """Ask the server for an answer that ``on_message`` gets."""
        request.on_result.append(lambda result, error: self._answered(request, error))
        self._command(lambda now, session: session.query(now, request))

    def _command(self, do: Callable[[float, Session], None]) -> None:
        self._engine.command(
            lambda now, engine: engine.command(now, lambda session: do(now, session))
        )

    # In the I/O thread

    def _answered(self, request: Request, error: BaseException | None) -> None:
        if isinstance(error, ConnectionLost | TimeoutError):
            text = "no answer to %s: %s"
            self._callbacks.warn("unanswered request", text, request.method, error)
        elif error is None and isinstance(request, Verbatim) and request.combines is not None:
            self._decoder.is_combined = request.combines

    # In the callback thread

    def _heard(self, touch: ControlItem) -> None:
        match touch.what:
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
        """It is over although nobody asked for that."""
        with self._lock:
            if not self._is_made and not self._has_opened:
                self._failure = error
                self._is_tried.set()
                return
        self._engine.close()
        self._end(error, is_closed=self._is_closed_by_server)

    def _end(self, error: BaseException | None, is_closed: bool) -> None:
        """Say that it is over; once."""
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
