"""Rules of a stream's name, parameters and method."""

from __future__ import annotations

import math
import re

from codegen.read.patterns import PatternError, read_pattern
from codegen.read.problems import listed, near, shown
from codegen.read.queries import placeholders
from codegen.read.spec_model import Parameter, Spec, Stream

_KINDS = ("symbol", "text", "listen_key")
_MOST_NAMES = 4096
"""How many names the choices of one stream may make."""


def check_parameters(spec: Spec, stream: Stream) -> bool:
    """Check the parameters; returns whether the stream's name can be built from them."""
    before = len(stream.place.document.problems)
    named = placeholders(stream.name)
    for name in named:
        if name not in stream.parameters:
            message = f"<{name}> has no parameter; declared: {listed(stream.parameters)}"
            stream.place.problem(message, "name", at_value=True)
    if stream.name.count("<") != len(named) or stream.name.count(">") != len(named):
        stream.place.problem("the brackets of a <parameter> do not match", "name", at_value=True)
    for name, parameter in stream.parameters.items():
        if named.count(name) != 1:
            message = f"the parameter {name} is in the stream's name {named.count(name)} times"
            parameter.place.problem(f"{message}; write <{name}> once")
        _check_parameter(spec, parameter)
    _check_order(stream)
    if len(stream.place.document.problems) == before:
        _check_number_of_names(spec, stream)
    if len(stream.place.document.problems) == before:
        _check_update_speed(spec, stream)
    return len(stream.place.document.problems) == before


def check_file_name(stream: Stream) -> None:
    """Check that the file is called like its stream."""
    stem = stream.place.document.file.rpartition("/")[2].removesuffix(".yaml")
    if stem != stream.key:
        message = f"stream: got {shown(stream.key)}, but the file is called {stem}.yaml"
        stream.place.problem(message, "stream", at_value=True)


def check_together(spec: Spec) -> None:
    """Check the streams against each other: keys and methods."""
    keys: dict[str, Stream] = {}
    methods: dict[str, list[Stream]] = {}
    for stream in spec.streams:
        if keys.setdefault(stream.key, stream) is not stream:
            stream.place.problem(f"the stream {stream.key} is declared twice", "stream")
        methods.setdefault(stream.method, []).append(stream)
    for name, streams in methods.items():
        if len(streams) > 1:
            _check_shared(name, streams)


def _check_number_of_names(spec: Spec, stream: Stream) -> None:
    """Check how many names the choices build, as the generated tests try each."""
    choices = [spec.choices_of(item) or {"": ""} for item in stream.parameters.values()]
    if math.prod(map(len, choices)) > _MOST_NAMES:
        message = f"the choices of its parameters build more than {_MOST_NAMES} names"
        stream.place.problem(message, "name", at_value=True)


def _check_parameter(spec: Spec, parameter: Parameter) -> None:
    place = parameter.place
    if (parameter.type is None) == (parameter.choices is None):
        place.problem("exactly one of 'type' and 'choices' is expected")
        return
    if parameter.type is not None and parameter.type not in {*_KINDS, *spec.choices}:
        message = (
            f"there is no parameter type {shown(parameter.type)}; allowed: {listed(_KINDS)}, or a "
            f"name under choices in types.yaml{near(parameter.type, spec.choices)}"
        )
        place.problem(message, "type", at_value=True)
        return
    _check_text(parameter)
    choices = spec.choices_of(parameter)
    if choices is not None and len(set(choices.values())) < len(choices):
        place.problem("two values are written alike", "choices")
    if parameter.has_default and parameter.default not in (choices or {}):
        allowed = listed(choices) if choices else "none, as the parameter has no choices"
        message = f"default: got {shown(parameter.default)}; allowed: {allowed}"
        place.problem(message, "default", at_value=True)


def _check_text(parameter: Parameter) -> None:
    """Check that a text says which texts are allowed, and gives one of them."""
    place, given = parameter.place, parameter.place.document.keys
    is_text = parameter.type == "text"
    for word in ("pattern", "example", "case"):
        is_given = (*place.path, word) in given
        if is_given and not is_text:
            place.problem(f"only a parameter of the type text has {shown(word)}", word)
        elif is_text and not is_given and word != "case":
            place.problem(f"missing key {shown(word)}: a text says what is allowed")
    if not is_text or not parameter.pattern:
        return
    try:
        expression = read_pattern(parameter.pattern).expression
    except PatternError as error:
        message = f"pattern: got {shown(parameter.pattern)}; {error}"
        place.problem(message, "pattern", at_value=True)
        return
    written = parameter.in_case(parameter.example)
    if parameter.example and not re.fullmatch(expression, written):
        message = f"example: got {shown(written)}; allowed: what {shown(parameter.pattern)} matches"
        place.problem(message, "example", at_value=True)


def _check_order(stream: Stream) -> None:
    has_default = False
    for parameter in stream.parameters.values():
        if has_default and not parameter.has_default:
            message = f"the parameter {parameter.name} needs a default, as one before it has one"
            parameter.place.problem(message)
        has_default = has_default or parameter.has_default


def _check_update_speed(spec: Spec, stream: Stream) -> None:
    speed = stream.update_speed
    if isinstance(speed, str):
        return
    by = speed["by"]
    chosen = [name for name, item in stream.parameters.items() if spec.choices_of(item)]
    if by not in chosen:
        message = f"by: there is no parameter {shown(by)} with choices; allowed: {listed(chosen)}"
        stream.place.problem(message, "update_speed", "by", at_value=True)
        return
    allowed = [str(value) for value in spec.choices_of(stream.parameters[by]) or ()]
    for key in speed:
        if key not in ("by", "others") and str(key) not in allowed:
            message = f"{by} cannot be {shown(key)}; allowed: {listed(allowed)}"
            stream.place.problem(message, "update_speed", str(key))
    missing = [value for value in allowed if value not in map(str, speed)]
    if missing and "others" not in speed:
        message = f"missing key 'others': the speed if {by} is {listed(missing)}"
        stream.place.problem(message, "update_speed")
    if "real-time" in speed.values():
        stream.place.problem("a speed that depends on a parameter is a duration", "update_speed")


def _check_shared(name: str, streams: list[Stream]) -> None:
    full, *rest = sorted(streams, key=lambda stream: -len(stream.parameters))
    files = listed(stream.place.document.file for stream in streams)
    if len(rest) > 1:
        full.place.problem(f"more than two streams have the method {name}: {files}", "method")
        return
    without = rest[0]
    extra = [item for key, item in full.parameters.items() if key not in without.parameters]
    same = all(
        full.parameters.get(key) is not None and _alike(full.parameters[key], item)
        for key, item in without.parameters.items()
    )
    others_optional = all(item.has_default for item in without.parameters.values())
    if len(extra) != 1 or not same or not others_optional or extra[0].has_default:
        without.place.problem(
            f"the method {name} of {full.key} and {without.key} cannot be distinguished: one must "
            "have exactly one parameter more, without a default, and the others must be the "
            "same with defaults",
            "method",
            at_value=True,
        )


def _alike(one: Parameter, other: Parameter) -> bool:
    return (one.type, one.choices, one.default) == (other.type, other.choices, other.default)
