"""The lines of a recording as they belong together: what one read returned, or one other line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from binance_streams_runtime.errors import reason_of
from binance_streams_runtime.recording.lines import raw_message_of, read_head

# A line begins with '{"t":1795645242000000000,"c":1,': see ``lines``.
_TIME = slice(5, 24)
_COMMA = slice(24, 29)
_NUMBER_STARTS = 29
_RAW = b'"stream":"!raw",'


class Group(NamedTuple):
    """The messages of one read of a connection, or one line that is none."""

    time: int
    connection: int
    messages: list[bytes]
    line: bytes
    """Empty if it is a read."""
    reason: str = ""
    """Why the line cannot be read, if that is so."""


def groups_in(blocks: Iterable[list[bytes]]) -> Iterator[Group]:
    """Yield what the lines say, in order; a line that says nothing readable comes by itself."""
    time = number = b""
    moment = connection = 0
    messages: list[bytes] = []
    for lines in blocks:
        for line in lines:
            if not line:
                continue
            last = moment, connection
            try:
                if line[_COMMA] == b',"c":':
                    end = line.find(b",", _NUMBER_STARTS)
                    this_time, this_number = line[_TIME], line[_NUMBER_STARTS:end]
                    if this_number != b"0":
                        message = b"{" + line[end + 1 :]
                        if line.startswith(_RAW, end + 1):
                            message = raw_message_of(line)
                else:
                    head = read_head(line)
                    this_time, this_number = b"%d" % head.time, b"%d" % head.connection
                    message = _odd_message(line)
                is_other = this_time != time or this_number != number
                if is_other:
                    moment, connection = int(this_time), int(this_number)
            except ValueError as error:
                if messages:
                    yield Group(*last, messages, b"")
                    messages = []
                moment, connection = last
                yield Group(moment, 0, [], line, reason_of(error))
                continue
            if messages and is_other:
                yield Group(*last, messages, b"")
                messages = []
            time, number = this_time, this_number
            if number == b"0":
                yield Group(moment, 0, [], line)
            else:
                messages.append(message)
    if messages:
        yield Group(moment, connection, messages, b"")


def _odd_message(line: bytes) -> bytes:
    """Return the message of a line that another program has written."""
    if b'"!raw"' in line:
        return raw_message_of(line)
    keys = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    return msgspec.json.encode({key: keys[key] for key in keys if key not in ("t", "c")})
