"""Fields and structs as a file will have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from codegen.check.marks import MARK
from codegen.draft.words import DECIMAL, MISSING, Candidate
from codegen.read.spec_model import Field


@dataclass
class DraftField:
    """One field as the file will have it."""

    given: dict[str, Any]
    todo: str = ""
    hint: str = ""
    """What helps, but need not be done."""

    @property
    def is_unknown_count(self) -> bool:
        """Whether it was taken for a count only because it is small."""
        return self.given.get("type") == "count" and self.given.get("name") == MARK


@dataclass
class DraftStruct:
    """One struct as the file will have it; what it is of is for a person to say."""

    summary: str
    fields: dict[str, DraftField]
    is_array: bool = False
    todo: str = ""


def gather(objects: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return the values of each key, in the order of the keys; MISSING if an object has it not."""
    objects = list(objects)
    keys: list[str] = []
    for each in objects:
        before = -1
        for key in each:
            if key in keys:
                before = keys.index(key)
            else:
                before += 1
                keys.insert(before, key)
    return {key: [each.get(key, MISSING) for each in objects] for key in keys}


def ask(made: DraftField, todo: str) -> None:
    """Add a question for a person."""
    made.todo = f"{made.todo}; {todo}" if made.todo else todo


def ignored_field(found: Candidate | None, is_optional: bool) -> DraftField:
    """Return a field that says nothing, as the page or another struct says."""
    made = DraftField({"ignored": True, "description": "Says nothing."})
    if is_optional:
        made.given["optional"] = True
    if found is not None:
        made.given["description"] = found.field.description
        ask(made, f"does it say nothing, as in {found.struct}?")
    return made


def as_given(declared: Field) -> dict[str, Any]:
    """Return a field's keys as its file has them."""
    given: dict[str, Any] = {}
    if declared.ignored:
        given["ignored"] = True
    else:
        given["name"] = declared.name
        if declared.constant is not None:
            given["constant"] = declared.constant
        else:
            given["type"] = {"list": declared.type} if declared.is_list else declared.type
    for word in ("nullable", "optional", "empty"):
        if getattr(declared, word):
            given[word] = True
    given["description"] = declared.description
    return given


def kind_of(value: Any) -> str:
    """Return what kind of value it is; places of an array have several, items of a list one."""
    if isinstance(value, str):
        return "decimal" if DECIMAL.fullmatch(value) else "text"
    return type(value).__name__
