"""What the conformance suite checks: every expected value written out, from the spec alone."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from codegen.model import conformance_parts as model
from codegen.model.literals import call, literal
from codegen.model.payloads import compact, pieces
from codegen.read import spec_model
from codegen.read.spec_model import Spec

_NOT_ASCII = "币安人生usdt"
_LISTEN_KEY = "pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"
_FREE = {"symbol": "btcusdt", "listen_key": _LISTEN_KEY}
_KINDS = {
    "decimal": "decimal",
    "number": "number",
    "timestamp": "integer",
    "id": "integer",
    "count": "integer",
    "bool": "boolean",
    "symbol": "text",
    "text": "text",
}


def conformance(
    spec: Spec, stream: spec_model.Stream, rows: model.Answers | None
) -> model.Conformance:
    """Return what is checked of a stream."""
    cases = tuple(_case(spec, stream, example) for example in stream.examples)
    return model.Conformance(
        arguments=good_arguments(spec, stream),
        names=tuple(_names(spec, stream)),
        refused=tuple(
            (name, _refused(spec, stream, parameter))
            for name, parameter in stream.parameters.items()
        ),
        cases=cases,
        rows=rows,
    )


def good_arguments(spec: Spec, stream: spec_model.Stream) -> dict[str, object]:
    """Return arguments that the stream's method takes."""
    return next(_names(spec, stream))[0]


def _names(spec: Spec, stream: spec_model.Stream) -> Iterator[tuple[dict[str, object], str]]:
    """Yield every allowed value of every parameter, in all combinations; last a foreign symbol."""
    allowed: list[list[tuple[object, str]]] = []
    free: dict[str, str] = {}
    for parameter in stream.parameters.values():
        choices = spec.choices_of(parameter)
        if choices is None:
            word = _FREE.get(parameter.type or "") or parameter.in_case(parameter.example)
            allowed.append([(word, word)])
        else:
            allowed.append(list(choices.items()))
        if parameter.type == "symbol":
            free[parameter.name] = _NOT_ASCII
    combinations = list(itertools.product(*allowed))
    for combination in combinations:
        yield _built(stream, dict(zip(stream.parameters, combination, strict=True)))
    if free:
        first = dict(zip(stream.parameters, combinations[0], strict=True))
        yield _built(stream, first | {name: (word, word) for name, word in free.items()})


def _built(
    stream: spec_model.Stream, values: dict[str, tuple[object, str]]
) -> tuple[dict[str, object], str]:
    name = stream.name
    for parameter, (_, written) in values.items():
        name = name.replace(f"<{parameter}>", written)
    return {parameter: value for parameter, (value, _) in values.items()}, name


def _refused(spec: Spec, stream: spec_model.Stream, parameter: spec_model.Parameter) -> str:
    choices = spec.choices_of(parameter)
    if choices is None and parameter.type == "listen_key":
        return "BAD_LISTEN_KEYS"
    if choices is None:
        bad = "BAD_SYMBOLS" if parameter.type == "symbol" else "BAD_TEXTS"
        # If another stream has the method without it, None means that one.
        shares = sum(other.method == stream.method for other in spec.streams) > 1
        return bad if shares else f"[*{bad}, None]"
    # True == 1, but it is not the same choice.
    return literal([*refused_choices(spec, parameter), None, True])


def refused_choices(spec: Spec, parameter: spec_model.Parameter) -> list[object]:
    """Return texts and numbers that are none of the parameter's choices, though some are near."""
    choices = spec.choices_of(parameter) or {}
    bad: list[object] = ["", "nonsense"]
    for value in itertools.islice(choices, 5):
        other = value.swapcase() if isinstance(value, str) else str(value)
        if other not in choices and other not in bad:
            bad.append(other)
    numbers = [value for value in choices if isinstance(value, int)]
    bad += [0, -1, max(numbers) + 1] if numbers else [5]
    return [value for value in bad if value not in choices]


def _case(spec: Spec, stream: spec_model.Stream, example: spec_model.Example) -> model.Case:
    payload = example.payload
    struct = event_struct(spec, stream, payload[0] if stream.is_array else payload)
    return case_of_struct(spec, struct, example.id, example.stream, payload, stream.is_array)


