"""What type checkers must infer of each stream, and the mistakes that they must see."""

from __future__ import annotations

import re
from collections.abc import Iterator

from codegen.model import conformance as build_conformance
from codegen.model import typecheck_parts as model
from codegen.model.literals import literal
from codegen.model.streams import (
    NUMBERS,
    candle_annotation,
    event_annotation,
    subscription_annotation,
)
from codegen.model.structs import field_annotation, is_generic, reference
from codegen.read import spec_model
from codegen.read.api_model import event_streams
from codegen.read.spec_model import Spec

# To a type checker the scalar types are plain ints, and the other forms of decimals plain decimals.
_PLAIN = {"Timestamp": "int", "Id": "int", "Count": "int"}


def events(spec: Spec) -> tuple[model.EventType, ...]:
    """Return every struct that is an event of a stream, in the order of their names."""
    names = sorted({name for stream in event_streams(spec) for name in stream.events})
    return tuple(
        model.EventType(
            name=name,
            annotation=reference(spec, name),
            any_number=with_number(reference(spec, name), "Any"),
            numbers="type[N]" if is_generic(spec, name) else "Numbers",
        )
        for name in names
    )


def recorded(spec: Spec) -> tuple[model.RecordedStream, ...]:
    """Return every kind of streams that recordings have, but for those of accounts."""
    return tuple(
        model.RecordedStream(
            key=stream.key,
            annotation=event_annotation(spec, stream),
            numbers="type[N]" if re.search(r"\bN\b", event_annotation(spec, stream)) else "Numbers",
        )
        for stream in spec.streams
        if _is_recorded(stream)
    )


def _is_recorded(stream: spec_model.Stream) -> bool:
    return not any(parameter.type == "listen_key" for parameter in stream.parameters.values())


def typechecks(spec: Spec) -> dict[str, model.Typecheck]:
    """Return what is checked of each stream, by its key."""
    return {stream.key: _typecheck(spec, stream) for stream in spec.streams}


def order_book_calls(spec: Spec, updates: spec_model.Stream) -> tuple[str, str, str]:
    """Return good calls of the method of order books: plain, and with either kind of callback."""
    arguments = _arguments(spec, updates)
    return (
        _call_of("order_book", arguments),
        _call_of("order_book", {**arguments, "on_event": "take"}),
        _call_of("order_book", {**arguments, "on_event": "take_async"}),
    )


def order_book_mistakes(spec: Spec, updates: spec_model.Stream) -> tuple[tuple[str, str], ...]:
    """Return what is wrong with an order book, and calls of its method that do it."""
    arguments = _arguments(spec, updates)
    mistakes = [
        ("depth is no number", {"depth": '"all"'}),
        ("verify is no truth value", {"verify": '"yes"'}),
        ("no such option (unseen by ty)", {"on_evnt": "print"}),
        ("a book has nothing to fill (unseen by ty)", {"fill": "True"}),
        ("no such policy", {"overflow": '"newest"'}),
    ]
    for name, parameter in updates.parameters.items():
        if spec.choices_of(parameter) is not None:
            bad = build_conformance.refused_choices(spec, parameter)[0]
            mistakes.append((f"{name} is none of its choices", {name: literal(bad)}))
    return tuple(
        (description, _call_of("order_book", {**arguments, **wrong}))
        for description, wrong in mistakes
    )


def with_number(annotation: str, number: str) -> str:
    """Put the number type in place of its variable."""
    return re.sub(r"\bN\b", number, annotation)


def _typecheck(spec: Spec, stream: spec_model.Stream) -> model.Typecheck:
    arguments = _arguments(spec, stream)
    event, candle = event_annotation(spec, stream), candle_annotation(spec, stream)
    return model.Typecheck(
        call=_call(stream, arguments),
        callback=_call(stream, {**arguments, "on_event": "take"}),
        async_callback=_call(stream, {**arguments, "on_event": "take_async"}),
        is_recorded=_is_recorded(stream),
        fill=_call(stream, {**arguments, "fill": "True"}) if stream.backfill else None,
        inferred=tuple(
            model.Inferred(
                number=number,
                event=with_number(event, number),
                subscription=with_number(subscription_annotation(spec, stream), number),
                candle=candle and with_number(candle, number),
                structs=tuple(struct_fields(spec, name, number) for name in stream.events),
            )
            for number in NUMBERS
        ),
        mistakes=tuple(_mistakes(spec, stream, arguments)),
        other_event=with_number(event, "float") if "N" in event else "",
    )


def struct_fields(spec: Spec, name: str, number: str) -> model.InferredStruct:
    """Return a struct with the types that its fields have with a number type."""
    struct = spec.structs[name]
    return model.InferredStruct(
        name=name,
        annotation=with_number(reference(spec, name), number),
        fields=tuple(
            (field.name, _plain(with_number(field_annotation(spec, struct, field), number)))
            for field in struct.kept
        ),
    )


def _plain(annotation: str) -> str:
    annotation = re.sub(r"Unquoted\[(\w+)\]", r"\1", annotation)
    annotation = re.sub(r"OrEmpty\[(\w+)\]", r"\1 | None", annotation)
    return re.sub(r"\b\w+\b", lambda word: _PLAIN.get(word[0], word[0]), annotation)


def _arguments(spec: Spec, stream: spec_model.Stream) -> dict[str, str]:
    good = build_conformance.good_arguments(spec, stream)
    return {name: literal(value) for name, value in good.items()}


def _call(stream: spec_model.Stream, arguments: dict[str, str]) -> str:
    return _call_of(stream.method, arguments)


def _call_of(method: str, arguments: dict[str, str]) -> str:
    given = ", ".join(f"{name}={source}" for name, source in arguments.items())
    return f"{method}({given})"


def _mistakes(
    spec: Spec, stream: spec_model.Stream, arguments: dict[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield what is wrong, and a call of the method that does it."""
    shared = [other for other in spec.streams if other.method == stream.method]
    for name, parameter in stream.parameters.items():
        is_optional = any(name not in other.parameters for other in shared)
        if not parameter.has_default and not is_optional:
            without = {key: source for key, source in arguments.items() if key != name}
            yield f"no {name}", _call(stream, without)
        if spec.choices_of(parameter) is None:
            yield f"{name} is no text", _call(stream, {**arguments, name: "1"})
        else:
            for value in build_conformance.refused_choices(spec, parameter):
                yield (
                    f"{name} is none of its choices",
                    _call(stream, {**arguments, name: literal(value)}),
                )
    fill = ("nothing to fill with (unseen by ty)", "fill=True")
    if stream.backfill:
        fill = ("no truth value", 'fill="yes"')
    for description, option in (
        ("no such option (unseen by ty)", "on_evnt=print"),
        fill,
        ("no such policy", 'overflow="newest"'),
        ("a limit is no number", 'maxsize="many"'),
        ("no such action", 'action="LIST_SUBSCRIPTIONS"'),
        ("an id is no number or text", "id=1.5"),
    ):
        name, source = option.split("=")
        yield description, _call(stream, {**arguments, name: source})
