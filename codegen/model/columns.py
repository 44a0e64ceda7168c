"""The columns that events make in a table."""

from __future__ import annotations

from collections.abc import Iterator

from codegen.model.literals import Source, call
from codegen.model.parts import Columns
from codegen.model.structs import ordered_structs
from codegen.read.spec_model import Field, Spec, Struct

_KINDS = {
    "decimal": "decimal",
    "number": "decimal",
    "timestamp": "time",
    "id": "integer",
    "count": "integer",
    "bool": "bool",
    "symbol": "category",
    "text": "text",
}


def columns(spec: Spec) -> tuple[Columns, ...]:
    """Return the columns of every struct."""
    return tuple(
        Columns(struct.name, tuple(_columns(spec, struct))) for struct in ordered_structs(spec)
    )


def _columns(spec: Spec, struct: Struct) -> Iterator[Source]:
    """Yield each column as source.

    A field of an inner struct has its own name. If another column has that already, the name of the
    inner struct's field stands before it: the symbol of a candle's event is ``symbol``, and that of
    the candle in it ``kline_symbol``.
    """
    taken = {field.name for field in struct.kept}
    for path, field, is_nullable in _leaves(spec, struct):
        name = field.name if len(path) == 1 else _free_name(path, taken)
        taken.add(name)
        is_structs = field.type in spec.structs
        yield call(
            "Column",
            name,
            "structs" if is_structs else _KINDS.get(field.type, "category"),
            path=".".join(path) if path != (name,) else None,
            nullable=is_nullable or None,
            is_list=(field.is_list and not is_structs) or None,
            inner=Source(field.type) if is_structs else None,
        )


def _leaves(
    spec: Spec, struct: Struct, above: tuple[str, ...] = (), is_nullable: bool = False
) -> Iterator[tuple[tuple[str, ...], Field, bool]]:
    """Yield what is no inner struct, with its path and whether it may be None."""
    for field in struct.kept:
        path = (*above, field.name)
        may_lack = is_nullable or field.nullable or field.optional or field.empty
        if field.type in spec.structs and not field.is_list:
            yield from _leaves(spec, spec.structs[field.type], path, may_lack)
        else:
            yield path, field, may_lack


def _free_name(path: tuple[str, ...], taken: set[str]) -> str:
    names = ("_".join(path[-length:]) for length in range(1, len(path) + 1))
    name = next((name for name in names if name not in taken), "_".join(path))
    while name in taken:
        name += "_"
    return name
