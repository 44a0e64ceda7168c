"""Payloads: a stream's documented example, overwritten with the values of the market.

The example gives the keys and their order, the generated struct the field name of each key, so
nothing here knows a stream by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, get_origin

import msgspec
from msgspec import inspect

from binance_streams_runtime.catalog.parameters import Parameter, Symbol
from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.decimals import Unquoted
from binance_streams_simulator.values import Values

_ABSENT: Any = object()
# A number with a fraction keeps its digits.
_decode = msgspec.json.Decoder(float_hook=lambda digits: msgspec.Raw(digits.encode())).decode
_NUMBERED = ("id", "count")


class Field:
    """One key of a payload: its field name, and the example as the default."""

    def __init__(self, name: str, kind: str, example: Any) -> None:
        self.name = name
        self.kind = kind
        self.example = example

    def value(self, values: Values, divisor: int, ordinal: int) -> Any:
        """Return the value of the field in one event."""
        known = values.get(self.name, _ABSENT)
        if self.kind == "timestamp":
            if type(known) is not int:
                # Zero or less means that there is no time.
                return values["event_time"] // divisor if self.example > 0 else self.example
            return known // divisor
        if self.kind == "list" and isinstance(known, list):
            if known and self.example and not _resembles(known[0], self.example[0]):
                return self.example
            return [_like(item, self.example) for item in known]
        if type(known) is _TYPES[self.kind]:
            return msgspec.Raw(str(known).encode()) if self.kind == "number" else known
        if self.kind in _NUMBERED:
            return self.example + ordinal if self.example >= 0 else self.example
        if self.kind == "decimal" and self.name.endswith("price"):
            return values.get("last_price", self.example)
        return self.example


def _like(item: Any, examples: list[Any]) -> Any:
    """Return the item, extended with the places that only the example's items have."""
    if not isinstance(item, list) or not examples or not isinstance(examples[0], list):
        return item
    return item + examples[0][len(item) :]


def _resembles(item: Any, example: Any) -> bool:
    """Whether an item of the market has the types of the example's, as far as it goes."""
    if isinstance(item, list) and isinstance(example, list):
        return len(item) <= len(example) and all(map(_resembles, item, example))
    return type(item) is type(example)


_TYPES: dict[str, type] = {
    "decimal": str,
    "number": str,
    "id": int,
    "count": int,
    "bool": bool,
    "text": str,
    "list": list,
}


class Template:
    """The payload of one struct, ready to be filled in."""

    def __init__(self) -> None:
        self.constants: dict[str, Any] = {}
        self.fields: list[tuple[str, Field]] = []
        self.parts: list[tuple[str, Template]] = []

    def render(self, values: Values, divisor: int, ordinal: int) -> dict[str, Any]:
        """Return the payload of one event."""
        # The constants hold every key, so the documented order stays.
        payload = dict(self.constants)
        for key, field in self.fields:
            payload[key] = field.value(values, divisor, ordinal)
        for key, part in self.parts:
            payload[key] = part.render(values, divisor, ordinal)
        return payload

    def examples(self) -> dict[str, Any]:
        """Return the example value of each field of this struct itself."""
        return {field.name: field.example for _, field in self.fields}

    def field_names(self) -> set[str]:
        """Return the names of all fields of this struct and of those inside it."""
        found = {field.name for _, field in self.fields}
        for _, part in self.parts:
            found |= part.field_names()
        return found


def templates(stream: Stream, examples: Sequence[bytes]) -> list[Template]:
    """Return a template for each example of the stream's type, in order."""
    arguments = {
        parameter.name: (parameter, stream.parameters[parameter.name])
        for parameter in stream.type.parameters
    }
    structs = [struct_of(event) for event in stream.type.events]
    found = []
    for example in examples:
        payload = _decode(example)
        if isinstance(payload, list):
            payload = payload[0]
        found.append(_template(_fitting(structs, payload), payload, arguments))
    return found


Arguments = Mapping[str, tuple[Parameter, object]]


def template_of(struct: inspect.StructType, payload: Mapping[str, Any]) -> Template:
    """Return the template of an object that depends on no argument, with ``payload`` as example."""
    return _template(struct, payload, {})


