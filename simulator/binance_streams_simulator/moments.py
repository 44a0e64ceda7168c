"""Values of answers and events as JSON: their times depend on the connection's unit."""

from __future__ import annotations

import json
from collections.abc import Mapping


class Moment(int):
    """A time in microseconds since 1970."""

    __slots__ = ()


def encoded(value: object, divisor: int) -> bytes:
    """Encode as JSON, with times in units of ``divisor`` microseconds."""
    text = json.dumps(_plain(value, divisor), separators=(",", ":"), ensure_ascii=False)
    return text.encode(errors="backslashreplace")


def _plain(value: object, divisor: int) -> object:
    if isinstance(value, Moment):
        return value // divisor
    if isinstance(value, Mapping):
        return {key: _plain(member, divisor) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(member, divisor) for member in value]
    return value
