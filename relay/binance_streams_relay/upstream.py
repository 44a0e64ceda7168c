"""One client of the venue: who listens to its streams, and the way of a message to all of them."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from binance_streams_relay.connection import RelayConnection
from binance_streams_relay.counters import RelayStats
from binance_streams_runtime.catalog.streams import Catalog, Stream
from binance_streams_runtime.client.forwarding import open_feed, settings_of
from binance_streams_runtime.decoding.raw import RawMessage
from binance_streams_runtime.errors import BinanceStreamsError
from binance_streams_runtime.notices import Gap, Notice
from binance_streams_simulator.hub import text_frame
from binance_streams_simulator.protocol import wrapped

logger = logging.getLogger("binance_streams_relay")


class Upstream:
    """The streams that clients listen to, each subscribed to once.

    A stream without listeners stays subscribed for ``linger`` seconds, so that clients that
    connect again cost no requests.
    """

    def __init__(
        self,
        client: Any,
        catalog: Catalog,
        linger: float,
        conflates: bool,
        stats: RelayStats,
        clock: Callable[[], float],
    ) -> None:
        """Listen to nothing yet; ``client`` is an ``AsyncClient`` of the running event loop."""
        self.client = client
        self._catalog = catalog
        self._linger = linger
        self._conflates = conflates
        self._stats = stats
        self._clock = clock
        # Whether messages come in the envelope that combined connections have.
        self._has_envelope: bool = client.venue.paths.combined is not None
        self._listeners: dict[str, set[RelayConnection]] = {}
        # When the streams that have lost their last listener are to be unsubscribed.
        self._idle_until: dict[str, float] = {}
        self._feed = open_feed(client, self._on_items, self._on_state)

    @property
    def streams(self) -> frozenset[str]:
        """The names of the streams that are subscribed to."""
        return self._feed.streams

    def listen(self, connection: RelayConnection, names: Iterable[str]) -> None:
        """Give a connection the events of streams from now on. Unknown streams stay silent."""
        subscribed, new = self._feed.streams, []
        ignored: Counter[str] = Counter()
        for name in names:
            reason = self._reason_against(connection, name)
            if reason is not None:
                ignored[reason] += 1
                continue
            self._listeners.setdefault(name, set()).add(connection)
            self._idle_until.pop(name, None)
            if name not in subscribed:
                new.append(name)
        # Not by name: it may be a listen key with an error in it.
        for reason, count in ignored.items():
            logger.warning("a client asked for %d stream(s) %s, which stay silent", count, reason)
        if new:
            try:
                self._feed.add(new)
            except BinanceStreamsError as error:
                # Others must not be cut off because one stream cannot be added.
                logger.error("%d stream(s) cannot be subscribed to: %s", len(new), error)

    def forget(self, connection: RelayConnection, names: Iterable[str]) -> None:
        """Give a connection no more events of these streams."""
        for name in names:
            others = self._listeners.get(name)
            if others is None or connection not in others:
                continue
            others.discard(connection)
            if not others:
                del self._listeners[name]
                self._idle_until[name] = self._clock() + self._linger

    def unsubscribe_idle(self) -> None:
        """Unsubscribe from the streams that have had no listener for long enough."""
        now = self._clock()
        idle = [name for name, until in self._idle_until.items() if until <= now]
        for name in idle:
            del self._idle_until[name]
        if idle:
            self._feed.remove(idle)

    def _reason_against(self, connection: RelayConnection, name: str) -> str | None:
        """Return why a stream is not relayed; the venue confirms it all the same."""
        try:
            stream = self._catalog.resolve(name)
        except BinanceStreamsError:
            return "that are not in the catalog"
        if stream.is_secret:
            return "of accounts"
        server = settings_of(self.client).server
        if server is not None and not server.supports(stream):
            return f"that {server.name} lacks"
        if not connection.session.carries(stream.type.category):
            return "that belong to another path"
        return None

    def _on_items(self, items: list[tuple[Stream, RawMessage | Notice]], received: int) -> None:
        """Pass on the messages of one read: each is framed once, each client written to once."""
        listeners = self._listeners
        touched: list[RelayConnection] = []
        # As they come at the market's pace: there is nothing to write together with it.
        is_alone = len(items) == 1
        messages = sent = size = 0
        for stream, item in items:
            if not isinstance(item, RawMessage):
                self._on_notice(stream, item)
                continue
            messages += 1
            found = listeners.get(stream.name)
            if not found:
                continue
            combined = raw = None
            for connection in found:
                if connection.session.is_combined:
                    if combined is None:
                        combined = self._combined(stream, item)
                    frame = combined
                else:
                    if raw is None:
                        raw = text_frame(item.data)
                    frame = raw
                size += len(frame)
                if connection.is_slow:
                    connection.hold(frame, self._replaced(stream))
                    continue
                if is_alone:
                    connection.write(frame)
                    continue
                if not connection.outbox:
                    touched.append(connection)
                connection.outbox.append(frame)
            sent += len(found)
        for connection in touched:
            connection.flush()
        stats = self._stats
        stats.messages_received += messages
        stats.messages_sent += sent
        stats.bytes_sent += size

    def _combined(self, stream: Stream, item: RawMessage) -> bytes:
        frame = item.frame
        return text_frame(frame if self._has_envelope else wrapped(stream.name, frame))

    def _replaced(self, stream: Stream) -> str | None:
        """Return the name by which a newer message replaces one that waits, if it does."""
        return stream.name if self._conflates and stream.type.is_state else None

    def _on_notice(self, stream: Stream, notice: Notice) -> None:
        if isinstance(notice, Gap):
            self._stats.gaps += 1

    def _on_state(self, stream: Stream, state: str, error: BaseException | None) -> None:
        if state == "failed":
            logger.warning("%s has ended upstream: %s", stream.label, error)
