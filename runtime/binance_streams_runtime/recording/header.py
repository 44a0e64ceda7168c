"""The first line of each part of a recording: what made it, and where it belongs."""

from __future__ import annotations

import msgspec

from binance_streams_runtime.recording.lines import HEADER, data_line

FORMAT = "binance-streams"
VERSION = 1
"""The version of the format, which readers compare: a later one may not be readable."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What is true of a whole part. Readers ignore keys that they do not know."""

    format: str = FORMAT
    version: int = VERSION
    client: str = ""
    """The version of the client that wrote it."""
    package: str
    """The package of the market, such as ``binance_streams``."""
    market: str
    server: str
    """The server's name, or its host and port."""
    url: str
    time_unit: str
    """The unit of all times in frames: ``millisecond`` or ``microsecond``."""
    session: str
    """The recording that this is a part of: 8 hexadecimal digits."""
    part: int
    """Which part of the session it is, from 1."""
    offset: int
    """Nanoseconds to subtract from a ``t`` for the time of the monotonic clock of the client."""
    streams: tuple[str, ...] | None = None
    """The only streams that were to be recorded; None for all."""
    accounts: bool = False
    """Whether events of accounts were to be recorded, too."""
    seed: int = 0
    """Where a replay begins to draw what the client drew at random."""


class _HeaderLine(msgspec.Struct):
    t: int
    stream: str
    data: Header


def header_line(time: int, header: Header) -> bytes:
    """Return the first line of a part that begins at ``time``, in Unix nanoseconds."""
    return data_line(time, HEADER, header)


def read_header(line: bytes) -> tuple[int, Header]:
    """Return when a part begins, and its header; raise ValueError if the line is none."""
    try:
        found = msgspec.json.decode(line, type=_HeaderLine)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ValueError(f"no header of a recording: {error}") from None
    if found.stream != HEADER or found.data.format != FORMAT:
        raise ValueError("no header of a recording")
    if found.data.version > VERSION:
        raise ValueError(
            f"version {found.data.version} of the format, but this client reads up to {VERSION}: "
            "update binance-streams"
        )
    return found.t, found.data
