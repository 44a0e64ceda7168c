"""The state of one subscribed stream: decoder, tracker, sink and counters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, Protocol

import msgspec

from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.decoding.json import PayloadDecoder
from binance_streams_runtime.decoding.raw import RawDecoder
from binance_streams_runtime.decoding.rows import RowDecoder
from binance_streams_runtime.notices import Disconnected, Terminated
from binance_streams_runtime.pipeline.fill import filling_for
from binance_streams_runtime.pipeline.fill.tracker import FillingTracker
from binance_streams_runtime.pipeline.sequence import Interruption, Mark, Tracker
from binance_streams_runtime.pipeline.sink import Sink
from binance_streams_runtime.pipeline.trackers import tracker_for
from binance_streams_runtime.types import Numbers

Consumer = Literal["unclaimed", "subscription", "notices", "client", "internal"]
"""What consumes a route's events.

``unclaimed``: nothing yet, the events wait; ``subscription``: its subscription, by iteration or
callback; ``notices``: the same, with the notices; ``client``: the client; ``internal``: nobody, as
the client only observes the stream.
"""

Interrupting = Disconnected | Interruption | Terminated
"""What interrupts a stream, with the reason."""


class Subscriber(Protocol):
    """The owner of a subscription, which the engine informs about its state."""

    def confirmed(self) -> None:
        """Note that the server has confirmed the subscription."""

    def interrupted(self) -> None:
        """Note that the subscription was interrupted and is requested again."""

    def timed_out(self, error: BaseException) -> None:
        """Note that a request timed out or was rejected; it is sent again."""

    def ended(self, error: BaseException | None) -> None:
        """Note that the subscription has ended, with an error or without one."""


class Route:
    """Everything that handling a message of one stream needs, found by one lookup of its name."""

    __slots__ = (
        "bytes",
        "confirmed_at",
        "consumer",
        "decode",
        "decode_bare",
        "decode_rows",
        "decoder",
        "dropped",
        "dropped_at",
        "duplicates",
        "filled",
        "filling",
        "gaps",
        "interruption",
        "is_fed",
        "label",
        "last_event",
        "last_received",
        "late",
        "max_idle",
        "messages",
        "missing",
        "name",
        "on_idle",
        "pending_since",
        "prefix",
        "sink",
        "stream",
        "subscriber",
        "tracker",
        "undecodable",
    )

    def __init__(
        self,
        stream: Stream,
        decoder: PayloadDecoder,
        sink: Sink,
        max_idle: float | None = None,
        on_idle: str = "notice",
        fill_with: Numbers | None = None,
    ) -> None:
        """Make the route of a stream; ``fill_with`` is the number type of events to fill gaps with.

        None fills no gaps.
        """
        self.stream: Stream = stream
        self.name: str = stream.name
        self.label: str = stream.label
        # How every message of this stream begins, including the quote that ends the name.
        self.prefix: bytes = b'{"stream":' + msgspec.json.encode(stream.name)
        self.decoder: PayloadDecoder = decoder
        self.decode: Callable[[bytes], Any] = decoder.wrapped
        self.decode_bare: Callable[[bytes], Any] = decoder.bare
        self.sink: Sink = sink
        self.subscriber: Subscriber | None = None
        self.max_idle: float | None = max_idle
        self.on_idle: str = on_idle
        self.consumer: Consumer = "unclaimed"
        self.is_fed: bool = False
        """Whether its messages are also passed on undecoded."""
        self.tracker: Tracker = tracker_for(stream.type.sequence, stream.label)
        # Decodes missing events, and holds what came behind them.
        self.decode_rows: Callable[[bytes], list[Any]] | None = None
        self.filling: FillingTracker | None = None
        if fill_with is not None:
            assert stream.type.backfill is not None
            self.decode_rows = RowDecoder(stream.type.backfill, stream, fill_with).decode
            self.filling = filling_for(stream, self.tracker, sink)
            self.tracker = self.filling
        self.messages: int = 0
        self.bytes: int = 0
        self.dropped: int = 0
        self.gaps: int = 0
        self.filled: int = 0
        self.missing: int = 0
        self.duplicates: int = 0
        self.late: int = 0
        self.undecodable: int = 0
        self.dropped_at: float | None = None
        """When it last dropped an event."""
        self.pending_since: float | None = None
        """Since when its user waits for the server's confirmation; None if it is confirmed."""
        self.confirmed_at: float | None = None
        """When the server last confirmed it."""
        self.last_received: float | None = None
        self.last_event: Any = None
        # What interrupted the stream; None again after its next event.
        self.interruption: Interrupting | None = None

    def interrupt(self, mark: Mark) -> None:
        """Note what has interrupted the stream, unless nothing can have been missed yet."""
        assert isinstance(mark, Interrupting)
        has_begun = self.last_received is not None or self.tracker.has_begun
        if has_begun and self.interruption is None:
            self.interruption = mark
            self.tracker.interrupt()

    @property
    def has_events(self) -> bool:
        """Whether any message has been received, even one that could not be decoded."""
        return self.messages > 0 or self.undecodable > 0

    @property
    def is_confirmed(self) -> bool:
        """Whether the server has confirmed the stream, and it was not interrupted since."""
        return self.confirmed_at is not None and self.pending_since is None

    @property
    def is_used(self) -> bool:
        """Whether anything but the client itself gets its events, and would miss them."""
        return self.is_fed or self.consumer != "internal"

    @property
    def is_raw(self) -> bool:
        """Whether its user gets messages as they were received."""
        return isinstance(self.decoder, RawDecoder)

    @property
    def is_account(self) -> bool:
        """Whether it carries an account, which has no name on the wire."""
        return not self.stream.type.segments

    @property
    def routing_key(self) -> bytes:
        """How every message of this stream begins, up to the quote that ends the name."""
        return self.prefix[:-1]
