"""What is not data: typed notices about connections and streams.

Streams appear by their label: the name, but for user data, whose name is a secret.
"""

from __future__ import annotations

import re

from msgspec import Struct

# What may be a listen key, which a message that nobody could read may hold.
_SECRETS = re.compile(rb"[A-Za-z0-9]{32,}")


class Notice(Struct, frozen=True):
    """The root of all notices."""


class Connected(Notice, frozen=True):
    """A connection is open. ``connection`` numbers the client's connections from 1."""

    connection: int
    url: str


class Disconnected(Notice, frozen=True):
    """A connection ended, or could not be opened.

    ``code`` is the close code where the server gave one, else None; ``streams`` are those that
    ended with it.
    """

    connection: int
    code: int | None
    reason: str
    streams: tuple[str, ...]


class ServerShutdown(Notice, frozen=True):
    """The server said that it is about to go down. ``event_time`` is the server's."""

    connection: int
    event_time: int | None


class Gap(Notice, frozen=True):
    """Ids of a stream are missing: ``first_missing`` to ``last_missing``, both included."""

    stream: str
    first_missing: int
    last_missing: int

    @property
    def missing(self) -> int:
        """How many ids are missing."""
        return self.last_missing - self.first_missing + 1


class Repeated(Notice, frozen=True):
    """Events that had been delivered came again, and were dropped."""

    stream: str
    count: int


class Dropped(Notice, frozen=True):
    """A queue was full: ``count`` events were dropped by its policy ``overflow``.

    Told at most once a second. ``stream`` is ``*`` for the client's own queue.
    """

    stream: str
    count: int
    overflow: str


class Undecodable(Notice, frozen=True):
    """A message that does not fit the spec; the stream goes on.

    ``stream`` is None where not even the stream could be told; ``raw`` is the whole message,
    less the listen key where it is about user data.
    """

    stream: str | None
    reason: str
    raw: bytes

    def __repr__(self) -> str:
        raw = _SECRETS.sub(b"...", self.raw)
        shown = raw[:200] + (b"..." if len(raw) > 200 else b"")
        return f"Undecodable(stream={self.stream!r}, reason={self.reason!r}, raw={shown!r})"
