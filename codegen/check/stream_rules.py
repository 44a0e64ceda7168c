"""Rules of a stream's name, parameters and method."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator

from codegen.read.problems import listed, near, shown
from codegen.read.queries import placeholders
from codegen.read.spec_model import Parameter, Spec, Stream

_KINDS = ("symbol", "listen_key")
_MOST_NAMES = 4096
"""How many names the choices of one stream may make; each is tried."""


def check_parameters(spec: Spec, stream: Stream) -> bool:
    """Whether the stream's parameters are such that its name can be built."""
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
        _check_built_names(spec, stream)
    if len(stream.place.document.problems) == before:
        _check_update_speed(spec, stream)
    return len(stream.place.document.problems) == before


def check_file_name(stream: Stream) -> None:
    """The file is called like its stream."""
    stem = stream.place.document.file.rpartition("/")[2].removesuffix(".yaml")
    if stem != stream.key:
        message = f"stream: got {shown(stream.key)}, but the file is called {stem}.yaml"
        stream.place.problem(message, "stream", at_value=True)


def check_together(spec: Spec) -> None:
    """Streams against each other: keys, names, methods."""
    keys: dict[str, Stream] = {}
    names: dict[str, Stream] = {}
    methods: dict[str, list[Stream]] = {}
    for stream in spec.streams:
        if keys.setdefault(stream.key, stream) is not stream:
            stream.place.problem(f"the stream {stream.key} is declared twice", "stream")
        for name in _built_names(spec, stream):
            other = names.setdefault(name, stream)
            if other is not stream:
                message = f"the name is the same as that of the stream {other.key}"
                message += "" if stream.name == other.name else f" where it is {name}"
                stream.place.problem(message, "name", at_value=True)
                break
        methods.setdefault(stream.method, []).append(stream)
    for name, streams in methods.items():
        if len(streams) > 1:
            _check_shared(name, streams)


def _built_names(spec: Spec, stream: Stream) -> Iterator[str]:
    """The names that the stream's choices build, each parameter that is none as its type."""
    written = []
    for parameter in stream.parameters.values():
        choices = spec.choices_of(parameter)
        written.append([f"<{parameter.type}>"] if choices is None else [*choices.values()])
    for combination in itertools.islice(itertools.product(*written), _MOST_NAMES + 1):
        built = dict(zip(stream.parameters, combination, strict=True))
        # Texts and parameters by turns.
        parts = re.split("[<>]", stream.name)
        yield "".join([built.get(part, part) if at % 2 else part for at, part in enumerate(parts)])


def _check_built_names(spec: Spec, stream: Stream) -> None:
    """Every name says which arguments have built it."""
    free = [name for name, item in stream.parameters.items() if spec.choices_of(item) is None]
    for one, other in itertools.permutations(free, 2):
        if f"<{one}><{other}>" in stream.name:
            message = f"something must stand between <{one}> and <{other}>, to tell them apart"
            stream.place.problem(message, "name", at_value=True)
    names = list(_built_names(spec, stream))
    if len(names) > _MOST_NAMES:
        message = f"the choices of its parameters build more than {_MOST_NAMES} names"
        stream.place.problem(message, "name", at_value=True)
    elif len(set(names)) < len(names):
        name = next(name for name, count in Counter(names).items() if count > 1)
        message = f"more than one choice of parameters builds {shown(name)}"
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
    choices = spec.choices_of(parameter)
    if choices is not None and len(set(choices.values())) < len(choices):
        place.problem("two values are written alike", "choices")
    if parameter.has_default and parameter.default not in (choices or {}):
        allowed = listed(choices) if choices else "none, as the parameter has no choices"
        message = f"default: got {shown(parameter.default)}; allowed: {allowed}"
        place.problem(message, "default", at_value=True)


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
            f"the method {name} of {full.key} and {without.key} cannot be told apart: one must "
            "have exactly one parameter more, without a default, and the others must be the "
            "same with defaults",
            "method",
            at_value=True,
        )


def _alike(one: Parameter, other: Parameter) -> bool:
    return (one.type, one.choices, one.default) == (other.type, other.choices, other.default)
