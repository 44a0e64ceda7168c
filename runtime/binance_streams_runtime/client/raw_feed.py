"""The messages of streams for a server or a log that passes them on, for both front ends."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.decoding.raw import RawMessage
from binance_streams_runtime.errors import ClientClosed
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.pipeline.raw_feed import FeedState, OnState, RawFeed

if TYPE_CHECKING:
    from binance_streams_runtime.client.client_engine import ClientEngine
    from binance_streams_runtime.engine import Engine

OnBatch = Callable[[list[tuple[Stream, RawMessage | Notice]], int], object]
"""Is called with the messages and notices of one read, each with its stream, in order of arrival,
and the Unix time of the read in nanoseconds."""


class ClientFeed:
    """Passes on the messages of streams as they were received.

    Its callbacks run in the client's event loop, or in the thread that drives a ``Client``; they
    must return quickly. What one raises is logged and given to ``on_error``; the feed goes on.
    """

    def __init__(
        self,
        client: ClientEngine[Any, Any],
        resolve: Callable[[str], Stream],
        on_items: OnBatch,
        on_state: OnState,
    ) -> None:
        """Pass on nothing yet.

        Args:
            client: The client; the feed ends with it.
            resolve: Returns the stream of a name, and raises the reason if it is not allowed.
            on_items: Gets the messages, and notices in their place.
            on_state: Gets what has become of each stream. One that failed is in the feed no longer.
        """
        self._client = client
        self._resolve = resolve
        self._on_items = on_items
        self._on_state = on_state
        self._lock = Lock()
        self._streams: dict[str, Stream] = {}
        self._feed: RawFeed
        client.open_feed(self)

    @property
    def streams(self) -> frozenset[str]:
        """The names of the streams that are passed on, or will be once they are confirmed."""
        with self._lock:
            return frozenset(self._streams)

    def add(self, names: Iterable[str]) -> None:
        """Pass on these streams, too, beginning with their next messages.

        Raises, before anything is done, UnknownStreamError for a name that matches no stream, and
        ParameterError for one that must not be passed on or that the server lacks.
        """
        streams = [self._resolve(name) for name in names]
        with self._lock:
            self._streams |= {stream.name: stream for stream in streams}
        self._command(lambda now: self._feed.add(now, streams))

    def remove(self, names: Iterable[str]) -> None:
        """Pass on these streams no longer; no-op for others."""
        removed = list(names)
        with self._lock:
            for name in removed:
                self._streams.pop(name, None)
        self._command(lambda now: self._feed.remove(now, removed))

    def close(self) -> None:
        """Pass on nothing any more; no-op if it is closed, or its client."""
        self._client.feeds.discard(self)
        with self._lock:
            self._streams.clear()
        with contextlib.suppress(ClientClosed):
            self._client.command(lambda now, engine: engine.close_feed(now, self._feed))

    def ended(self, error: BaseException | None) -> None:
        """Note that the client has ended, with an error or because it was closed."""
        self._client.feeds.discard(self)
        with self._lock:
            streams, self._streams = list(self._streams.values()), {}
        if error is not None:
            for stream in streams:
                self._call(self._on_state, stream, "failed", error)

    def open(self, now: float, engine: Engine) -> None:
        """Begin; called by the driver."""
        clock = engine.clock
        self._feed = engine.open_feed(
            lambda items, now: self._call(self._on_items, items, clock.nanoseconds(now)),
            self._changed,
        )

    def _command(self, do: Callable[[float], None]) -> None:
        self._client.command(lambda now, engine: engine.command(now, lambda _: do(now)))

    def _changed(self, stream: Stream, state: FeedState, error: BaseException | None) -> None:
        if state == "failed":
            with self._lock:
                self._streams.pop(stream.name, None)
        self._call(self._on_state, stream, state, error)

    def _call(self, function: Callable[..., object], *arguments: object) -> None:
        self._client.call_in_place(partial(function, *arguments))
