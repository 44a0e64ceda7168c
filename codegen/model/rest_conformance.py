"""What the conformance suite checks of the REST API: answers, and what they must become."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from codegen.model import conformance_parts as model
from codegen.model.conformance import key_source, keys, record
from codegen.model.payloads import compact, pieces
from codegen.read.queries import field_at, name_parts, row_struct, snapshot_struct
from codegen.read.rest_model import Answer, Backfill, Endpoint, OrderBook
from codegen.read.spec_model import Spec, Stream


def rows(spec: Spec, stream: Stream) -> model.Answers | None:
    """Return the documented rows of a stream, each answer with the events that it stands for."""
    given = stream.backfill
    if given is None:
        return None
    event = spec.structs[stream.events[0]]
    cases = tuple(
        model.Case(
            id=answer.id,
            stream=_name(spec, stream, answer),
            payload=pieces(compact(answer.payload)),
            expected=f"[{', '.join(record(spec, event, item) for item in answer.events)}]",
            keys=tuple(_row_keys(spec, stream, given, answer.payload)),
            ignored=(),
        )
        for answer in given.examples
    )
    return model.Answers(_weights(given.endpoint), cases)


def snapshots(spec: Spec, book: OrderBook, updates: Stream) -> model.Answers:
    """Return the documented snapshots."""
    struct = snapshot_struct(spec, book, updates)
    cases = tuple(
        model.Case(
            id=answer.id,
            stream=_name(spec, updates, answer),
            payload=pieces(compact(answer.payload)),
            expected=record(spec, struct, answer.payload),
            keys=tuple(keys(spec, struct, answer.payload, "", "")),
            ignored=(),
        )
        for answer in book.examples
    )
    return model.Answers(_weights(book.snapshot), cases)


def _weights(given: Endpoint) -> tuple[tuple[int, int], ...]:
    """Return the weights of the smallest and the largest request that has each of them."""
    found: list[tuple[int, int]] = []
    least = 1
    for most, weight in given.weights.items():
        found += dict.fromkeys([(least, weight), (most, weight)])
        least = most + 1
    return tuple(found)


def _name(spec: Spec, stream: Stream, answer: Answer) -> str:
    """Return the name of the stream that the answer is about."""
    written = {}
    for name, parameter in stream.parameters.items():
        value = answer.parameters.get(name, parameter.default)
        choices = spec.choices_of(parameter)
        text = str(value).lower() if parameter.type == "symbol" else parameter.in_case(str(value))
        written[name] = text if choices is None else choices[value]
    parts = name_parts(stream.name)
    return "".join(written[part] if place % 2 else part for place, part in enumerate(parts))


def _row_keys(spec: Spec, stream: Stream, given: Backfill, payload: Any) -> Iterator[str]:
    """Yield the source of each key of the first row, with all attributes that it becomes."""
    event = stream.events[0]
    struct = row_struct(spec, stream, given)
    copies: Mapping[Any, list[str]] = {
        target: [keys for keys, value in given.others.items() if value == target]
        for target in given.row.values()
        if target is not None
    }
    for field, (key, target) in zip(struct.fields, given.row.items(), strict=True):
        if target is None or not (given.is_list or key in payload[0]):
            continue
        first, *others = (_attribute(spec, event, keys) for keys in (target, *copies[target]))
        yield key_source(spec, field, f"0/{key}", first, also=tuple(others))


def _attribute(spec: Spec, event: str, keys: str) -> str:
    found = field_at(spec, event, keys)
    assert found is not None, keys
    return "0/" + found[0].replace(".", "/")
