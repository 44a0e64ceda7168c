"""How much memory a decoded event takes."""

from __future__ import annotations

import enum
import sys
from collections.abc import Sequence
from typing import Any

import msgspec

# Of longer lists, as many elements as this, evenly spaced, stand for all.
_MOST_ELEMENTS = 4

_ALIGNMENT = 16


def memory_of(value: Any) -> int:
    """Bytes that an event or whatever else waits in a queue takes, as an estimate.

    Objects that exist once in the process, such as members of an enumeration, take nothing.
    """
    if value is None or isinstance(value, bool | enum.Enum | msgspec.msgpack.Decoder):
        return 0
    size = -(-sys.getsizeof(value) // _ALIGNMENT) * _ALIGNMENT
    if isinstance(value, msgspec.Struct):
        return size + sum(memory_of(getattr(value, name)) for name in value.__struct_fields__)
    if isinstance(value, list | tuple):
        return size + round(mean_memory(value, _MOST_ELEMENTS) * len(value))
    if isinstance(value, dict):
        return size + sum(memory_of(key) + memory_of(item) for key, item in value.items())
    return size


def mean_memory(values: Sequence[Any], most: int) -> float:
    """The mean of ``memory_of`` over at most ``most`` of the values, evenly spaced."""
    count = len(values)
    looked = min(count, most)
    if not looked:
        return 0.0
    return sum(memory_of(values[place * count // looked]) for place in range(looked)) / looked
