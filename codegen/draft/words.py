"""The words that streams have for a wire key, and which of them suit a message best."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codegen.check.marks import is_marked
from codegen.draft.names import Markets
from codegen.read.spec_model import SCALARS, Field, Spec, Struct
from codegen.read.yaml_source import Fraction

DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
# Unix times in milliseconds and in microseconds, from 2009 to 2040.
MILLISECONDS = range(1_230_000_000_000, 2_210_000_000_000)
MICROSECONDS = range(1_230_000_000_000_000, 2_210_000_000_000_000)
# Pages have times such as 123456789, and rows without a time have 0.
_LEAST_TIME = 10_000_000

SURE = 0.6
"""A struct that is as similar to a message has the right words for its keys."""
# What is similar to an event of another type has to be so much more similar than all that differ.
_MARGIN = 0.15
MANY = 4
"""If so many structs agree on a word, it is right in what is a little similar, too, or in all."""
_A_LITTLE = 0.3
_VERY_MANY = 8


@dataclass(frozen=True)
class Candidate:
    """A field that another struct has for the same key, and how similar that struct is."""

    field: Field
    struct: str
    market: str
    similarity: float
    is_other_event: bool
    """Whether the struct is of an event of another type."""


class Words:
    """What the structs of all markets call their keys."""

    def __init__(self, markets: Markets) -> None:
        self._structs = [
            (struct, market, spec)
            for market, spec in markets.all
            for struct in spec.structs.values()
        ]

    def candidates(
        self, key: str, values: list[Any], siblings: Mapping[str, list[Any]]
    ) -> list[Candidate]:
        """Return the fields of this key that can hold the values, of the most similar struct first.

        ``siblings`` are all keys of the object with their values.
        """
        found = []
        is_no_time = _has_times(siblings) and any(values) and not any(map(is_time, values))
        for struct, market, spec in self._structs:
            field = next((field for field in struct.fields if field.key == key), None)
            if field is None or is_marked(field.name) or is_marked(field.type):
                continue
            if field.type == "timestamp" and is_no_time:
                continue
            if fits(spec, field, values):
                alike = similarity(spec, struct, siblings)
                is_other = _is_other_event(struct, siblings)
                found.append(Candidate(field, struct.name, market, alike, is_other))
        # Stable: of equally similar ones, those of the own market are first.
        return sorted(found, key=lambda candidate: -candidate.similarity)

    def same(self, siblings: Mapping[str, list[Any]], own: Spec) -> Struct | None:
        """Return the struct of the own market that describes these objects as they are."""
        for struct in own.structs.values():
            if not struct.is_array and describes(own, struct, siblings):
                return struct
        return None


def is_sure(candidates: list[Candidate]) -> bool:
    """Return whether the best candidate needs no person to confirm it."""
    if not candidates:
        return False
    best = candidates[0]
    agreeing = {each.struct for each in candidates if each.field.name == best.field.name}
    if best.similarity >= SURE:
        others = [each for each in candidates if each.struct not in agreeing]
        margin = best.similarity - max((each.similarity for each in others), default=0.0)
        return not best.is_other_event or (len(agreeing) > 1 and margin >= _MARGIN)
    is_unanimous = all(each.struct in agreeing for each in candidates)
    is_enough = best.similarity >= _A_LITTLE or len(agreeing) >= _VERY_MANY
    return is_unanimous and len(agreeing) >= MANY and is_enough


def _is_other_event(struct: Struct, siblings: Mapping[str, list[Any]]) -> bool:
    constants = [field.constant for field in struct.fields if field.key == "e" and field.constant]
    return bool(constants) and "e" in siblings and constants[0] not in siblings["e"]


def similarity(spec: Spec, struct: Struct, siblings: Mapping[str, list[Any]]) -> float:
    """Return how much of an object a struct describes, and the other way around, from 0 to 1."""
    fields = {field.key: field for field in struct.fields}
    matching = [
        key for key, values in siblings.items() if key in fields and fits(spec, fields[key], values)
    ]
    union = {*fields, *siblings}
    share = (len(matching) / len(union) + len(matching) / len(siblings)) / 2 if siblings else 0.0
    type = fields.get("e")
    is_same_event = type is not None and type.constant in siblings.get("e", ())
    return max(share, SURE) if is_same_event else share


def describes(spec: Spec, struct: Struct, siblings: Mapping[str, list[Any]]) -> bool:
    """Return whether a struct has exactly these keys, with types that hold their values."""
    fields = {field.key: field for field in struct.fields}
    if not siblings.keys() <= fields.keys():
        return False
    for key, field in fields.items():
        values = siblings.get(key, [MISSING])
        if any(value is MISSING for value in values) and not field.optional:
            return False
        if any(value is None for value in values) and not (field.nullable or field.ignored):
            return False
        present = [value for value in values if value is not MISSING]
        if field.constant is not None:
            if any(value != field.constant for value in present):
                return False
        elif present and not fits(spec, field, present):
            return False
    return True


def _has_times(siblings: Mapping[str, list[Any]]) -> bool:
    """Return whether an object has real times, and not those of a page, such as 123456789."""
    return any(is_time(value) for values in siblings.values() for value in values)


class _Missing:
    """Stands for the value of a key that an object lacks."""


MISSING = _Missing()


def fits(spec: Spec, field: Field, values: list[Any]) -> bool:
    """Return whether a field can hold all of these values; null says nothing."""
    given = [value for value in values if value is not None and value is not MISSING]
    if field.ignored:
        return not any(isinstance(value, dict | list) for value in given)
    if field.is_list:
        if not all(isinstance(value, list) for value in given):
            return False
        given = [item for value in given for item in value if item is not None]
    return _fits_type(spec, field, given)


def _fits_type(spec: Spec, field: Field, given: list[Any]) -> bool:
    type = field.type
    if field.constant is not None:
        return all(isinstance(value, str) and not _is_decimal(value) for value in given)
    if type in spec.structs:
        kind = list if spec.structs[type].is_array else dict
        return all(isinstance(value, kind) for value in given)
    if type in spec.choices:
        written = spec.choices[type].written
        return bool(given) and all(_is_one_of(value, list(written)) for value in given)
    if type in spec.enums:
        words = spec.enums[type].values
        return bool(given) and all(isinstance(value, str) and value in words for value in given)
    if type not in SCALARS:
        return False
    return all(_fits_scalar(type, value) for value in given)


def _is_one_of(value: Any, values: list[object]) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value in values


def _fits_scalar(type: str, value: Any) -> bool:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    match type:
        case "bool":
            return isinstance(value, bool)
        case "decimal":
            return value == "" or _is_decimal(value)
        case "number":
            return is_whole or isinstance(value, Fraction)
        case "timestamp":
            return is_whole and (value == 0 or value >= _LEAST_TIME)
        case "id" | "count":
            return is_whole and not is_time(value)
        case "symbol":
            return isinstance(value, str) and value != "" and value == value.upper()
    return isinstance(value, str) and not _is_decimal(value)


def is_time(value: Any) -> bool:
    """Return whether a number looks like a time of our days."""
    return isinstance(value, int) and (value in MILLISECONDS or value in MICROSECONDS)


def _is_decimal(value: Any) -> bool:
    return isinstance(value, str) and DECIMAL.fullmatch(value) is not None
