"""The fields of events for a reader: names, types, and what the spec says about each."""

from __future__ import annotations

import ast
import importlib.util
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from msgspec import Struct

_MOST_VALUES = 3

Texts = Mapping[tuple[str, str], str]


def descriptions(package: str) -> Texts:
    """Return what the source of a package says about each field: by struct and attribute."""
    spec = importlib.util.find_spec(f"{package}._structs")
    if spec is None or spec.origin is None:
        return {}
    try:
        tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    except (OSError, SyntaxError):
        # Somebody may ship it without its source.
        return {}
    found = {}
    for struct in tree.body:
        if not isinstance(struct, ast.ClassDef):
            continue
        for field, text in zip(struct.body, struct.body[1:], strict=False):
            match field, text:
                case (
                    ast.AnnAssign(target=ast.Name(id=name)),
                    ast.Expr(value=ast.Constant(value=str(written))),
                ):
                    found[struct.name, name] = " ".join(written.split())
    return found


def fields_of(struct: type[Any], texts: Texts, prefix: str = "") -> list[tuple[str, str, str]]:
    """Return each field of an event: its name, its type, and its description."""
    rows = []
    for name, hint in get_type_hints(struct, include_extras=True).items():
        text = texts.get((struct.__name__, name), "")
        rows.append((f"{prefix}{name}", kind_of(hint), text))
        for inner in _structs_in(hint):
            rows += fields_of(inner, texts, f"{prefix}{name}.")
    return rows


def kind_of(hint: Any) -> str:
    """Name a type in a word or two."""
    origin = get_origin(hint)
    if origin is Annotated:
        for one in hint.__metadata__:
            if getattr(one, "extra", None):
                return str(one.extra.get("kind", "number"))
        return kind_of(get_args(hint)[0])
    if origin is Literal:
        values = get_args(hint)
        if len(values) > _MOST_VALUES:
            return f"one of {len(values)} texts"
        return " | ".join(repr(value) for value in values)
    if origin in (Union, types.UnionType):
        return " | ".join("none" if one is type(None) else kind_of(one) for one in get_args(hint))
    if origin in (list, tuple):
        return f"list of {kind_of(get_args(hint)[0])}"
    if isinstance(hint, TypeVar):
        return "decimal"
    name: str = getattr(origin or hint, "__name__", str(hint))
    return {"str": "text", "bool": "true or false", "int": "number"}.get(name, name)


def _structs_in(hint: Any) -> list[type[Any]]:
    origin = get_origin(hint) or hint
    if isinstance(origin, type) and issubclass(origin, Struct):
        return [] if origin.__struct_config__.array_like else [origin]
    return [struct for one in get_args(hint) for struct in _structs_in(one)]
