"""Typed notices about connections and streams.

Streams appear by their label: the name, except for user data, whose name is a secret.
"""

from __future__ import annotations

from msgspec import Struct

from binance_streams_runtime.errors import redacted_bytes

CLIENT = "*"
"""In a notice: the client's own queue instead of a stream."""


class Notice(Struct, frozen=True):
    """The base class of all notices."""


class Connected(Notice, frozen=True):
    """A connection is open. ``connection`` is its number, from 1 for each client."""

    connection: int
    url: str


class Disconnected(Notice, frozen=True):
    """A connection closed, or could not be opened.

    ``code`` is the close code and ``status`` the HTTP status, each None if there was none.
    ``streams`` are the interrupted streams; empty if another connection has taken over.
    ``retry_in`` is the seconds until the next attempt, None if there will be none. ``url`` is where
    it led, or was to lead.
    """

    connection: int
    code: int | None
    status: int | None
    reason: str
    streams: tuple[str, ...]
    retry_in: float | None
    url: str = ""


class RateLimited(Notice, frozen=True):
    """The next attempt to connect is delayed by ``seconds``, as this process has made as many
    attempts as the server allows. ``reason`` has the limit. Servers on this machine have none.
    ``url`` is where the attempt leads.
    """

    connection: int
    seconds: float
    reason: str
    url: str = ""


class Resubscribed(Notice, frozen=True):
    """After an interruption of ``seconds`` the server has confirmed ``streams`` again.

    What was missed meanwhile is reported by a Gap before the next event of each stream.
    """

    connection: int
    streams: tuple[str, ...]
    seconds: float


class RedundancyReduced(Notice, frozen=True):
    """Streams of a client with ``redundancy`` are carried by fewer connections than that.

    They continue: ``carriers`` is how many connections carry each of ``streams`` now, at least.
    ``connection`` is the one that has ended, 0 if the server has refused a stream on one of them;
    ``reason`` says why. Another connection is opened meanwhile.
    """

    connection: int
    streams: tuple[str, ...]
    carriers: int
    redundancy: int
    reason: str


class RedundancyRestored(Notice, frozen=True):
    """Another connection carries ``streams`` again, after ``seconds``.

    ``carriers`` is how many connections carry each of them now, at least, of ``redundancy``.
    """

    streams: tuple[str, ...]
    carriers: int
    redundancy: int
    seconds: float


class ServerShutdown(Notice, frozen=True):
    """The server announced that it is about to go down: a new connection is opened at once.

    ``event_time`` is that of the announcement, in the connection's unit.
    """

    connection: int
    event_time: int | None


DEFAULT_REASON = "the sequence jumped"


class Gap(Notice, frozen=True):
    """Events of a stream are missing, between the last event and the next one.

    If the stream has consecutive ids, ``first_missing`` to ``last_missing`` are the missing ones,
    inclusive. Other streams do not show what is missing, so every interruption is reported as a Gap
    with None for both. ``since`` and ``until`` are when the last event before it and the first one
    after it came: Unix times in seconds by this machine's clock. ``key`` is the symbol, if a stream
    of several symbols has ids for each of them.
    """

    stream: str
    first_missing: int | None
    last_missing: int | None
    since: float | None = None
    until: float | None = None
    reason: str = DEFAULT_REASON
    key: str | None = None

    @property
    def missing(self) -> int | None:
        """How many ids are missing; None if that cannot be known."""
        if self.first_missing is None or self.last_missing is None:
            return None
        return self.last_missing - self.first_missing + 1


class Filled(Notice, frozen=True):
    """Missing events of a stream were fetched by REST; they follow this notice, in order.

    It is reported in place of a Gap, for a subscription with ``fill=True``. ``first`` to ``last``
    are the ids of the events, inclusive, or when the first and the last candle open; ``count`` is
    how many they are. ``seconds`` is for how long the live events behind them had to wait.
    ``since``, ``until`` and ``reason`` are those of the Gap.
    """

    stream: str
    first: int
    last: int
    count: int
    seconds: float
    since: float | None = None
    until: float | None = None
    reason: str = DEFAULT_REASON


class BookResynced(Notice, frozen=True):
    """An order book was wrong or old, and is right again: its levels come from a new snapshot.

    ``stream`` is the stream of its updates, ``update_id`` the one it is at now. ``reason`` is why
    it had to start over, ``seconds`` for how long it was not synced.
    """

    stream: str
    update_id: int
    seconds: float
    reason: str


