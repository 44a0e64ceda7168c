"""What is wrong with a spec, and where: collected, so that all of it is reported at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

Path = tuple[str | int, ...]
"""Where a value is inside a YAML file: keys (always as text) and positions in lists."""


class Position(NamedTuple):
    """A line and a column, both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong; prints as ``spec/spot/streams/kline.yaml:40:7: message``."""

    file: str
    position: Position
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.position.line}:{self.position.column}: {self.message}"


class SpecError(Exception):
    """The spec has problems; ``problems`` are all of them, in the order of the files."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


def shown(value: object, limit: int = 60) -> str:
    """Show something of the spec as Python or YAML writes it, cut to ``limit`` characters."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    return text if len(text) <= limit else f"{text[:limit]}…"


def near(name: object, names: Iterable[str]) -> str:
    """Suggest similar names, as the end of a message; empty if there are none."""
    alike = difflib.get_close_matches(str(name), list(names), n=3, cutoff=0.5)
    return f", such as {listed(alike)}" if alike else ""


def listed(names: object) -> str:
    """List names, or say ``none``."""
    return ", ".join(str(name) for name in names) or "none"  # type: ignore[attr-defined]
