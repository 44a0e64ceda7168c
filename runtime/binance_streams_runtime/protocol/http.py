"""Parsing the heads of HTTP responses, to handshakes and from proxies."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import TypeVar

import msgspec

from binance_streams_runtime.errors import ConnectionLost, redacted

T = TypeVar("T")

Conversation = Generator[bytes | int, bytes, T]
"""A dialog with a server, without the socket. It yields bytes to send or how many bytes to read at
most, and is sent what was read: ``b""`` at the end of the stream, or after sending.
"""

MAX_HEAD = 64 * 1024


class Head(msgspec.Struct, frozen=True):
    """The head of an HTTP response; ``retry_after`` in seconds, None if it is missing."""

    raw: bytes
    status: int
    message: str
    retry_after: float | None


def read_head(who: str, unix_time: float) -> Conversation[Head]:
    """Read an HTTP head, at most ``MAX_HEAD`` bytes, and nothing after it.

    ``unix_time`` is the current time, for a Retry-After that is a date. Raises ConnectionLost,
    which names ``who``, if the head is too long, cut off, or not HTTP.
    """
    head = bytearray()
    while not head.endswith((b"\n\r\n", b"\n\n")):
        if len(head) >= MAX_HEAD:
            raise ConnectionLost(f"{who}: the response head exceeds {MAX_HEAD} bytes")
        data = yield 1
        if not data:
            raise ConnectionLost(f"{who} closed the connection instead of answering")
        head += data
    first, *lines = head.decode("latin-1").split("\n")
    match = re.fullmatch(r"HTTP/1\.\d ([1-9]\d\d)(?: (.*))?", first.strip(), re.ASCII)
    if match is None:
        raise ConnectionLost(f"{who}: the response is not HTTP/1.1")
    retry_after = None
    for line in lines:
        name, _, value = line.partition(":")
        if name.lower() == "retry-after" and retry_after is None:
            retry_after = seconds_of(value.strip(), unix_time)
    return Head(bytes(head), int(match[1]), match[2] or "", retry_after)


def seconds_of(retry_after: str, unix_time: float) -> float | None:
    """Parse RFC 9110, 10.2.3: seconds, or a date; 0 if it is past, None if it is neither."""
    if re.fullmatch("-?[0-9]{1,9}", retry_after):
        return max(0.0, float(retry_after))
    date = unix_time_of(retry_after)
    return None if date is None else max(0.0, date - unix_time)


def unix_time_of(date: str) -> float | None:
    """Return the Unix time of a date in a header (RFC 9110, 5.6.7); None if it is none."""
    # Imported late, as it is slow to import and rarely needed.
    from datetime import UTC
    from email.utils import parsedate_to_datetime

    try:
        parsed = parsedate_to_datetime(date)
        # A date in "-0000" is UTC, but has no time zone in Python.
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def explain_status(status: int, message: str) -> str:
    """Describe what the HTTP status of a rejected handshake or request means at this venue."""
    phrase = redacted("".join(letter for letter in message[:200] if letter.isprintable()))
    text = f"HTTP status {status} {phrase}".rstrip()
    if 300 <= status < 400:
        return f"{text}: redirects are not followed"
    explanation = {
        403: "refused by the venue's firewall",
        407: "a proxy on the way asks for a user name and a password",
        418: "this IP address is banned for breaking limits; wait before trying again",
        429: "too many requests from this IP address; wait before trying again",
        451: "the venue does not serve this region",
        502: "the venue's gateway got no answer from what is behind it; try again later",
        503: "the venue is overloaded or under maintenance; try again later",
    }.get(status)
    return f"{text}: {explanation}" if explanation else text