class BookMismatch(Notice, frozen=True):
    """An order book differed from what the server says about it, and starts over.

    ``stream`` is the stream of its updates, ``update_id`` the one at which they differed; ``book``
    and ``server`` say what each of them had.
    """

    stream: str
    update_id: int
    book: str
    server: str


class Terminated(Notice, frozen=True):
    """The server ended the subscription of an account, but not the connection.

    It is requested again; a Gap follows once the server has confirmed it. ``reason`` is the
    server's: ``eventStreamTerminated``, or why it revoked the key's session.
    """

    stream: str
    reason: str


class ClockOffset(Notice, frozen=True):
    """The clock of this machine differs from the server's by more than a second.

    Requests are signed with the server's time, so nothing else needs to be done for them.
    ``seconds`` is what must be added to this machine's time.
    """

    connection: int
    seconds: float


class Duplicates(Notice, frozen=True):
    """Events came again that had been delivered, and were dropped."""

    stream: str
    count: int


class Late(Notice, frozen=True):
    """An event came after later ones of its stream.

    It covers the ids ``first`` to ``last``, inclusive; both are its time if the stream has times
    instead of ids. ``was_missing`` says whether a Gap had reported it as missing. If so, and
    if the stream is one of single ids, ``is_delivered`` is True: the event follows this notice. Any
    other late event was dropped, because it would be out of order. ``key`` is that of a Gap.
    """

    stream: str
    first: int
    last: int
    is_delivered: bool
    was_missing: bool = True
    key: str | None = None


class Stale(Notice, frozen=True):
    """No event of a stream came for ``seconds``.

    Reported whenever the subscription's ``max_idle`` is over and, once per subscription, if no
    event at all came within the client's ``first_event_timeout`` after the server had confirmed the
    stream. ``action`` is what the client does: ``notice`` (nothing), ``resubscribe`` or
    ``reconnect``. ``reason`` says what may be wrong.
    """

    stream: str
    seconds: float
    action: str
    reason: str = "max_idle is over"


class SchemaDrift(Notice, frozen=True):
    """The venue sends fields that the spec does not have; reported once per field, and ignored.

    ``fields`` are paths of wire keys such as ``k.z``.
    """

    stream: str
    fields: tuple[str, ...]


class Dropped(Notice, frozen=True):
    """A queue was full: ``count`` events were dropped by its policy ``overflow``.

    Reported at most once a second. ``stream`` is ``*`` for the client's own queue. ``limit`` is the
    limit that was reached: ``maxsize``, or the client's ``max_unread_bytes``.
    """

    stream: str
    count: int
    overflow: str
    limit: str = "maxsize"


class Unread(Notice, frozen=True):
    """The events of a stream are not consumed: ``count`` of them wait, in ``bytes`` of memory.

    Reported before any are dropped: as soon as a queue from which nothing has ever been taken holds
    a tenth of its ``maxsize`` or a sixteenth of the client's ``max_unread_bytes``, or after a
    minute in which nothing was taken; for at least a hundred events, and again only after those
    have been taken. ``seconds`` is for how long nothing has been taken, ``stream`` is ``*`` for the
    client's own queue.
    """

    stream: str
    count: int
    bytes: int
    seconds: float


class NotRecorded(Notice, frozen=True):
    """A recording lacks something, or cannot be written at the moment; the streams continue.

    ``path`` is the folder of the recording. ``lines`` and ``bytes`` are what was not written since
    the last notice; both are 0 while it still waits, up to the recording's ``max_pending_bytes``.
    Reported at most once a second; the recording itself has a line ``!lost`` at the place.
    """

    path: str
    lines: int
    bytes: int
    reason: str


class Undecodable(Notice, frozen=True):
    """A message does not match the spec; the stream continues.

    ``stream`` is None if not even the stream is known; ``raw`` is the whole message, without the
    listen key if it is about user data.
    """

    stream: str | None
    reason: str
    raw: bytes

    @property
    def excerpt(self) -> bytes:
        """The beginning of ``raw``, without what may be a listen key, API key or signature."""
        raw = redacted_bytes(self.raw)
        return raw[:200] + (b"..." if len(raw) > 200 else b"")

    def __repr__(self) -> str:
        return f"Undecodable(stream={self.stream!r}, reason={self.reason!r}, raw={self.excerpt!r})"
