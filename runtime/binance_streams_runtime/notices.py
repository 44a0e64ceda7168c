"""What is not data: typed notices about connections and streams.

Streams appear by their label: the name, but for user data, whose name is a secret.
"""

from __future__ import annotations

import re

from msgspec import Struct

# What may be a listen key, which a message that nobody could read may hold.
_SECRETS = re.compile(rb"[A-Za-z0-9]{32,}")

CLIENT = "*"
"""In a notice: the client's own queue rather than one stream's."""


class Notice(Struct, frozen=True):
    """The root of all notices."""


class Connected(Notice, frozen=True):
    """A connection is open. ``connection`` numbers the client's connections from 1."""

    connection: int
    url: str


class Disconnected(Notice, frozen=True):
    """A connection ended, or could not be opened.

    ``code`` is the close code and ``status`` the HTTP status, each None if there was none.
    ``streams`` are those that nothing comes of from now on; empty if another connection has them
    already. ``retry_in`` is the seconds until the next attempt, None if none is needed or
    wanted.
    """

    connection: int
    code: int | None
    status: int | None
    reason: str
    streams: tuple[str, ...]
    retry_in: float | None


class RateLimited(Notice, frozen=True):
    """The next attempt to connect is made in ``seconds``, as this process has made as many as the
    server allows. ``reason`` has the limit. Servers on this machine have none.
    """

    connection: int
    seconds: float
    reason: str


class Resubscribed(Notice, frozen=True):
    """After an interruption of ``seconds`` the server has confirmed ``streams`` again.

    What was missed meanwhile is told by a Gap before the next event of each.
    """

    connection: int
    streams: tuple[str, ...]
    seconds: float


class ServerShutdown(Notice, frozen=True):
    """The server said that it is about to go down: a new connection is opened at once.

    ``event_time`` is the server's, in the connection's unit.
    """

    connection: int
    event_time: int | None


DEFAULT_REASON = "the sequence jumped"


class Gap(Notice, frozen=True):
    """Events of a stream are missing, between the last event and the next one.

    Where the stream has ids that follow each other, ``first_missing`` to ``last_missing`` are
    those that are missing, both included. Other streams cannot tell, so after every interruption
    there is a Gap with None for both. ``since`` and ``until`` are when the last event before and
    the first one after it came: Unix times in seconds by this machine's clock. ``key`` says of
    which symbol, if a stream of several symbols has ids for each of them.
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


class Duplicates(Notice, frozen=True):
    """Events that had been delivered came again, and were dropped."""

    stream: str
    count: int


class Late(Notice, frozen=True):
    """An event came behind later ones of its stream.

    It covers the ids ``first`` to ``last``, both included; both are its time if the stream has
    times instead of ids. ``was_missing`` says whether a Gap had reported it as missing. If so, and
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

    Reported each time that the subscription's ``max_idle`` is over and, once a subscription, if
    no event at all came within the client's ``first_event_timeout`` after the server had confirmed
    the stream. ``action`` is what follows: ``notice`` (nothing), ``resubscribe`` or ``reconnect``.
    ``reason`` says what may be wrong.
    """

    stream: str
    seconds: float
    action: str
    reason: str = "max_idle is over"


class SchemaDrift(Notice, frozen=True):
    """The venue sends fields that the spec does not know; told once for each, and ignored.

    ``fields`` are paths of wire keys such as ``k.z``.
    """

    stream: str
    fields: tuple[str, ...]


class Dropped(Notice, frozen=True):
    """A queue was full: ``count`` events were dropped by its policy ``overflow``.

    Told at most once a second. ``stream`` is ``*`` for the client's own queue. ``limit`` is the
    bound that was reached: ``maxsize``, or the client's ``max_unread_bytes``.
    """

    stream: str
    count: int
    overflow: str
    limit: str = "maxsize"


class Unread(Notice, frozen=True):
    """Nobody takes the events of a stream: ``count`` of them wait, in some ``bytes`` of memory.

    Reported before any are dropped: as soon as a queue from which nothing was ever taken holds a
    tenth of its ``maxsize`` or a sixteenth of the client's ``max_unread_bytes``, or after a minute
    in which nothing was taken; a hundred events at least, once until what waits has been taken.
    ``seconds`` is for how long nothing was taken, ``stream`` is ``*`` for the client's own queue.
    """

    stream: str
    count: int
    bytes: int
    seconds: float


class Undecodable(Notice, frozen=True):
    """A message that does not fit the spec; the stream goes on.

    ``stream`` is None if not even the stream could be told; ``raw`` is the whole message,
    less the listen key if it is about user data.
    """

    stream: str | None
    reason: str
    raw: bytes

    @property
    def excerpt(self) -> bytes:
        """The beginning of ``raw``, without what may be a listen key."""
        raw = _SECRETS.sub(b"...", self.raw)
        return raw[:200] + (b"..." if len(raw) > 200 else b"")

    def __repr__(self) -> str:
        return f"Undecodable(stream={self.stream!r}, reason={self.reason!r}, raw={self.excerpt!r})"
