"""The lines of a recording as they belong together: what one read brought, or one other line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

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


def groups_in(blocks: Iterable[list[bytes]]) -> Iterator[Group]:
    """Yield what the lines say, in order; lines that say nothing readable are left out."""
    time = number = b""
    messages: list[bytes] = []
    for lines in blocks:
        for line in lines:
            if line[_COMMA] == b',"c":':
                end = line.find(b",", _NUMBER_STARTS)
                this_time, this_number = line[_TIME], line[_NUMBER_STARTS:end]
                if this_number != b"0":
                    message = b"{" + line[end + 1 :]
                    if line.startswith(_RAW, end + 1):
                        message = raw_message_of(line)
            elif line:
                try:
                    head = read_head(line)
                except ValueError:
                    continue
                this_time, this_number = b"%d" % head.time, b"%d" % head.connection
                message = _odd_message(line)
            else:
                continue
            if messages and (this_time != time or this_number != number):
                yield Group(int(time), int(number), messages, b"")
                messages = []
            if this_number == b"0":
                yield Group(int(this_time), 0, [], line)
            else:
                time, number = this_time, this_number
                messages.append(message)
    if messages:
        yield Group(int(time), int(number), messages, b"")


def _odd_message(line: bytes) -> bytes:
    """Return the message of a line that another program has written."""
    if b'"!raw"' in line:
        return raw_message_of(line)
    keys = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    return msgspec.json.encode({key: keys[key] for key in keys if key not in ("t", "c")})
