"""Events as rows: plain values by the names of our fields."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Union, get_args, get_origin, get_type_hints

from msgspec import Struct

from binance_streams_cli.parser import did_you_mean
from binance_streams_cli.status import USAGE, CommandError
from binance_streams_runtime.catalog.streams import StreamType

STREAM = "stream"
"""The field that says of which stream an event is."""

_PLAIN = frozenset({int, str, float, bool, type(None)})

Row = dict[str, Any]


def plain(value: Any) -> Any:
    """Return a value as JSON has it, with our names: structs as objects, decimals as texts."""
    kind = value.__class__
    if kind in _PLAIN:
        return value
    if isinstance(value, Struct):
        if kind.__struct_config__.array_like:
            return [plain(getattr(value, name)) for name in kind.__struct_fields__]
        return {name: plain(getattr(value, name)) for name in kind.__struct_fields__}
    if isinstance(value, Decimal):
        # str() would write 0.00000000 as 0E-8, which the venue never does.
        return format(value, "f")
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


class Rows:
    """Makes rows of events: all fields, or those that were asked for, in their order."""

    def __init__(self, stream_types: Iterable[StreamType], fields: Sequence[str] | None) -> None:
        """Raise CommandError if none of the events has one of the fields."""
        events = [event for type in stream_types for event in type.events]
        self._paths = {event: list(paths_of(event)) for event in events}
        self._fields = fields
        self._make: dict[type, Callable[[str, Any], Row]] = {}
        known = [STREAM, *dict.fromkeys(path for one in self._paths.values() for path in one)]
        if fields is not None:
            for field in fields:
                found = (_path(field, paths) for paths in self._paths.values())
                if field != STREAM and not any(found):
                    hint = did_you_mean(field, known) or f"; allowed: {', '.join(known)}"
                    raise CommandError(f"--fields: no event has the field {field!r}{hint}", USAGE)
        self.columns = list(fields) if fields is not None else known
        """The names of all columns, if each field of a nested object has one of its own."""

    def of(self, stream: str, event: Any) -> Iterator[Row]:
        """Yield a row for an event, or one for each of the events in a list."""
        if isinstance(event, list):
            for one in event:
                yield self._row(stream, one)
        else:
            yield self._row(stream, event)

    def flat(self, row: Row) -> list[Any]:
        """Return the values of a row by column; None if it has none."""
        if self._fields is not None:
            return list(row.values())
        flat: Row = {}
        _flatten(row, "", flat)
        return [flat.get(column) for column in self.columns]

    def _row(self, stream: str, event: Any) -> Row:
        if self._fields is None:
            return {STREAM: stream, **plain(event)}
        kind = type(event)
        make = self._make.get(kind)
        if make is None:
            make = self._make[kind] = _maker(self._fields, self._paths.get(kind, []))
        return make(stream, event)


def paths_of(struct: type[Any]) -> Iterator[str]:
    """Yield the fields of a struct; those of nested objects as ``kline.close``."""
    for name, hint in get_type_hints(struct).items():
        inner = _struct_in(hint)
        if inner is None:
            yield name
        else:
            yield from (f"{name}.{path}" for path in paths_of(inner))


def _struct_in(hint: Any) -> type[Any] | None:
    """Return the struct that a field holds, unless it holds a list of them."""
    origin = get_origin(hint) or hint
    if origin in (Union, types.UnionType):
        found = [_struct_in(one) for one in get_args(hint) if one is not type(None)]
        return found[0] if len(found) == 1 else None
    if isinstance(origin, type) and issubclass(origin, Struct):
        return None if origin.__struct_config__.array_like else origin
    return None


def _path(field: str, paths: Sequence[str]) -> str | None:
    """Return the path that a field means: itself, or the only one that ends with it."""
    if field in paths or any(path.startswith(f"{field}.") for path in paths):
        return field
    found = [path for path in paths if path.endswith(f".{field}")]
    return found[0] if len(found) == 1 else None


def _maker(fields: Sequence[str], paths: Sequence[str]) -> Callable[[str, Any], Row]:
    found = [(field, None if field == STREAM else _path(field, paths)) for field in fields]
    steps = [(field, None if path is None else path.split(".")) for field, path in found]

    def make(stream: str, event: Any) -> Row:
        row: Row = {}
        for field, path in steps:
            if path is None:
                row[field] = stream if field == STREAM else None
                continue
            value = event
            for step in path:
                value = getattr(value, step, None)
            row[field] = plain(value)
        return row

    return make


def _flatten(value: Row, prefix: str, into: Row) -> None:
    for name, item in value.items():
        if isinstance(item, dict):
            _flatten(item, f"{prefix}{name}.", into)
        else:
            into[f"{prefix}{name}"] = item
