"""Writes a draft as YAML, in the style of the files that are there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from codegen.check.marks import MARK
from codegen.read.yaml_source import Fraction

_PLAIN = re.compile(
    r"[A-Za-z0-9_<+/.](?:[^,?\[\]{}:#&*!|>'\"%`\n]|:(?=[\w/]))*|<[A-Za-z0-9@_!:+<>.-]+"
)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WIDTH = 100


def scalar(value: object) -> str:
    """Write a text, a number, true or false as it is read again."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if not isinstance(value, str):
        return str(value)
    is_plain = _PLAIN.fullmatch(value) and not value.endswith(" ") and ": " not in value
    is_word = value in ("true", "false", "null") or _NUMBER.fullmatch(value)
    if is_plain and not is_word:
        return value
    if '"' in value and not set("'\\\n") & set(value):
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False)


def flow(value: Any) -> str:
    """Write a value on one line."""
    if isinstance(value, Mapping):
        inner = ", ".join(f"{scalar(key)}: {_item(key, item)}" for key, item in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(flow, value))}]"
    return scalar(value)


def _item(key: object, item: Any) -> str:
    # In quotes, as the sentence that takes its place may have a comma.
    return f'"{MARK}"' if key == "description" and item == MARK else flow(item)


def line(indent: int, key: str, value: Any, todo: str = "") -> str:
    """Write a key with its value, and what a person has to do about it."""
    return f"{' ' * indent}{scalar(key)}: {flow(value)}{comment(todo)}"


def comment(todo: str) -> str:
    """Write what a person has to do, as the end of a line."""
    return f"  # {MARK}: {todo}" if todo else ""


def payload(value: Any, indent: int) -> Iterator[str]:
    """Write JSON as lines of text, each as long as it may be."""
    words = list(_tokens(value))
    text = " " * indent
    for word in words:
        if len(text.rstrip()) > indent and len(text) + len(word.rstrip()) > _WIDTH:
            yield text.rstrip()
            text = " " * (indent + 1)
        text += word
    yield text.rstrip()


def _tokens(value: Any) -> Iterator[str]:
    """Yield the parts of JSON between which a line may end."""
    if isinstance(value, dict | list):
        opened, closed = "{}" if isinstance(value, dict) else "[]"
        items: list[tuple[str, Any]] = (
            [(f"{json.dumps(key, ensure_ascii=False)}: ", item) for key, item in value.items()]
            if isinstance(value, dict)
            else [("", item) for item in value]
        )
        if not items:
            yield opened + closed
        for number, (key, item) in enumerate(items):
            before = opened if number == 0 else ""
            after = closed if number == len(items) - 1 else ", "
            tokens = list(_tokens(item))
            tokens[0] = f"{before}{key}{tokens[0]}"
            tokens[-1] += after
            yield from tokens
    elif isinstance(value, Fraction):
        yield value.text
    else:
        yield json.dumps(value, ensure_ascii=False)
