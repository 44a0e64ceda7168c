"""Prices and quantities that are not numbers in quotes on the wire.

To type checkers ``Unquoted[N]`` is ``N`` and ``OrEmpty[N]`` is ``N | None``. At run time they are
types of their own, for which a decoder calls the functions below.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct

from binance_streams_runtime.types import N

if TYPE_CHECKING:
    Unquoted: TypeAlias = Annotated[N, Meta()]
    OrEmpty: TypeAlias = N | None
else:
    from typing import Generic

    class _Form(type):
        # msgspec checks that what the hook returns is an instance; a number never is.
        def __instancecheck__(cls, instance):
            return True

    class Unquoted(Generic[N], metaclass=_Form):
        """A JSON number, with or without a fraction."""

    class OrEmpty(Generic[N], metaclass=_Form):
        """A number in quotes, or an empty text, which stands for None."""


class Digits(str):
    """The digits of a JSON number with a fraction or an exponent."""

    __slots__ = ()


def from_json(form: Any, value: Any) -> Any:
    """Decode either form from a value whose fractions are ``Digits``; a ``dec_hook``."""
    (number,) = get_args(form)
    if get_origin(form) is OrEmpty:
        if value.__class__ is not str:
            raise ValueError("Expected a number in quotes or an empty text")
        return _number(value, number) if value else None
    if value.__class__ is not int and value.__class__ is not Digits:
        raise ValueError("Expected a number without quotes")
    return _number(str(value), number)


def from_packed(form: Any, value: Any) -> Any:
    """Decode either form from its packed value; a ``dec_hook``."""
    return value if value is None else msgspec.convert(value, get_args(form)[0], strict=False)


def _number(digits: str, number: type[Any]) -> Any:
    if number is str:
        return digits
    try:
        return msgspec.convert(digits, number, strict=False)
    except msgspec.ValidationError as error:
        # msgspec adds the path to any other error.
        raise ValueError(str(error)) from None


def as_sent(event: Any, plain: Any) -> Any:
    """Return an event's plain values with both forms as they are on the wire."""
    if isinstance(event, list):
        return [as_sent(item, inner) for item, inner in zip(event, plain, strict=True)]
    # Events without either form cost no more than this.
    fields = _fields(event.__class__) if isinstance(event, Struct) else ()
    for place, (name, key, form) in enumerate(fields):
        where: Any = place if isinstance(plain, list) else key
        if isinstance(plain, list) or where in plain:
            plain[where] = _sent(form, getattr(event, name), plain[where])
    return plain


def _sent(form: Any, value: Any, plain: Any) -> Any:
    if form is None:
        return as_sent(value, plain)
    if isinstance(value, list):
        return [_sent(form, item, inner) for item, inner in zip(value, plain, strict=True)]
    if form is OrEmpty:
        return "" if value is None else plain
    return msgspec.Raw(plain.encode()) if isinstance(plain, str) else plain


@cache
def _fields(struct: Any) -> tuple[tuple[str, str, Any], ...]:
    """Return each attribute of a struct with its wire key and its form.

    Empty if neither form occurs anywhere in the struct.
    """
    hints = get_type_hints(struct)
    names = zip(struct.__struct_fields__, struct.__struct_encode_fields__, strict=True)
    fields = tuple((name, key, _form_in(hints[name])) for name, key in names)
    is_plain = all(form is None for _, _, form in fields) and not any(
        _fields(inner) for name, _, _ in fields for inner in _structs_in(hints[name])
    )
    return () if is_plain else fields


def _form_in(hint: Any) -> Any:
    return next((kind for kind in _kinds_in(hint) if kind in (OrEmpty, Unquoted)), None)


def _structs_in(hint: Any) -> Iterator[Any]:
    return (kind for kind in _kinds_in(hint) if isinstance(kind, type) and issubclass(kind, Struct))


def _kinds_in(hint: Any) -> Iterator[Any]:
    """Yield the type and all types inside it."""
    yield get_origin(hint) or hint
    for inner in get_args(hint):
        yield from _kinds_in(inner)
