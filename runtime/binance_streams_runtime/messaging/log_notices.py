"""What collectors say about themselves in a log: who collected what, when, and what is missing.

Each is a JSON object under the collector's own subject, ``<prefix>._notice.<collector>``; ``kind``
says which one. Together they show, for each stream, from when to when a collector had it without
an interruption: what none of them had is missing in the log.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct


class LogNotice(Struct, frozen=True, kw_only=True, tag_field="kind"):
    """The base class: whose notice it is, and when it was made."""

    collector: str
    """The name of the collector."""
    session: str
    """A text that is new each time the collector starts."""
    number: int
    """1 for the first notice of a session, 2 for the next: if one is left out, one was lost."""
    at: int
    """When it was made: Unix time in nanoseconds, by the collector's clock, as all times here."""


class Collecting(LogNotice, frozen=True, tag="collecting"):
    """From ``at`` on the collector has all messages of ``streams``, until it says otherwise."""

    streams: tuple[str, ...]


class Interrupted(LogNotice, frozen=True, tag="interrupted"):
    """Messages of ``streams`` may be missing since ``since``, until they are ``collecting`` again.

    ``since`` is when the connection was last seen to be alive.
    """

    streams: tuple[str, ...]
    since: int
    reason: str


class Stopped(LogNotice, frozen=True, tag="stopped"):
    """``streams`` are not collected any more, as they are not wanted here."""

    streams: tuple[str, ...]


class Refused(LogNotice, frozen=True, tag="refused"):
    """``stream`` cannot be collected."""

    stream: str
    reason: str


class LogGap(LogNotice, frozen=True, tag="gap"):
    """The collector did not receive messages of a stream, between ``since`` and ``until``.

    ``first_missing`` to ``last_missing`` are their ids, inclusive, if the stream has consecutive
    ones; ``since`` and ``until`` are when the messages before and after came, if there were any.
    ``key`` is the symbol, if the stream has ids for each of several symbols.
    """

    stream: str
    first_missing: int | None
    last_missing: int | None
    since: int | None
    until: int | None
    reason: str
    key: str | None = None


class NotStored(LogNotice, frozen=True, tag="not_stored"):
    """The collector received ``count`` messages of a stream that it could not put into the log.

    ``first_id`` and ``last_id`` are the message ids of the first and the last of them, ``since``
    and ``until`` when these were received; others between them may have been stored. So may a few
    of them: an answer of the log can be lost with the connection.
    """

    stream: str
    count: int
    first_id: str
    last_id: str
    since: int
    until: int
    reason: str


class Alive(LogNotice, frozen=True, tag="alive"):
    """The collector is at work; it says so again after ``interval`` seconds.

    ``streams`` are all that it has without an interruption at the moment. All that it received
    before ``stored_until`` is in the log, or reported as not stored; ``pending`` messages are not.
    """

    streams: tuple[str, ...]
    interval: float
    stored_until: int
    pending: int


class Closed(LogNotice, frozen=True, tag="closed"):
    """The collector was closed, and has stored what it had received unless it said otherwise."""


_KINDS: Any = Collecting | Interrupted | Stopped | Refused | LogGap | NotStored | Alive | Closed
_decode = msgspec.json.Decoder(_KINDS).decode


def encode_notice(notice: LogNotice) -> bytes:
    """Return a notice as it is in a log."""
    return msgspec.json.encode(notice)


def decode_notice(payload: bytes) -> LogNotice | None:
    """Return the notice of a payload; None for one that this version does not know."""
    try:
        notice: LogNotice = _decode(payload)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return notice


def notice_id(notice: LogNotice) -> str:
    """Return the message id of a notice."""
    return f"notice:{notice.collector}:{notice.session}:{notice.number}"


def session_of(id: str) -> tuple[str, int] | None:
    """Return the session and the number that the id of a notice has; None for any other id."""
    kind, _, rest = id.partition(":")
    _, session, number = rest.split(":") if rest.count(":") == 2 else ("", "", "")
    if kind != "notice" or not (number.isascii() and number.isdigit() and len(number) <= 20):
        return None
    return session, int(number)


def snapshot_id(symbol: str, update_id: int) -> str:
    """Return the message id of an order book snapshot that contains this update as its last."""
    return f"snapshot:{symbol}:{update_id}"
