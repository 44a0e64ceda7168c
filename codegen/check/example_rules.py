"""Rules of examples: exactly the declared keys and JSON types, and a name that can be built."""

from __future__ import annotations

import re
from typing import Any

from codegen.read.patterns import read_pattern
from codegen.read.place import Place
from codegen.read.problems import listed, shown
from codegen.read.queries import constants
from codegen.read.rest_model import Answer
from codegen.read.spec_model import Example, Field, Parameter, Spec, Stream, Struct
from codegen.read.yaml_source import Fraction

_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
# As the runtime's parameters allow; a test holds the two together.
ALLOWED = {"symbol": re.compile(r"[\w.-]{1,64}"), "listen_key": re.compile(r"[A-Za-z0-9]{16,256}")}
_INTEGERS = ("timestamp", "id", "count")


def check_answers(
    spec: Spec, stream: Stream, answers: tuple[Answer, ...], struct: Struct, is_rows: bool
) -> None:
    """Check that every answer of the REST API fits: rows, each of them an event, or one struct."""
    seen: set[str] = set()
    for answer in answers:
        if answer.id in seen:
            answer.place.problem(f"id: two examples are called {answer.id}", "id", at_value=True)
        seen.add(answer.id)
        written = _check_arguments(spec, stream, answer.place, answer.parameters)
        check = _Check(spec, answer.place, written)
        if not is_rows:
            check.struct(struct, answer.payload, ("payload",))
            continue
        for position, row in enumerate(answer.payload):
            check.struct(struct, row, ("payload", position))
        if len(answer.events) != len(answer.payload):
            message = f"events: got {len(answer.events)} of {len(answer.payload)} rows"
            answer.place.problem(message, "events", at_value=True)
        event = spec.structs[stream.events[0]]
        for position, given in enumerate(answer.events):
            _Check(spec, answer.place, written, False).struct(event, given, ("events", position))


def check_value(
    spec: Spec, place: Place, struct: Struct, value: Any, path: tuple[str | int, ...]
) -> None:
    """Check that a value of an example is what the struct declares."""
    _Check(spec, place, {}).struct(struct, value, path)


def check_examples(spec: Spec, stream: Stream) -> None:
    """Check that every example fits, and that each parameter and each event is in one."""
    seen: set[str] = set()
    covered: set[str] = set()
    for example in stream.examples:
        if example.id in seen:
            message = f"id: two examples are called {example.id}"
            example.place.problem(message, "id", at_value=True)
        seen.add(example.id)
        covered |= set(example.parameters)
        written = _check_name(spec, stream, example)
        _check_payload(spec, stream, example, written)
    for name, parameter in stream.parameters.items():
        if name not in covered:
            parameter.place.problem(f"the parameter {name} is in no example")
    if len(stream.events) > 1:
        _check_coverage(spec, stream)


def _check_name(spec: Spec, stream: Stream, example: Example) -> dict[str, str]:
    """Return the written form of each parameter, after checking that they build the name."""
    place = example.place
    written = _check_arguments(spec, stream, place, example.parameters)
    if written.keys() == stream.parameters.keys():
        built = _filled(stream.name, written)
        if built != example.stream:
            message = f"stream: got {shown(example.stream)}, but the parameters build "
            message += shown(built)
            if built.lower() == example.stream.lower() and built != example.stream:
                message += "; a symbol is sent in lower case, a text as its 'case' says"
            place.problem(message, "stream", at_value=True)
    return written


def _check_arguments(
    spec: Spec, stream: Stream, place: Place, arguments: dict[str, object]
) -> dict[str, str]:
    """Return the written form of each parameter, after checking that it is allowed."""
    written: dict[str, str] = {}
    for name in arguments:
        if name not in stream.parameters:
            message = f"there is no parameter {shown(name)}; declared: {listed(stream.parameters)}"
            place.problem(message, "parameters", name)
    for name, parameter in stream.parameters.items():
        if name not in arguments and not parameter.has_default:
            place.problem(f"missing parameter {shown(name)}", "parameters")
            continue
        value = arguments.get(name, parameter.default)
        choices = spec.choices_of(parameter)
        if choices is None:
            text = _written(parameter, value)
            if text is None:
                message = f"{shown(value)} is no {parameter.type}"
                if parameter.type == "text":
                    allowed = f"what {shown(parameter.pattern)} matches"
                    message = f"{name}: got {shown(value)}; allowed: {allowed}"
                if isinstance(value, int):
                    message += "; a text of digits needs quotes"
                place.problem(message, "parameters", name, at_value=True)
            else:
                written[name] = text
        elif value in choices:
            written[name] = choices[value]
        else:
            message = f"{name}: got {shown(value)}; allowed: {listed(choices)}"
            place.problem(message, "parameters", name, at_value=True)
    return written


def _written(parameter: Parameter, value: object) -> str | None:
    """Return how a value that is no choice is written; None if it is not allowed."""
    if not isinstance(value, str):
        return None
    if parameter.type == "text":
        written = parameter.in_case(value)
        allowed = re.compile(read_pattern(parameter.pattern).expression)
    else:
        written = value.lower() if parameter.type == "symbol" else value
        allowed = ALLOWED[parameter.type or ""]
    return written if allowed.fullmatch(written) else None


def _filled(text: str, written: dict[str, str]) -> str:
    for name, value in written.items():
        text = text.replace(f"<{name}>", value)
    return text


def _check_payload(spec: Spec, stream: Stream, example: Example, written: dict[str, str]) -> None:
    check = _Check(spec, example.place, written)
    payload = example.payload
    if not stream.is_array:
        check.event(stream, payload, ("payload",))
    elif not isinstance(payload, list):
        example.place.problem("payload: expected a list, as shape is array", "payload")
    elif not payload:
        example.place.problem("payload: the list is empty", "payload", at_value=True)
    else:
        for position, item in enumerate(payload):
            check.event(stream, item, ("payload", position))


