"""What a person still has to write or to confirm: whatever is marked with ``TODO``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from codegen.read.problems import Path, Position, Problem
from codegen.read.yaml_source import Document, is_json

MARK = "TODO"

_COMMENT = re.compile(rf"(?:^|\s)#\s*({MARK}\b.*)")


def check_marks(document: Document, text: str) -> None:
    """Add the marks in values and comments to the problems, in place of others at their places."""
    marks = [*_in_values(document), *_in_comments(document.file, text)]
    places = {problem.position for problem in marks}
    others = [problem for problem in document.problems if problem.position not in places]
    document.problems = [*others, *marks]
    document.marks = marks


def is_marked(value: object) -> bool:
    """Return whether a value is left to a person."""
    return isinstance(value, str) and re.match(rf"{MARK}\b", value) is not None


def _in_values(document: Document) -> Iterator[Problem]:
    for path, text in _texts(document.data, ()):
        if is_marked(text) and not is_json(path):
            name = next((f"{step}: " for step in reversed(path) if isinstance(step, str)), "")
            yield Problem(document.file, document.at_value(path), f"{name}still {text}")


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, (*path, str(key)))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _texts(item, (*path, number))
    elif isinstance(value, str):
        yield path, value


def _in_comments(file: str, text: str) -> Iterator[Problem]:
    for number, line in enumerate(text.splitlines(), start=1):
        found = _COMMENT.search(line)
        if found is not None:
            message = f"still {found[1].strip()} (done: delete the comment)"
            yield Problem(file, Position(number, found.start(1) + 1), message)
