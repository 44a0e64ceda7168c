"""Shared checks of the conformance tests; each test says what is checked.

Copied by codegen. Do not edit it in generated/: change codegen/static/, run ``make generate``.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from binance_streams_runtime.generated_api import (
    Backfill,
    RowDecoder,
    StreamType,
    UndecodableError,
    concrete,
    json_decoder,
)

NUMBERS: list[type[Any]] = [Decimal, float, str]

BAD_SYMBOLS: list[object] = ["", "btc/usdt", "a b", "btc?usdt", "btc\r\n", "x" * 10_000, 5, True]
BAD_TEXTS: list[object] = [*BAD_SYMBOLS, "a@b", "\u202ea"]
BAD_LISTEN_KEYS: list[object] = ["", "short", "a b" * 10, "a/b" * 10, "x" * 10_000, 5, None]

# What is not that, in JSON.
WRONG: dict[str, list[object]] = {
    "text": [5, True, None, [], {}],
    "word": ["no such word", "", 5, None, []],
    "open word": [5, True, None, []],
    "integer": ["5", 5.5, True, None, []],
    "decimal": ["abc", "", True, None, [], {}],
    "decimal or empty": ["abc", 5, True, None, [], {}],
    "number": ["5", "", True, None, [], {}],
    "boolean": [1, 0, "true", None],
    "list": ["x", 5, None, {}],
    "object": ["x", 5, None, []],
}


# JSON whose numbers with a fraction keep their digits.
_decode = msgspec.json.Decoder(float_hook=lambda digits: msgspec.Raw(digits.encode())).decode
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True)
class Number:
    """A price or quantity, in the digits that the server sent."""

    digits: str


@dataclass(frozen=True)
class Word:
    """A word of an open set."""

    enum: str
    word: str


# Other values of that, in JSON and as they are decoded.
OTHER: dict[str, list[tuple[object, object]]] = {
    "text": [("no such text", "no such text")],
    "open word": [("NO_SUCH_WORD", None)],
    "integer": [(987654321, 987654321)],
    "decimal": [("98765.43210", Number("98765.43210"))],
    "decimal or empty": [("98765.43210", Number("98765.43210")), ("", None)],
    "number": [
        (msgspec.Raw(b"98765.43210"), Number("98765.43210")),
        (9876543210, Number("9876543210")),
    ],
    "boolean": [(None, None)],
}


class Record:
    """A struct: its name, and each of its attributes."""

    def __init__(self, struct: str, /, **attributes: object) -> None:
        self.struct = struct
        self.attributes = attributes

    def __getitem__(self, name: str) -> object:
        return self.attributes[name]

    def __setitem__(self, name: str, value: object) -> None:
        self.attributes[name] = value


@dataclass(frozen=True)
class Key:
    """One place of a payload, what JSON holds there, and the attribute that it becomes."""

    path: str
    kind: str
    attribute: str
    also: tuple[str, ...] = ()
    """Further attributes that have its value."""
    is_required: bool = True
    is_nullable: bool = False


@dataclass(frozen=True)
class Case:
    """A documented or recorded payload, and what it must become."""

    id: str
    stream: str
    payload: bytes
    expected: Any
    keys: tuple[Key, ...]
    ignored: tuple[str, ...] = ()
    """Paths of what says nothing, and is in the payload only."""


@dataclass(frozen=True)
class Stream:
    """The stream under test: its package, catalog key, method, and good arguments."""

    package: Any
    """The generated package, as a module."""
    key: str
    method: str
    arguments: dict[str, object]

    def decode(self, case: Case, numbers: type[Any]) -> Any:
        return self.package.decode(case.payload, case.stream, numbers)

    def decode_mutant(self, case: Case, payload: bytes) -> Any:
        return self.package.decode(payload, case.stream)

    def struct(self, name: str) -> Any:
        return getattr(self.package, name)

    @property
    def type(self) -> StreamType:
        entry: StreamType = self.package.CATALOG[self.key]
        return entry


class Rows(Stream):
    """The rows of the REST API that stand for events of the stream under test."""

    @property
    def backfill(self) -> Backfill:
        assert self.type.backfill is not None
        return self.type.backfill

    def decode(self, case: Case, numbers: type[Any]) -> Any:
        return self._decode(case, case.payload, numbers)

    def decode_mutant(self, case: Case, payload: bytes) -> Any:
        try:
            return self._decode(case, payload, Decimal)
        except msgspec.DecodeError as error:
            raise UndecodableError(str(error)) from None

    def _decode(self, case: Case, payload: bytes, numbers: type[Any]) -> Any:
        stream = self.package.CATALOG.resolve(case.stream)
        return RowDecoder(self.backfill, stream, numbers).decode(payload)


class Snapshots(Rows):
    """The answers of the REST API that a copy of an order book starts from."""

    def _decode(self, case: Case, payload: bytes, numbers: type[Any]) -> Any:
        return json_decoder(concrete(self._struct, numbers), numbers).decode(payload)

    @property
    def _struct(self) -> Any:
        return self.package.CATALOG.order_book.snapshot_struct

    def struct(self, name: str) -> Any:
        return self._struct if name == self._struct.__name__ else super().struct(name)


def assert_is(
    stream: Stream, value: Any, expected: object, numbers: type[Any], where: str = "event"
) -> None:
    """Check for equal values of the exact types, all the way down."""
    if isinstance(expected, Record):
        assert type(value) is stream.struct(expected.struct), where
        assert sorted(value.__struct_fields__) == sorted(expected.attributes), where
        for name, inner in expected.attributes.items():
            assert_is(stream, getattr(value, name), inner, numbers, f"{where}.{name}")
    elif isinstance(expected, list):
        assert type(value) is list, where
        assert len(value) == len(expected), where
        for position, (item, inner) in enumerate(zip(value, expected, strict=True)):
            assert_is(stream, item, inner, numbers, f"{where}[{position}]")
    elif isinstance(expected, Number):
        assert type(value) is numbers, where
        assert value == numbers(expected.digits), where
        # Decimal("1.0") == Decimal("1.00"), but not what the server sent.
        assert numbers is float or format(value) == format(numbers(expected.digits)), where
    elif isinstance(expected, Word):
        assert type(value) is getattr(stream.package, expected.enum), where
        assert value.value == expected.word, where
    else:
        assert type(value) is type(expected), where
        assert value == expected, where


def assert_alike(stream: Stream, value: Any, cases: list[Case]) -> None:
    """Check for the exact types of one of the cases, whatever the values."""
    failures = []
    for case in cases:
        try:
            _assert_typed(stream, value, case.expected, "event")
        except AssertionError as failure:
            failures.append(f"{case.id}: {failure}")
        else:
            return
    raise AssertionError(f"{value!r} is like no example: {'; '.join(failures)}")


def _assert_typed(stream: Stream, value: Any, expected: object, where: str) -> None:
    if isinstance(expected, Record):
        assert type(value) is getattr(stream.package, expected.struct), where
        for name, inner in expected.attributes.items():
            _assert_typed(stream, getattr(value, name), inner, f"{where}.{name}")
    elif isinstance(expected, list):
        assert type(value) is list, where
        for item in value if expected else []:
            _assert_typed(stream, item, expected[0], f"{where}[]")
    elif expected is not None and value is not None:
        known = Decimal if isinstance(expected, Number) else type(expected)
        if isinstance(expected, Word):
            known = getattr(stream.package, expected.enum)
        assert type(value) is known, where


def check_decodes(stream: Stream, case: Case, numbers: type[Any]) -> None:
    """Check that the payload, bare and in its envelope, becomes exactly what is expected."""
    assert_is(stream, stream.decode(case, numbers), case.expected, numbers)
    wrapped = b'{"stream":' + _encode(case.stream) + b',"data":' + case.payload + b"}"
    decoded = stream.package.decode(wrapped, numbers=numbers)
    assert_is(stream, decoded, case.expected, numbers)


def check_answers(stream: Rows, case: Case, numbers: type[Any]) -> None:
    """Check that an answer of the REST API becomes exactly what is expected."""
    assert_is(stream, stream.decode(case, numbers), case.expected, numbers)


def check_encodes(stream: Stream, case: Case, numbers: type[Any]) -> None:
    """Check that the event is encoded to its payload, less the ignored keys."""
    # A page may write 1e-2 for 0.01, and floats do not keep the digits of 0.10.
    read: Any = float if numbers is float else lambda number: Decimal(number).as_tuple()
    decode = msgspec.json.Decoder(float_hook=read).decode
    encoded = decode(stream.package.encode(stream.decode(case, numbers)))
    payload = decode(case.payload)
    for path in case.ignored:
        _, holder, last = _opened(payload, path)
        del holder[last]
    assert encoded == payload


def check_mutants(stream: Stream, case: Case, key: Key) -> None:
    """Check that the payload is refused without the key, or with another value in its place."""
    if key.is_required:
        with pytest.raises(UndecodableError):
            stream.decode_mutant(case, _without(case, key))
    else:
        stream.decode_mutant(case, _without(case, key))
    for wrong in WRONG[key.kind]:
        if wrong is not None or not key.is_nullable:
            with pytest.raises(UndecodableError):
                stream.decode_mutant(case, _with(case, key, wrong))


def check_attribute(stream: Stream, case: Case, key: Key) -> None:
    """Check that another value under the key changes its attribute, and no other.

    Documented examples have the same value under several keys.
    """
    for wire, attribute in OTHER[key.kind]:
        expected, holder, last = _opened(copy.deepcopy(case.expected), key.attribute)
        if isinstance(holder[last], Word):
            # Also: a word that is not listed is kept as it came, in the same enum.
            attribute = Word(holder[last].enum, str(wire))
        elif key.kind == "boolean":
            wire = attribute = not holder[last]
        holder[last] = attribute
        for path in key.also:
            _, holder, last = _opened(expected, path)
            holder[last] = attribute
        decoded = stream.decode_mutant(case, _with(case, key, wire))
        assert_is(stream, decoded, expected, Decimal)


def check_unknown_key(stream: Stream, case: Case) -> None:
    """Check that a key that the spec does not know, or one more place, changes nothing."""
    payload = _decode(case.payload)
    for item in payload if isinstance(payload, list) else [payload]:
        if isinstance(item, list):
            item.append({"a": [1, None]})
        else:
            item["no such key"] = {"a": [1, None]}
    decoded = stream.decode_mutant(case, _encode(payload))
    assert_is(stream, decoded, case.expected, Decimal)


def _without(case: Case, key: Key) -> bytes:
    payload, holder, last = _opened(_decode(case.payload), key.path)
    if isinstance(holder, list):
        # A place of an array is missing if the array ends before it.
        del holder[last:]
    else:
        del holder[last]
    return _encode(payload)


def _with(case: Case, key: Key, value: object) -> bytes:
    payload, holder, last = _opened(_decode(case.payload), key.path)
    holder[last] = value
    return _encode(payload)


def _opened(root: Any, path: str) -> tuple[Any, Any, Any]:
    """Return the root, what holds the last step of the path in it, and that step."""
    *steps, last = path.split("/")
    holder = root
    for step in steps:
        holder = holder[_step(holder, step)]
    return root, holder, _step(holder, last)


def _step(holder: Any, step: str) -> Any:
    return int(step) if isinstance(holder, list) else step
