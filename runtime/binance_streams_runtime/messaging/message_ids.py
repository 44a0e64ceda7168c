"""The ids of messages in a log: the same message has the same id, whoever received it.

They follow from the sequence of a stream, so a log recognizes what two collectors publish:

- single ids: ``<stream>:<id>``;
- ranges of ids: ``<stream>:<first>-<last>``;
- values that never decrease: ``<stream>:<value>-<8 hex digits of the payload's SHA-256>``, as
  several messages may have one value;
- one of these for each of several keys: ``<stream>:<key>:<...>``;
- everything else: ``<stream>:<16 hex digits of the payload's SHA-256>``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from msgspec import Struct

from binance_streams_runtime.catalog.streams import (
    Monotonic,
    PerKey,
    Range,
    Sequence,
    Step,
    StreamType,
)

# Of 64 bits; Python refuses to read numbers that are much longer.
_MOST_DIGITS = 20

Rule = Callable[[Any, bytes], str]
"""Returns the part of an id behind the stream's name, of an event and its payload."""


class Position(Struct, frozen=True):
    """The place of a message in its stream, as its id has it."""

    first: int
    """The first id that the message covers, or its value."""
    last: int
    key: str | None = None
    """The key, if the stream has a sequence for each of several keys."""


def rule_of(type: StreamType) -> Rule:
    """Make what returns the part behind ``<stream>:`` of the ids of a type's messages.

    It takes an event, or anything that has the attributes of the sequence, and the payload.
    """
    return _by_hash if type.is_array else _rule(type.sequence)


def position_of(type: StreamType, message_id: str) -> Position | None:
    """Return the position that an id of this type contains; None if it has none, or is invalid."""
    sequence = None if type.is_array else type.sequence
    # A symbol has no colon, but other parts of a stream's name may.
    stream, _, rest = message_id.rpartition(":")
    key = None
    if isinstance(sequence, PerKey):
        sequence = sequence.sequence
        key = stream.rpartition(":")[2]
    first, _, last = rest.partition("-")
    if isinstance(sequence, Range):
        return Position(int(first), int(last), key) if _are_ids(first, last) else None
    if isinstance(sequence, Step | Monotonic) and _are_ids(first):
        return Position(int(first), int(first), key)
    return None


def _rule(sequence: Sequence | None) -> Rule:
    match sequence:
        case Step(attribute):
            get = attrgetter(attribute)
            return lambda event, payload: str(get(event))
        case Range(first, last):
            get_both = attrgetter(first, last)
            return lambda event, payload: "{}-{}".format(*get_both(event))
        case Monotonic(attribute):
            value = attrgetter(attribute)
            return lambda event, payload: f"{value(event)}-{_digest(payload)[:8]}"
        case PerKey(key, inner):
            key_of, rule = attrgetter(key), _rule(inner)
            return lambda event, payload: f"{key_of(event)}:{rule(event, payload)}"
    return _by_hash


def _by_hash(event: Any, payload: bytes) -> str:
    return _digest(payload)[:16]


def _digest(payload: bytes) -> str:
    return hashlib.sha256(payload).hexdigest()


def _are_ids(*texts: str) -> bool:
    return all(text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS for text in texts)