def _check_coverage(spec: Spec, stream: Stream) -> None:
    # A list, as what stands there may be anything.
    shown_types = [
        example.payload.get("e") for example in stream.examples if isinstance(example.payload, dict)
    ]
    for position, name in enumerate(stream.events):
        struct = spec.structs[name]
        field = next((field for field in struct.kept if field.key == "e"), None)
        if field is not None and field.constant not in shown_types:
            stream.place.problem(f"{name} is in no example", "events", position, at_value=True)


class _Check:
    """Compares one example with what is declared."""

    def __init__(
        self, spec: Spec, place: Place, written: dict[str, str], has_ignored: bool = True
    ) -> None:
        self._spec = spec
        self._place = place
        self._written = written
        self._has_ignored = has_ignored

    def event(self, stream: Stream, value: Any, path: tuple[str | int, ...]) -> None:
        """Check one event of the payload."""
        names = stream.events
        if len(names) > 1 and isinstance(value, dict):
            types = {
                field.constant: name
                for name in names
                for field in self._spec.structs[name].kept
                if field.key == "e"
            }
            if value.get("e") not in list(types):
                message = f"e: got {shown(value.get('e'))}; allowed: {listed(types)}"
                self._problem(message, (*path, "e"))
                return
            names = (types[value.get("e")],)
        self.struct(self._spec.structs[names[0]], value, path)

    def _problem(self, message: str, path: tuple[str | int, ...]) -> None:
        self._place.problem(message, *path, at_value=True)

    def struct(self, struct: Struct, value: Any, path: tuple[str | int, ...]) -> None:
        """Check one object or array."""
        if struct.is_array:
            self._array(struct, value, path)
            return
        if not isinstance(value, dict):
            self._problem(f"expected an object ({struct.name}), got {shown(value)}", path)
            return
        fields = struct.fields if self._has_ignored else struct.kept
        keys = [field.key for field in fields]
        for key in value:
            if key not in keys:
                message = f"{struct.name} has no key {shown(key)}; declared: {listed(keys)}"
                self._place.problem(message, *path, str(key))
        for field in fields:
            if field.key in value:
                self._field(struct, field, value[field.key], (*path, field.key))
            elif not field.optional:
                self._problem(f"missing key {shown(field.key)} of {struct.name}", path)

    def _array(self, struct: Struct, value: Any, path: tuple[str | int, ...]) -> None:
        if not isinstance(value, list) or len(value) != len(struct.fields):
            places = listed(field.name or field.key for field in struct.fields)
            self._problem(f"expected a list of {places}, got {shown(value)}", path)
            return
        for position, field in enumerate(struct.fields):
            self._field(struct, field, value[position], (*path, position))

    def _field(self, struct: Struct, field: Field, value: Any, path: tuple[str | int, ...]) -> None:
        if field.ignored or (value is None and field.nullable):
            return
        if field.constant is not None:
            # If the constant has a parameter in it, the example's own value counts.
            filled = _filled(field.constant, self._written)
            allowed = (filled,) if "<" not in filled else constants(self._spec, struct, field)
            # A placeholder that nothing fills is a problem of the struct, and reported there.
            if any("<" in word for word in allowed):
                return
            if value not in allowed:
                self._problem(f"{field.key}: got {shown(value)}; allowed: {listed(allowed)}", path)
        elif not field.is_list:
            self._value(field, value, path)
        elif not isinstance(value, list):
            self._problem(f"{field.key}: expected a list, got {shown(value)}", path)
        else:
            for position, item in enumerate(value):
                self._value(field, item, (*path, position))

    def _value(self, field: Field, value: Any, path: tuple[str | int, ...]) -> None:
        if field.type in self._spec.structs:
            self.struct(self._spec.structs[field.type], value, path)
            return
        if field.empty and value == "":
            return
        expected = self._expected(field.type, value)
        if expected:
            message = f"{field.key}: expected {expected}, got {shown(value)}"
            self._problem(message + _instead(field.type, value), path)

    def _expected(self, type: str, value: Any) -> str:
        """Return what was expected if the value is something else."""
        if type in self._spec.choices:
            written = self._spec.choices[type].written
            return "" if value in list(written) else f"one of {listed(written)}"
        if type in _INTEGERS:
            is_integer = isinstance(value, int) and not isinstance(value, bool)
            return "" if is_integer else f"a whole number ({type})"
        if type == "bool":
            return "" if isinstance(value, bool) else "true or false"
        if type == "number":
            is_number = isinstance(value, int | Fraction) and not isinstance(value, bool)
            return "" if is_number else "a number without quotes"
        if type == "decimal":
            is_decimal = isinstance(value, str) and _DECIMAL.fullmatch(value) is not None
            return "" if is_decimal else "a decimal number in quotes"
        return "" if isinstance(value, str) else f"a text ({type})"


def _instead(type: str, value: Any) -> str:
    """Return what the field's type may have to be, as the end of a message."""
    is_number = isinstance(value, int | Fraction) and not isinstance(value, bool)
    if type == "decimal" and is_number:
        return "; the type of a number without quotes is number"
    if type == "decimal" and value == "":
        return "; one that may be an empty text is 'empty: true'"
    if type == "number" and isinstance(value, str) and _DECIMAL.fullmatch(value):
        return "; the type of a number in quotes is decimal"
    if type in _INTEGERS and isinstance(value, str) and value.lstrip("-").isdecimal():
        return "; a number in quotes is a decimal, or a text if it names something"
    if type in _INTEGERS and isinstance(value, Fraction):
        return "; the type of a number with a fraction is number"
    return ""