def case_of_struct(
    spec: Spec, struct: spec_model.Struct, id: str, stream: str, payload: Any, is_list: bool
) -> model.Case:
    """Return the case of a payload that is a struct, or a list of them."""
    if is_list:
        expected = f"[{', '.join(record(spec, struct, item) for item in payload)}]"
        found = tuple(keys(spec, struct, payload[0], "0/", "0/"))
        ignored = [
            path
            for position, item in enumerate(payload)
            for path in _ignored(spec, struct, item, f"{position}/")
        ]
    else:
        expected = record(spec, struct, payload)
        found = tuple(keys(spec, struct, payload, "", ""))
        ignored = list(_ignored(spec, struct, payload, ""))
    return model.Case(
        id=id,
        stream=stream,
        payload=pieces(compact(payload)),
        expected=expected,
        keys=found,
        ignored=tuple(ignored),
    )


def event_struct(spec: Spec, stream: spec_model.Stream, payload: Any) -> spec_model.Struct:
    """Return the struct of an event."""
    if len(stream.events) == 1:
        return spec.structs[stream.events[0]]
    return next(
        spec.structs[name]
        for name in stream.events
        for field in spec.structs[name].kept
        if field.key == "e" and field.constant == payload["e"]
    )


def record(spec: Spec, struct: spec_model.Struct, payload: Any) -> str:
    """Return the source of the expected struct."""
    parts = [literal(struct.name)]
    for position, field in enumerate(struct.fields):
        if not field.ignored:
            value = payload[position] if struct.is_array else payload.get(field.key)
            parts.append(f"{field.name}={_value(spec, field, value)}")
    return f"Record({', '.join(parts)})"


def _value(spec: Spec, field: spec_model.Field, value: Any) -> str:
    if value is None:
        return "None"
    if field.is_list:
        return f"[{', '.join(_single(spec, field, item) for item in value)}]"
    return _single(spec, field, value)


def _single(spec: Spec, field: spec_model.Field, value: Any) -> str:
    if field.type in spec.structs:
        return record(spec, spec.structs[field.type], value)
    if field.type in spec.enums:
        return f"Word({literal(field.type)}, {literal(value)})"
    if field.empty and not value:
        return "None"
    is_number = field.type in ("decimal", "number")
    return f"Number({literal(str(value))})" if is_number else literal(value)


def keys(
    spec: Spec, struct: spec_model.Struct, payload: Any, path: str, attribute: str
) -> Iterator[str]:
    """Yield the source of every place that has a value, with the attribute that it becomes."""
    for position, field in enumerate(struct.fields):
        where = position if struct.is_array else field.key
        is_there = struct.is_array or field.key in payload
        if field.ignored or not is_there:
            continue
        key, name, value = f"{path}{where}", f"{attribute}{field.name}", payload[where]
        yield key_source(spec, field, key, name)
        inner = spec.structs.get(field.type)
        if inner is not None and field.is_list and value:
            yield from keys(spec, inner, value[0], f"{key}/0/", f"{name}/0/")
        elif inner is not None and not field.is_list and value is not None:
            yield from keys(spec, inner, value, f"{key}/", f"{name}/")


def key_source(
    spec: Spec, field: spec_model.Field, key: str, name: str, also: tuple[str, ...] = ()
) -> str:
    """Return the source of a place, with the attributes that it becomes."""
    return call(
        "Key",
        key,
        _kind(spec, field),
        name,
        # Only what is special is said.
        also=also or None,
        is_required=False if field.optional else None,
        is_nullable=True if field.nullable or field.optional else None,
    )


def _ignored(spec: Spec, struct: spec_model.Struct, payload: Any, before: str) -> Iterator[str]:
    """Yield the paths of all ignored fields."""
    for position, field in enumerate(struct.fields):
        where = position if struct.is_array else field.key
        if not struct.is_array and field.key not in payload:
            continue
        value, inner = payload[where], spec.structs.get(field.type)
        if field.ignored:
            yield f"{before}{where}"
        elif inner is not None and field.is_list:
            for number, item in enumerate(value or []):
                yield from _ignored(spec, inner, item, f"{before}{where}/{number}/")
        elif inner is not None and value is not None:
            yield from _ignored(spec, inner, value, f"{before}{where}/")


def _kind(spec: Spec, field: spec_model.Field) -> str:
    if field.is_list:
        return "list"
    if field.constant is not None or field.type in spec.choices:
        return "word"
    if field.type in spec.enums:
        return "open word"
    if field.type in spec.structs:
        return "list" if spec.structs[field.type].is_array else "object"
    return "decimal or empty" if field.empty else _KINDS[field.type]
