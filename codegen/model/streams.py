"""Streams of the model."""

from __future__ import annotations

import re

from codegen.model import messages
from codegen.model import parts as model
from codegen.model import rest as build_rest
from codegen.model.literals import Source, call, literal
from codegen.model.payloads import compact, pieces, pretty
from codegen.model.structs import is_generic, literal_type, reference, source_url
from codegen.read import durations, spec_model
from codegen.read.api_model import event_streams
from codegen.read.patterns import read_pattern
from codegen.read.queries import (
    ANY_EVENT,
    always_there,
    camel,
    constant_name,
    field_at,
    name_parts,
    reached,
)
from codegen.read.spec_model import Spec

NUMBERS = ("Decimal", "float", "str")


def streams(spec: Spec, structs: dict[str, model.Struct], market: str) -> tuple[model.Stream, ...]:
    """Return every stream of the model; ``market`` is the folder's name."""
    prefix = spec.connection.get("subjects", market)
    return tuple(stream(spec, item, structs, prefix) for item in spec.streams)


def unions(spec: Spec) -> tuple[model.Alias, ...]:
    """Return names for what each stream of several events delivers, and for what any does."""
    several = [
        model.Alias(
            f"{camel(stream.key)}Event",
            " | ".join(reference(spec, name) for name in stream.events),
            f"Any event of {stream.title}.",
        )
        for stream in event_streams(spec)
        if len(stream.events) > 1
    ]
    delivered = [
        f"list[{reference(spec, name)}]" if stream.is_array else reference(spec, name)
        for stream in event_streams(spec)
        for name in stream.events
    ]
    any_event = " | ".join(dict.fromkeys(delivered))
    return (*several, model.Alias(ANY_EVENT, any_event, "Whatever the client may deliver."))


def any_event(spec: Spec) -> dict[str, str]:
    """Return the annotation of whatever a client may deliver, by its number type."""
    events = {name for stream in event_streams(spec) for name in stream.events}
    has_numbers = any(is_generic(spec, name) for name in events)
    return {
        number: f"{ANY_EVENT}[{number}]" if has_numbers else ANY_EVENT for number in (*NUMBERS, "N")
    }


def written_constants(spec: Spec) -> tuple[model.Constant, ...]:
    """Return the written forms of the choices that streams share."""
    used = {parameter.type for stream in spec.streams for parameter in stream.parameters.values()}
    return tuple(
        model.Constant(_written_name(name), literal(chosen.written))
        for name, chosen in spec.choices.items()
        if name in used
    )


def segments(spec: Spec, stream: spec_model.Stream) -> tuple[str, ...]:
    """Return the stream's name as source: texts, and the parameters between them."""
    parts = []
    for position, text in enumerate(name_parts(stream.name)):
        if position % 2:
            parts.append(_parameter_source(spec, stream.parameters[text]))
        elif text:
            parts.append(literal(text))
    return tuple(parts)


def _written_name(choices: str) -> str:
    return "_" + re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", choices).upper()


def _parameter_source(spec: Spec, parameter: spec_model.Parameter) -> str:
    if parameter.choices is not None:
        return call("Choice", parameter.name, parameter.choices)
    if parameter.type in spec.choices:
        return f"Choice({literal(parameter.name)}, {_written_name(parameter.type or '')})"
    if parameter.type == "text":
        expression = read_pattern(parameter.pattern).expression
        return call(
            "Text",
            parameter.name,
            pattern=expression,
            example=parameter.in_case(parameter.example),
            case=parameter.case,
        )
    kind = {"symbol": "Symbol", "listen_key": "ListenKey"}[parameter.type or ""]
    return call(kind, parameter.name)


