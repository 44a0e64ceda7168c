"""Opening and ending windows of candles, for both front ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from binance_streams_runtime.candles.feed import WindowFeed
from binance_streams_runtime.client.candle_window import CandleWindowBase, WindowOptions
from binance_streams_runtime.client.client_engine import ClientEngine
from binance_streams_runtime.client.options import FillOptions, check_callback
from binance_streams_runtime.client.subscription import CandleSubscriptionBase
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.errors import ParameterError, client_closed
from binance_streams_runtime.pipeline.route import Route

W = TypeVar("W", bound=CandleWindowBase[Any])

_MOST_CANDLES = 10_000


def open_window(
    client: ClientEngine[Any, Any],
    subscription: CandleSubscriptionBase[Any],
    kind: Callable[..., W],
    count: int,
    options: WindowOptions[Any],
) -> W:
    """Return the subscription's window, or a new one.

    Raises ParameterError for an argument that is not allowed, TypeError for an unknown option, and
    ClientClosed if the subscription has ended.
    """
    _check(client, subscription, count, options)
    with client._registry.lock:
        for existing in client.windows:
            if existing._subscription is subscription:
                _check_same(existing, count, options)
                return cast("W", existing)
        if subscription.state == "ended":
            raise subscription._ended()
        given = cast("FillOptions[Any]", options)
        stream, settings = subscription.stream, client._settings
        queue = client._new_queue(given)
        route = Route(stream, decoder_of(stream.type, settings.numbers), queue)
        channel = client._channel(route, queue, given)
        feed = WindowFeed(
            *(stream, count, route, settings.numbers),
            client._engine.draws.of(f"window of {stream.label}"),
            settings.fill_timeout,
        )
        window: W = client._make(
            *(kind, route, queue, channel),
            on_timed_out=lambda error: None,
            on_ended=lambda: client.windows.discard(window),
        )
        window._feed, window._subscription = feed, subscription
        window._close = lambda: _close(client, window)
        route.subscriber = window._state
        if channel is not None:
            feed.is_attached = True
        client._running.restart()
        client.command(
            lambda now, engine: engine.command(
                now, lambda _: engine.windows.open(now, feed, subscription._route)
            )
        )
        client.windows.add(window)
        subscription._has_window = True
        if client.is_closed:
            # Closed meanwhile, by a signal handler in this thread.
            window._state.ended(None)
            raise client_closed()
    return window


def _close(client: ClientEngine[Any, Any], window: CandleWindowBase[Any]) -> None:
    """End a window that its user has closed, and its subscription; no-op if it has ended."""
    feed = window._feed
    if window in client.windows and not client.is_closed:
        client.command(
            lambda now, engine: engine.command(now, lambda _: engine.windows.close(now, feed))
        )
    # At once, as a closed window must not be called complete until the driver comes to it.
    window._state.ended(None)
    client.end(window._subscription)
    client._stop_callback(window)


def _check(
    client: ClientEngine[Any, Any],
    subscription: CandleSubscriptionBase[Any],
    count: object,
    options: WindowOptions[Any],
) -> None:
    """Check the arguments of a window before anything is sent."""
    for name in options:
        if name not in WindowOptions.__annotations__:
            allowed = ", ".join(["count", *WindowOptions.__annotations__])
            raise TypeError(f"unexpected keyword argument {name!r}; allowed: {allowed}")
    check_callback("on_event", options.get("on_event"))
    backfill = subscription.stream.type.backfill
    assert backfill is not None
    # Older pages are asked for by the time at which they end.
    most = backfill.endpoint.max_limit if backfill.end is None else _MOST_CANDLES
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= most:
        raise ParameterError("count", count, f"a whole number of candles, from 1 to {most}")
    if client._settings.rest is None:
        allowed = "a server whose REST API is known, which has the history; give rest_url="
        raise ParameterError("server", client._settings.target.url, allowed)
    source = client._settings.source
    if source is not None and not source.can_fill:
        allowed = f"a server that has the history of candles: {source.what} has only the stream"
        raise ParameterError("server", client._settings.target.url, allowed)


def _check_same(window: CandleWindowBase[Any], count: int, options: WindowOptions[Any]) -> None:
    """Raise ParameterError if an existing window was made with other arguments."""
    until = f"as {window._label} exists already; close() it first"
    if count != window.count:
        raise ParameterError("count", count, f"{window.count}, {until}")
    if options:
        raise ParameterError("options", sorted(options), f"none, {until}")
