"""The REST API in the model: what fills gaps, and what order books start from."""

from __future__ import annotations

import dataclasses

from codegen.model import parts as model
from codegen.model.literals import Source, call, literal
from codegen.model.payloads import compact, pieces
from codegen.model.structs import (
    checked_paragraph,
    is_generic,
    reference,
    source_url,
    struct_model,
)
from codegen.read.queries import (
    field_at,
    placeholders,
    row_name,
    row_owner,
    row_struct,
    snapshot_struct,
    updates_of,
)
from codegen.read.rest_model import Backfill, Endpoint, OrderBook
from codegen.read.spec_model import Field, Spec, Stream, Struct


def rest(spec: Spec) -> model.Rest:
    """Return the structs of answers, and the functions that make events of them."""
    owners = [stream for stream in spec.streams if stream.backfill and _is_owner(spec, stream)]
    structs = [_row(spec, stream) for stream in owners]
    if spec.order_book is not None:
        structs.append(_snapshot(spec, spec.order_book))
    return model.Rest(
        structs=tuple(structs),
        conversions=tuple(_conversion(spec, stream) for stream in owners),
        examples=tuple(_examples(spec).items()),
    )


def _examples(spec: Spec) -> dict[str, tuple[bytes, ...]]:
    """Return an answer of each path: the first one, as that is the documented one."""
    given = [stream.backfill for stream in spec.streams if stream.backfill is not None]
    found = {item.endpoint.path: item.examples[0] for item in reversed(given)}
    if spec.order_book is not None:
        found[spec.order_book.snapshot.path] = spec.order_book.examples[0]
    return {path: pieces(compact(found[path].payload)) for path in sorted(found)}


def backfill(spec: Spec, stream: Stream) -> Source | None:
    """Return the source of a stream's backfill, or None if it has none."""
    given = stream.backfill
    if given is None:
        return None
    owner = row_owner(spec, stream)
    parameters, constants = query(given.endpoint)
    return call(
        "Backfill",
        endpoint=endpoint(spec, given.endpoint),
        query=parameters,
        start=given.start[0],
        number=names(spec, stream, given.start[1]),
        row=Source(row_name(owner)),
        to_event=Source(_function_name(owner)),
        end=given.end,
        constants=constants or None,
        candle=_candle(spec, stream, given),
    )


def missed(spec: Spec, stream: Stream) -> model.Request | None:
    """Return the request for missed events, or None if REST has none."""
    return None if stream.backfill is None else request(spec, stream.backfill.endpoint)


def request(spec: Spec, given: Endpoint) -> model.Request:
    """Return a request for the reference."""
    return model.Request(
        path=given.path,
        source=source_url(spec, given.source),
        checked=given.source["checked"],
        weights=tuple(given.weights.items()),
    )


def endpoint(spec: Spec, given: Endpoint) -> Source:
    """Return the source of a request."""
    return call(
        "Endpoint",
        path=given.path,
        source=source_url(spec, given.source),
        weights=tuple(given.weights.items()),
        limit=None if given.limit == "limit" else given.limit,
    )


def query(given: Endpoint) -> tuple[dict[str, str], dict[str, str]]:
    """Return which query parameters are parameters of the stream, and those that never change."""
    parameters = {name: value[1:-1] for name, value in given.query.items() if placeholders(value)}
    constants = {name: value for name, value in given.query.items() if name not in parameters}
    return parameters, constants


def _candle(spec: Spec, stream: Stream, given: Backfill) -> Source | None:
    if not given.candle:
        return None
    return call("Candle", **{word: names(spec, stream, key) for word, key in given.candle.items()})


def names(spec: Spec, stream: Stream, keys: str) -> str:
    """Return the attribute that the keys of an event lead to."""
    found = field_at(spec, stream.events[0], keys)
    assert found is not None, keys
    return found[0]


def _field(spec: Spec, stream: Stream, keys: str) -> Field:
    found = field_at(spec, stream.events[0], keys)
    assert found is not None, keys
    return found[1]


def _is_owner(spec: Spec, stream: Stream) -> bool:
    return row_owner(spec, stream) is stream


def _function_name(stream: Stream) -> str:
    return f"{stream.key}_from_row"


def _row(spec: Spec, stream: Stream) -> model.Struct:
    given = stream.backfill
    assert given is not None
    return _answer(spec, row_struct(spec, stream, given), given.endpoint)


def _snapshot(spec: Spec, book: OrderBook) -> model.Struct:
    updates = updates_of(spec, book)
    struct = snapshot_struct(spec, book, updates)
    # Those of the update are about changes.
    descriptions = {
        _field(spec, updates, book.updates["bids"]).name: "The highest bids, the best one first.",
        _field(spec, updates, book.updates["asks"]).name: "The lowest asks, the best one first.",
    }
    fields = tuple(
        dataclasses.replace(field, description=descriptions.get(field.name, field.description))
        for field in struct.fields
    )
    return _answer(spec, dataclasses.replace(struct, fields=fields), book.snapshot)


def _answer(spec: Spec, struct: Struct, given: Endpoint) -> model.Struct:
    return struct_model(spec, struct, checked_paragraph(spec, given.source))


def _conversion(spec: Spec, stream: Stream) -> model.Conversion:
    given = stream.backfill
    assert given is not None
    event = stream.events[0]
    targets = [_field(spec, stream, key) for key in given.row.values() if key is not None]
    has_numbers = any(
        field.type in ("decimal", "number")
        or (field.type in spec.structs and is_generic(spec, field.type))
        for field in targets
    )
    return model.Conversion(
        name=_function_name(stream),
        row=f"{row_name(stream)}[N]" if has_numbers else row_name(stream),
        event=reference(spec, event),
        docstring=f"Return the event that a row of ``{given.endpoint.path}`` stands for.",
        expression=_expression(spec, stream, given, spec.structs[event], ""),
    )


def _expression(spec: Spec, stream: Stream, given: Backfill, struct: Struct, before: str) -> Source:
    """Return the source of a struct whose values are those of a row, and what no row has."""
    in_row = {key for key in given.row.values() if key is not None}
    values: dict[str, Source] = {}
    for field in struct.kept:
        keys = f"{before}{field.key}"
        if keys in in_row:
            values[field.name] = Source(f"row.{field.name}")
        elif keys in given.others:
            values[field.name] = _other(spec, stream, given.others[keys])
        elif field.constant is not None:
            values[field.name] = Source(literal(field.constant))
        elif field.type in spec.structs and not field.is_list:
            inner = spec.structs[field.type]
            values[field.name] = _expression(spec, stream, given, inner, f"{keys}.")
    return call(struct.name, **values)


def _other(spec: Spec, stream: Stream, value: str | int | bool) -> Source:
    if not isinstance(value, str):
        return Source(literal(value))
    found = placeholders(value)
    if not found:
        return Source(f"row.{_field(spec, stream, value).name}")
    source = f"parameters[{literal(found[0])}]"
    is_symbol = stream.parameters[found[0]].type == "symbol"
    return Source(f"{source}.upper()" if is_symbol else source)