def struct_of(event: type[Any]) -> inspect.StructType:
    """Return the description of a struct, whose number type may be open."""
    generic: Any = event
    info = inspect.type_info(generic[Decimal] if getattr(event, "__parameters__", ()) else event)
    if not isinstance(info, inspect.StructType):
        raise TypeError(f"an event is a struct, {event!r} is not")
    return info


def _fitting(
    structs: Sequence[inspect.StructType], payload: Mapping[str, Any]
) -> inspect.StructType:
    """Return the struct whose constants match the payload."""
    for struct in structs:
        if all(
            payload.get(field.encode_name, _ABSENT) in field.type.values
            for field in struct.fields
            if field.required and isinstance(field.type, inspect.LiteralType)
        ):
            return struct
    return structs[0]


def _template(
    struct: inspect.StructType, payload: Mapping[str, Any], arguments: Arguments
) -> Template:
    template = Template()
    template.constants = dict(payload)
    for field in struct.fields:
        key, type = field.encode_name, _bare(field.type)
        example = payload.get(key, _ABSENT)
        if example is _ABSENT:
            continue
        if isinstance(type, inspect.StructType) and isinstance(example, dict):
            template.parts.append((key, _template(type, example, arguments)))
            continue
        constant = _constant(field.name, type, arguments, example)
        kind = kind_of(type)
        if constant is not _ABSENT:
            template.constants[key] = constant
        elif kind is not None and example is not None:
            template.fields.append((key, Field(field.name, kind, example)))
    return template


def _bare(type: inspect.Type) -> inspect.Type:
    """Return the type without ``None``."""
    if isinstance(type, inspect.UnionType):
        others = [each for each in type.types if not isinstance(each, inspect.NoneType)]
        return others[0]
    return type


def kind_of(type: inspect.Type) -> str | None:
    """Return what the values of a type are, None if the market has none of them."""
    if isinstance(type, inspect.Metadata):
        return str((type.extra or {}).get("kind", "count"))
    if isinstance(type, inspect.DecimalType):
        return "decimal"
    if isinstance(type, inspect.BoolType):
        return "bool"
    if isinstance(type, inspect.StrType):
        return "text"
    if isinstance(type, inspect.ListType):
        return "list"
    if isinstance(type, inspect.CustomType):
        return "number" if get_origin(type.cls) is Unquoted else "decimal"
    return "count" if isinstance(type, inspect.IntType) else None


def _constant(field: str, type: inspect.Type, arguments: Arguments, example: Any) -> Any:
    """Return the constant value of a field in a stream with these arguments, if it has one."""
    literals = type.values if isinstance(type, inspect.LiteralType) else None
    for name, (parameter, value) in arguments.items():
        if parameter.secret:
            continue
        is_named = name.replace("_", "").lower() == field.replace("_", "").lower()
        if isinstance(parameter, Symbol):
            # With another name, such as a pair; the market sets what is named a symbol.
            if is_named and field != "symbol" and kind_of(type) == "text":
                return str(value).upper()
            continue
        if is_named:
            written = _written(type, value, example)
            if written is not _ABSENT:
                return written
            continue
        if literals is not None and len(literals) > 1:
            # "1hTicker" for the window "1h"; the shortest match, as "1m" is also in "11m".
            found = [member for member in literals if str(value) in str(member)]
            if found:
                return min(found, key=lambda member: len(str(member)))
    return _ABSENT


def _written(type: inspect.Type, value: object, example: Any) -> Any:
    """Return an argument as a field of this type has it; a field of another type only has its name.

    A day is a text in a stream's name, and may be a time in its events.
    """
    if isinstance(type, inspect.LiteralType):
        return value if value in type.values else _ABSENT
    if isinstance(type, inspect.StrType | inspect.EnumType):
        is_upper = isinstance(example, str) and example.isupper()
        return str(value).upper() if is_upper else str(value)
    is_whole = kind_of(type) in _NUMBERED and isinstance(value, int)
    return value if is_whole else _ABSENT


def encoded(payload: object) -> bytes:
    """Encode as compact JSON in UTF-8."""
    return msgspec.json.encode(payload)
