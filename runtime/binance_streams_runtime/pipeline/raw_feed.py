"""The messages of many streams as they were received, for a server or a log that passes them on.

They are given to a callback, a batch for each read, without a queue in between: each once, in
sequence, and notices in their place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.decoding.raw import RawMessage
from binance_streams_runtime.notices import Duplicates, Gap, Late
from binance_streams_runtime.pipeline.taps import Taps

FeedState = Literal["confirmed", "interrupted", "failed"]
"""What has become of a stream: the server has confirmed it, for the first time or again; it was
interrupted and is requested again; or it has ended, with an error."""

OnItems = Callable[[list[tuple[Stream, Any]], float], None]
"""Is called with messages and notices, each with its stream, and when they were received, in
seconds of the monotonic clock. It must not raise."""

OnState = Callable[[Stream, FeedState, BaseException | None], None]
"""Is called with a stream and what has become of it. It must not raise."""


class RawFeed:
    """Collects the messages of some streams. Only the driver may call it."""

    def __init__(self, taps: Taps, on_items: OnItems, on_state: OnState) -> None:
        self._taps = taps
        self._on_items = on_items
        self._on_state = on_state
        self._streams: dict[str, FedStream] = {}
        self.items: list[tuple[Stream, Any]] = []
        """What has come since the last ``flush``."""
        self.now: float = 0.0
        """The time of what comes."""

    def add(self, now: float, streams: Iterable[Stream]) -> None:
        """Pass on streams, and subscribe to those that nobody else has; no-op for others."""
        self.now = now
        new: dict[str, FedStream] = {}
        for stream in streams:
            if stream.name not in self._streams:
                new.setdefault(stream.name, FedStream(self, stream))
        self._streams |= new
        self._taps.add_raw(now, list(new.values()))

    def remove(self, now: float, names: Iterable[str]) -> None:
        """Pass on streams no longer, and unsubscribe from those that nobody else needs."""
        removed = [self._streams.pop(name, None) for name in names]
        self._taps.remove_raw(now, [fed for fed in removed if fed is not None])

    def close(self, now: float) -> None:
        """Pass on no stream any more."""
        self.remove(now, list(self._streams))

    def flush(self, now: float) -> None:
        """Give what has come to the callback."""
        self.now = now
        if self.items:
            items, self.items = self.items, []
            self._on_items(items, now)

    def changed(self, fed: FedStream, state: FeedState, error: BaseException | None) -> None:
        """Report what has become of a stream, after what had come of it."""
        if state == "failed":
            self._streams.pop(fed.stream.name, None)
        self.flush(self.now)
        self._on_state(fed.stream, state, error)


class FedStream:
    """One stream of a feed."""

    __slots__ = ("_feed", "_has_begun", "_state", "stream")

    def __init__(self, feed: RawFeed, stream: Stream) -> None:
        self._feed = feed
        self.stream: Stream = stream
        self._state: FeedState = "interrupted"
        # What was missed before the first message is not missed here.
        self._has_begun = False

    def received(self, items: list[Any]) -> None:
        if not self._has_begun:
            items = self._since_first_message(items)
        stream = self.stream
        self._feed.items += [(stream, item) for item in items]

    def _since_first_message(self, items: list[Any]) -> list[Any]:
        kept = []
        for item in items:
            self._has_begun |= isinstance(item, RawMessage)
            if self._has_begun or not isinstance(item, Gap | Late | Duplicates):
                kept.append(item)
        return kept

    def confirmed(self) -> None:
        self._change("confirmed", None)

    def interrupted(self) -> None:
        self._change("interrupted", None)

    def failed(self, error: BaseException) -> None:
        self._change("failed", error)

    def _change(self, state: FeedState, error: BaseException | None) -> None:
        if state != self._state:
            self._state = state
            self._feed.changed(self, state, error)
