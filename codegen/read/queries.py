"""Questions about a spec that rules and builders both ask."""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from codegen.read.api_model import event_streams
from codegen.read.place import Place
from codegen.read.rest_model import Backfill, OrderBook
from codegen.read.spec_model import Field, Spec, Stream, Struct

_PLACEHOLDER = re.compile(r"<([^<>]*)>")

ANY_EVENT = "AnyEvent"
SNAPSHOT = "OrderBookSnapshot"

# What the generated package itself defines beside its structs.
PACKAGE_EXPORTS = (
    *(
        "AsyncCandleSubscription",
        "AsyncCandleWindow",
        "AsyncClient",
        "AsyncOrderBook",
        "AsyncRecording",
        "AsyncSubscription",
        "CATALOG",
        "CandleWindow",
        "Client",
        "ServerName",
        "VENUE",
        "decode",
        *("to_arrow", "to_pandas", "to_polars"),
        *("Recorded", "RecordingInfo", "RecordingReader", "read_recording", "recording_info"),
        *("Recording", "RecordingStats", "Repair", "repair"),
    ),
)
# What it defines as well if the market has a WebSocket API.
ACCOUNT_EXPORTS = ("Account", "AccountState", "AsyncAccount")


def placeholders(name: str) -> list[str]:
    """Return the names in angle brackets of a stream's name or a constant."""
    return _PLACEHOLDER.findall(name)


def name_parts(name: str) -> list[str]:
    """Split a name at its placeholders: texts, and between them what stands in the brackets."""
    return _PLACEHOLDER.split(name)


def constant_name(key: str) -> str:
    """Return the catalog's constant for a stream."""
    return key.upper()


def member_name(word: str) -> str:
    """Return the enum's member for a word: ``BUY``, ``ISOLATED``, ``BASE_ASSET``."""
    return word if word.isupper() else re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", word).upper()


def camel(key: str) -> str:
    """Turn ``user_data`` into ``UserData``."""
    return "".join(word.capitalize() for word in key.split("_"))


def reached(spec: Spec, names: tuple[str, ...]) -> list[str]:
    """Return these structs and all that they are made of, each once, the outer ones first."""
    found: list[str] = []
    for name in names:
        if name not in found:
            found.append(name)
    for name in found:
        for field in spec.structs[name].kept:
            if field.type in spec.structs and field.type not in found:
                found.append(field.type)
    return found


def users(spec: Spec, name: str) -> list[Stream]:
    """Return the streams whose payload has the struct, the best documented one first."""
    using = [stream for stream in event_streams(spec) if name in reached(spec, stream.events)]
    return sorted(using, key=lambda stream: ("retired" in stream.lifecycle, stream.is_array))


def constants(spec: Spec, struct: Struct, field: Field) -> tuple[str, ...]:
    """Return every value of a constant: a placeholder stands for all that its parameter allows."""
    assert field.constant is not None
    values = [field.constant]
    for stream in users(spec, struct.name):
        for parameter in stream.parameters.values():
            written = spec.choices_of(parameter) or {}
            mark = f"<{parameter.name}>"
            values = [
                value.replace(mark, text)
                for value in values
                for text in (written.values() if mark in value and written else (mark,))
            ]
    return tuple(dict.fromkeys(values))


def always_there(spec: Spec, struct: str, depth: int = 3) -> Iterator[tuple[str, str, Field]]:
    """Every field that each event of a struct has once, with its path by keys and by names."""
    for field in spec.structs[struct].kept:
        if field.is_list or field.optional or field.nullable or field.empty:
            continue
        yield field.key, field.name, field
        inner = spec.structs.get(field.type)
        if inner is not None and not inner.is_array and depth:
            for keys, names, found in always_there(spec, inner.name, depth - 1):
                yield f"{field.key}.{keys}", f"{field.name}.{names}", found


def field_at(spec: Spec, struct: str, keys: str) -> tuple[str, Field] | None:
    """Return a field by its path of keys, such as ``k.t``, with its path of names, or None."""
    key, _, rest = keys.partition(".")
    for field in spec.structs[struct].kept:
        if field.key != key:
            continue
        if not rest:
            return field.name, field
        inner = spec.structs.get(field.type)
        found = None
        if inner is not None and not inner.is_array and not field.is_list:
            found = field_at(spec, inner.name, rest)
        return found and (f"{field.name}.{found[0]}", found[1])
    return None


def leaves(spec: Spec, struct: str, before: str = "") -> Iterator[tuple[str, Field]]:
    """Every field of a struct that is no object itself, by its path of keys."""
    for field in spec.structs[struct].kept:
        inner = spec.structs.get(field.type)
        if inner is None or inner.is_array or field.is_list:
            yield f"{before}{field.key}", field
        else:
            yield from leaves(spec, inner.name, f"{before}{field.key}.")


def answer_struct(
    spec: Spec,
    stream: Stream,
    name: str,
    summary: str,
    place: Place,
    keys: Mapping[str, str | None],
    is_array: bool = False,
) -> Struct:
    """Return the struct of what has the event's values under keys of its own; None is ignored."""
    fields = []
    for key, target in keys.items():
        found = None if target is None else field_at(spec, stream.events[0], target)
        description = "In no event."
        if found is None:
            fields.append(Field(key, place, description, ignored=True))
        else:
            fields.append(dataclasses.replace(found[1], key=key, place=place))
    return Struct(name, place, summary, tuple(fields), is_array)


def row_struct(spec: Spec, stream: Stream, backfill: Backfill) -> Struct:
    """Return the struct of a row, which streams with the same rows share."""
    name = row_name(row_owner(spec, stream))
    keys = {str(key): target for key, target in backfill.row.items()}
    summary = f"A row of ``{backfill.endpoint.path}``."
    return answer_struct(spec, stream, name, summary, backfill.place, keys, backfill.is_list)


def snapshot_struct(spec: Spec, book: OrderBook, updates: Stream) -> Struct:
    """Return the struct of a whole order book."""
    summary = f"A whole order book: the answer of ``{book.snapshot.path}``."
    return answer_struct(spec, updates, SNAPSHOT, summary, book.snapshot.place, book.keys)


def row_owner(spec: Spec, stream: Stream) -> Stream:
    """Return the first stream with the same event and rows: its struct and function are shared."""
    return next(
        other
        for other in spec.streams
        if other.backfill is not None
        and stream.backfill is not None
        and other.events == stream.events
        and other.backfill.endpoint.path == stream.backfill.endpoint.path
        and other.backfill.row == stream.backfill.row
        and other.backfill.others == stream.backfill.others
    )


def updates_of(spec: Spec, book: OrderBook) -> Stream:
    """Return the stream of a book's changes."""
    return next(stream for stream in spec.streams if stream.key == book.updates["stream"])


def row_name(stream: Stream) -> str:
    """Return the name of the struct of a stream's rows."""
    return f"{camel(stream.key)}Row"


def names_in(module: Path, variable: str) -> tuple[str, ...]:
    """Read the names that a module lists in a variable; without running it."""
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(target, ast.Name) and target.id == variable and isinstance(node, ast.Assign):
            return tuple(ast.literal_eval(node.value))
    return ()


def is_shared(struct: Struct) -> bool:
    """Return whether it is the level of an order book that the runtime has for all markets."""
    places = [(field.name, field.type, field.is_list) for field in struct.kept]
    has_same_places = places == [("price", "decimal", False), ("quantity", "decimal", False)]
    return struct.name == "PriceLevel" and struct.is_array and has_same_places
