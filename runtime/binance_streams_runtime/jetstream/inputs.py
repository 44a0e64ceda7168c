"""What the thread that reads a log gives to the session of a client."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from binance_streams_runtime.messaging.reordering import Logged


class Opened(Struct, frozen=True):
    """The connection is open."""

    url: str


class Lost(Struct, frozen=True):
    """The connection ended, or could not be opened."""

    reason: str


class Started(Struct, frozen=True):
    """A stream is read from now on, or again."""

    name: str
    run: int
    """Distinguishes the subscriptions to one stream that follow each other."""
    is_empty: bool = True
    """Whether the log has nothing to read at the moment."""


class Waiting(Struct, frozen=True):
    """A stream cannot be read at the moment; it is tried again."""

    name: str
    run: int
    reason: str


class Refused(Struct, frozen=True):
    """A stream cannot be read at all."""

    name: str
    run: int
    reason: str


class Resumed(Struct, frozen=True):
    """A stream continues where an earlier client was: ``following`` is its next id, if known."""

    name: str
    run: int
    following: int | None


class Skipped(Struct, frozen=True):
    """The log no longer has messages that were to be read at this place."""

    name: str
    run: int
    reason: str


class Arrived(Struct, frozen=True):
    """Messages of a stream have come; ``is_last`` if the log had no others at that moment."""

    name: str
    run: int
    messages: Sequence[Logged]
    size: int
    """Bytes of their payloads."""
    is_last: bool


class Answered(Struct, frozen=True):
    """The result of a request that asked the log instead of a REST API."""

    number: int
    result: object


class Noticed(Struct, frozen=True):
    """Collectors have published these notices; ``is_last`` if the log has no others."""

    notices: Sequence[tuple[int, bytes]]
    """Each with when the log took it: Unix time in nanoseconds."""
    is_last: bool


Input = (
    Opened | Lost | Started | Waiting | Refused | Resumed | Skipped | Arrived | Answered | Noticed
)
