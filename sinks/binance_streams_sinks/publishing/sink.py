"""What an engine that keeps messages must offer: a ``Sink``.

A publisher calls it, in one event loop: ``open``; ``prepare`` for each part of the log before the
first message of that part; ``publish`` with one batch after the other; ``close``. If the sink
raises, the publisher closes it, waits, opens it again, and publishes the same messages again, so a
sink need neither retry nor reconnect by itself. Retried messages have the ids that they had.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence

from msgspec import Struct

from binance_streams_runtime.catalog.streams import Catalog, Stream
from binance_streams_runtime.errors import BinanceStreamsError
from binance_streams_runtime.messaging.headers import COLLECTOR, MESSAGE_ID, RECEIVED
from binance_streams_runtime.messaging.subjects import LogStream


class SinkError(BinanceStreamsError):
    """A log cannot be reached, or refuses what was asked of it.

    The message says which and why, without any secret. ``is_final`` if another attempt would fail
    as well until somebody changes something: a wrong password, a missing package.
    """

    def __init__(self, message: str, is_final: bool = False) -> None:
        super().__init__(message)
        self.is_final = is_final


class Published(Struct, gc=False):
    """One message to publish. Sinks change nothing in it."""

    subject: str
    """Such as ``binance.spot.agg_trade.BTCUSDT``."""
    id: str
    """The same for the same message, whoever received it, and each time it is published."""
    payload: bytes
    """The venue's bytes."""
    received: int
    """When it was received: Unix time in nanoseconds."""
    collector: str
    """The name of the collector that received it."""
    part: LogStream
    """The part of the log that it belongs to: its stream type."""
    symbol: str | None = None
    """Its symbol as the subject has it; None if it has none."""
    stream: Stream | None = None
    """Its stream; None for notices of collectors and for snapshots."""
    is_essential: bool = False
    """Whether it is kept even if it is old and there is no space: a notice about other messages."""

    @property
    def headers(self) -> dict[str, str]:
        """The id, the time and the collector, for engines that have headers."""
        return {
            MESSAGE_ID: self.id,
            RECEIVED: str(self.received),
            COLLECTOR: self.collector,
        }


class Failure(Struct, frozen=True):
    """A message that was not stored."""

    message: Published
    reason: str
    is_final: bool = False
    """Whether the log will never take it, such as a message that is too large for it."""


class Receipt(Struct, frozen=True):
    """What became of a batch: all messages are stored but those that failed."""

    failures: Sequence[Failure] = ()
    duplicates: int = 0
    """How many of the stored ones the log had already, by their ids."""


class Newest(Struct, frozen=True):
    """The newest message of a subject."""

    id: str
    received: int
    """When it was received: Unix time in nanoseconds."""


class Sink(ABC):
    """A log that keeps messages. All methods are called in one event loop, and must not block it.

    Where a client library has no asyncio, call it by ``asyncio.to_thread``.
    """

    display_name: str = "a log"
    """What logs and errors call it, such as its URL without user and password."""
    max_batch: int = 1000
    """The most messages of one batch."""
    max_batch_bytes: int = 1_000_000
    """The most bytes of payloads of one batch; a single message may be larger."""
    max_in_flight: int = 1
    """How many batches are published at once. With 1, the order of each subject is kept."""
    is_by_part: bool = False
    """Whether a batch has messages of one part of the log only, and no two batches of one part are
    published at once. That keeps the order of each subject as well, and no part waits for another
    one that is slow to answer."""
    max_retry_age: float = float("inf")
    """The seconds after its receipt until which a message is published. If the engine recognizes
    duplicates for a limited time, well below that time. ``prepare`` may change it."""

    @abstractmethod
    async def open(self) -> None:
        """Connect; raise SinkError, or what the client library raises, if that fails."""

    async def prepare(self, part: LogStream) -> None:  # noqa: B027 (many engines need nothing)
        """Make sure that messages of a part of the log can be stored: that its stream exists.

        Called after each ``open``, and again after messages of the part have failed, while messages
        of other parts are published. If it raises SinkError, only messages of this part wait. Any
        other error means that the connection is lost, as one of ``publish`` does.
        """

    @abstractmethod
    async def publish(self, batch: Collection[Published]) -> Receipt:
        """Store the messages, in this order, and return what failed.

        It must end by itself within some seconds. If it raises, none of the messages counts as
        stored, and the sink is closed and opened again.
        """

    async def newest(self, subject: str) -> Newest | None:
        """Return what is known of the newest message of a subject.

        None if there is none, or if the engine cannot say it. Raises as ``publish`` does.
        """
        return None

    @abstractmethod
    async def close(self) -> None:
        """Close the connection, also if it is broken or was never opened. It does not raise."""


class SinkOptions(Struct, frozen=True):
    """What a log is made with, if it does not exist yet; engines ignore what they do not have."""

    max_age: float | None = None
    """Seconds for which messages are kept; None keeps them until somebody deletes them."""
    replicas: int = 1
    """How many servers of a cluster have each message."""
    duplicate_window: float = 120.0
    """Seconds for which the engine recognizes the id of a message."""
    catalog: Catalog | None = None
    """The streams of the market, for sinks that decode messages."""
