"""Summaries of events, made from their structs: no stream is known by name here."""

from __future__ import annotations

import functools
import re
from decimal import Decimal
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec

from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.times import to_datetime

_MAX_FIGURES = 8
_MAX_TEXT = 24


def summary(event: Any, names_event: bool = False) -> str:
    """Summarize an event: its symbol and figures, and its type if a stream has several."""
    if isinstance(event, list):
        if not event:
            return "an empty list"
        return f"{len(event)} symbols, the first: {summary(event[0])}"
    figures = _figures(event)
    if names_event:
        figures.insert(0, re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(event).__name__).lower())
    return ", ".join(figures[:_MAX_FIGURES])


def _figures(event: msgspec.Struct) -> list[str]:
    found: list[str] = []
    times: list[str] = []
    for name, kind in _kinds(type(event)).items():
        value = getattr(event, name)
        if value is None or kind == "id" or name == "event_type":
            continue
        if kind == "timestamp":
            times.append(f"{_spaced(name)} {_time(value)}")
        elif name == "symbol":
            found.insert(0, value)
        elif isinstance(value, msgspec.Struct):
            found += [figure for figure in _figures(value) if figure not in found]
        else:
            found.append(f"{_spaced(name)} {_value(value)}")
    return found or times


def _time(value: int) -> str:
    try:
        return f"{to_datetime(value):%H:%M:%S}"
    except ParameterError:
        # Such as 0, which the venue sends if there is no time.
        return str(value)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value.normalize():,f}"
    if isinstance(value, list):
        first = f": {_first(value[0])}" if value else ""
        return f"({len(value)}{first})"
    text = str(value)
    # Long texts are ids and keys: they mean nothing to a reader, and some are secret.
    return text if len(text) <= _MAX_TEXT else f"{text[:8]}…"


def _first(item: Any) -> str:
    if not isinstance(item, msgspec.Struct):
        return _value(item)
    return " ".join(_value(getattr(item, name)) for name in item.__struct_fields__)


def _spaced(name: str) -> str:
    return name.removeprefix("is_").replace("_", " ")


@functools.cache
def _kinds(struct: type[msgspec.Struct]) -> dict[str, str]:
    """Return the kind of number of each field, or an empty text if it is not a number."""
    return {name: _kind(hint) for name, hint in get_type_hints(struct, include_extras=True).items()}


def _kind(hint: Any) -> str:
    if get_origin(hint) is Annotated:
        extra = next((item.extra for item in hint.__metadata__ if hasattr(item, "extra")), None)
        return str((extra or {}).get("kind", ""))
    kinds = {_kind(inner) for inner in get_args(hint) if inner is not type(None)}
    return kinds.pop() if len(kinds) == 1 else ""