def stream(
    spec: Spec,
    stream: spec_model.Stream,
    structs: dict[str, model.Struct],
    prefix: str | None = None,
) -> model.Stream:
    """Return one entry of the catalog; ``prefix`` is that of its messages in a log, if any."""
    speed, speed_prose = update_speed(spec, stream)
    sequence, sequence_prose = _sequence(spec, stream)
    lifecycle = stream.lifecycle
    return model.Stream(
        key=stream.key,
        constant=constant_name(stream.key),
        title=stream.title,
        summary=stream.summary,
        name=stream.name,
        method=stream.method,
        category=stream.category,
        source=source_url(spec, stream.source),
        checked=stream.source["checked"],
        segments=segments(spec, stream),
        events=stream.events,
        event_annotation=event_annotation(spec, stream),
        is_array=stream.is_array,
        is_state=stream.is_state,
        update_speed=speed,
        update_prose=speed_prose,
        ignored=ignored_paths(spec, stream),
        sequence=sequence,
        sequence_prose=sequence_prose,
        subject=None if prefix is None else messages.subject(stream, prefix),
        message_id=messages.message_id(stream),
        backfill=build_rest.backfill(spec, stream),
        missed=build_rest.missed(spec, stream),
        lifecycle=call("Lifecycle", **lifecycle) if lifecycle else None,
        lifecycle_prose=_lifecycle_prose(lifecycle),
        parameters=tuple(
            parameter_model(spec, parameter) for parameter in stream.parameters.values()
        ),
        examples=tuple(_example(stream, example) for example in stream.examples),
        structs=tuple(structs[name] for name in reached(spec, stream.events)),
        signature=f"{stream.method}({parameters_source(spec, stream).removesuffix(', ')})",
    )


def ignored_paths(spec: Spec, stream: spec_model.Stream) -> tuple[str, ...]:
    """Return where the payload has keys that no struct takes, such as ``k.B``."""
    found: dict[str, None] = {}
    waiting = [(name, "") for name in stream.events]
    for name, before in waiting:
        for field in spec.structs[name].fields:
            if field.ignored:
                found[before + field.key] = None
            elif field.type in spec.structs:
                waiting.append((field.type, f"{before}{field.key}."))
    return tuple(found)


def event_annotation(spec: Spec, stream: spec_model.Stream) -> str:
    """Return the annotation of what a subscription to the stream delivers."""
    if len(stream.events) > 1:
        events = [reference(spec, name) for name in stream.events]
        name = f"{camel(stream.key)}Event"
        event = f"{name}[N]" if any(item.endswith("[N]") for item in events) else name
    else:
        event = reference(spec, stream.events[0])
    return f"list[{event}]" if stream.is_array else event


def candle_annotation(spec: Spec, stream: spec_model.Stream) -> str | None:
    """Return the annotation of the candles that the stream's events describe; None if they do not.

    It is the event, or the struct in it that has the keys of the candle.
    """
    if stream.backfill is None or not stream.backfill.candle:
        return None
    keys, _, _ = stream.backfill.candle["is_closed"].rpartition(".")
    if not keys:
        return event_annotation(spec, stream)
    found = field_at(spec, stream.events[0], keys)
    assert found is not None, keys
    return reference(spec, found[1].type)


def subscription_annotation(spec: Spec, stream: spec_model.Stream, prefix: str = "") -> str:
    """Return the annotation of a subscription to the stream; ``prefix`` is that of a front end."""
    event, candle = event_annotation(spec, stream), candle_annotation(spec, stream)
    if candle is None:
        return f"{prefix}Subscription[{event}]"
    return f"{prefix}CandleSubscription[{event}, {candle}]"


def milliseconds(speed: str) -> int | None:
    """Return ``1s`` as a number, ``real-time`` as None."""
    return None if speed == "real-time" else durations.milliseconds(speed)


def update_speed(spec: Spec, stream: spec_model.Stream) -> tuple[str, str]:
    """Return the source of the stream's update speed, and the same in prose."""
    speed = stream.update_speed
    if isinstance(speed, str):
        prose = "in real time" if speed == "real-time" else f"every {milliseconds(speed)} ms"
        return call("UpdateSpeed", milliseconds(speed)), prose
    by = speed["by"]
    values = {str(value): value for value in spec.choices_of(stream.parameters[by]) or {}}
    exceptions = {
        values[str(key)]: milliseconds(value)
        for key, value in speed.items()
        if key not in ("by", "others")
    }
    others = milliseconds(speed["others"]) if "others" in speed else exceptions.popitem()[1]
    if not exceptions:
        return call("UpdateSpeed", others), f"every {others} ms"
    source = call("UpdateSpeed", others, by=by, exceptions=exceptions)
    prose = ", ".join(f"every {wait} ms if {by} is {value}" for value, wait in exceptions.items())
    return source, f"{prose}, every {others} ms otherwise"


