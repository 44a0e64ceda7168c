"""Python source of plain values: the only way in which text of the spec becomes code."""

from __future__ import annotations

import textwrap

from codegen.read.yaml_source import is_hidden

_LONG = 72


class Source(str):
    """Source already, made by ``literal`` or ``call``: an argument of another call."""

    __slots__ = ()


def literal(value: object) -> str:
    """Return source that evaluates to ``value``: texts, bytes, numbers, lists or dicts of them."""
    if isinstance(value, Source):
        return value
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool | int | bytes):
        return repr(value)
    if isinstance(value, dict):
        pairs = (f"{literal(key)}: {literal(item)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))}{',' * (len(value) == 1)})"
    raise TypeError(f"no literal for {type(value).__name__}")


def call(function: str, *arguments: object, **options: object) -> Source:
    """Return the source of a call with literal arguments; options that are None are left out."""
    given = [literal(argument) for argument in arguments]
    given += [f"{name}={literal(value)}" for name, value in options.items() if value is not None]
    return Source(f"{function}({', '.join(given)})")


def _text(value: str) -> str:
    if len(value) <= _LONG or " " not in value or "\n" in value:
        return f'"{"".join(map(_escaped, value))}"'
    # In pieces that fit on lines; nothing is lost between them.
    pieces = textwrap.wrap(
        value, _LONG - 4, drop_whitespace=False, break_long_words=False, break_on_hyphens=False
    )
    assert "".join(pieces) == value
    return "(" + " ".join(f'"{"".join(map(_escaped, piece))}"' for piece in pieces) + ")"


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if is_hidden(character):
        code = ord(character)
        return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    return character
