"""Estimating how much memory decoded events take."""

from __future__ import annotations

import enum
import sys
from collections.abc import Sequence
from typing import Any

import msgspec

# How many elements of a longer list, evenly spaced, represent all.
_MOST_ELEMENTS = 4

_ALIGNMENT = 16


def memory_of(value: Any) -> int:
    """Estimate the bytes that an event, or another item of a queue, takes.

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
    """Return the mean of ``memory_of`` over at most ``most`` of the values, evenly spaced."""
    count = len(values)
    looked = min(count, most)
    if not looked:
        return 0.0
    return sum(memory_of(values[place * count // looked]) for place in range(looked)) / looked