def _sequence(spec: Spec, stream: spec_model.Stream) -> tuple[str | None, str]:
    inner, prose = _single_sequence(spec, stream)
    if inner is None or "per" not in stream.sequence:
        return inner, prose
    names = {keys: names for keys, names, _ in always_there(spec, stream.events[0])}
    key = names[stream.sequence["per"]]
    return call("PerKey", key, inner), f"of each {key}, {prose}"


def _single_sequence(spec: Spec, stream: spec_model.Stream) -> tuple[Source | None, str]:
    sequence = stream.sequence
    fields = {field.key: field for field in spec.structs[stream.events[0]].kept}
    names = {key: field.name for key, field in fields.items()}
    if "id" in sequence:
        name, step = names[sequence["id"]], sequence.get("step", 1)
        return call("Step", name, step), f"each {name} is the last one plus {step}"
    if "first" in sequence:
        first, last = names[sequence["first"]], names[sequence["last"]]
        if "previous" not in sequence:
            return call("Range", first, last), f"{first} is the last event's {last} plus 1"
        previous = names[sequence["previous"]]
        return call("Range", first, last, previous), f"{previous} is the last event's {last}"
    if "monotonic" in sequence:
        field = fields[sequence["monotonic"]]
        is_time = True if field.type == "timestamp" else None
        repeats = True if sequence.get("repeats") else None
        prose = f"{field.name} never falls"
        if repeats:
            prose += "; the same event may come again as long as nothing has changed"
        return call("Monotonic", field.name, is_time=is_time, repeats=repeats), prose
    return None, "nothing shows whether events are missing"


def _lifecycle_prose(lifecycle: dict[str, str]) -> str:
    prose = [
        f"{word} {lifecycle[word]}"
        for word in ("since", "deprecated", "retired")
        if word in lifecycle
    ]
    return ", ".join(prose) + (f"; use {lifecycle['use']}" if "use" in lifecycle else "")


def parameter_model(spec: Spec, parameter: spec_model.Parameter) -> model.Parameter:
    """Return a parameter as methods and the reference have it."""
    choices = spec.choices_of(parameter)
    if choices is None:
        annotation = "str"
        allowed = {
            "symbol": "a symbol",
            "listen_key": "a listen key",
            "text": f"a text such as {parameter.in_case(parameter.example)}",
        }[parameter.type or ""]
    else:
        annotation = parameter.type or literal_type(choices)
        allowed = ", ".join(str(value) for value in choices)
    return model.Parameter(
        name=parameter.name,
        annotation=annotation,
        default=literal(parameter.default) if parameter.has_default else None,
        description=parameter.description,
        allowed=allowed,
    )


def parameters_source(
    spec: Spec, stream: spec_model.Stream, special: str | None = None, instead: str | None = None
) -> str:
    """Return their source; ``special`` gets the annotation and default ``instead``."""
    parts = []
    for parameter in stream.parameters.values():
        text = parameter_source(spec, parameter)
        if instead is not None and parameter.name == special:
            text = instead
        parts.append(f"{parameter.name}: {text}, ")
    return "".join(parts)


def parameter_source(
    spec: Spec, parameter: spec_model.Parameter, default: object | None = None
) -> str:
    """Return the annotation of a parameter and its default, which is its own if none is given."""
    shown = parameter_model(spec, parameter)
    value = shown.default if default is None else literal(default)
    return shown.annotation if value is None else f"{shown.annotation} = {value}"


def _example(stream: spec_model.Stream, example: spec_model.Example) -> model.Example:
    given = {
        name: example.parameters.get(name, parameter.default)
        for name, parameter in stream.parameters.items()
    }
    return model.Example(
        id=example.id,
        stream=example.stream,
        parameters=given,
        payload=pieces(compact(example.payload)),
        pretty=pretty(example.payload),
    )
