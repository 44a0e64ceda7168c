"""Which statements of a program are meant to be mistakes, and whether a checker agrees."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.typechecks.checkers import Finding

_ABOVE = re.compile(r"\s*# mistake: (.+?)(?: \(unseen by (\w+)\))?")
_BESIDE = re.compile(r".*  # a type checker sees this")


@dataclass(frozen=True)
class Mistake:
    """A statement that must be an error, by its lines."""

    first: int
    last: int
    means: str
    unseen_by: str | None = None
    """A checker that is known not to see it."""


def mistakes_in(source: str) -> list[Mistake]:
    """The statements below a line ``# mistake: ...``, or beside which the README says so."""
    marked: dict[int, tuple[str, str | None]] = {}
    for number, line in enumerate(source.splitlines(), start=1):
        if above := _ABOVE.fullmatch(line):
            marked[number + 1] = above[1], above[2]
        elif _BESIDE.match(line):
            marked[number] = "what the comment beside it says", None
    mistakes = [
        Mistake(node.lineno, node.end_lineno or node.lineno, *marked.pop(node.lineno))
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.stmt) and node.lineno in marked
    ]
    if marked:
        raise ValueError(f"no statement begins in line {min(marked)}")
    return mistakes


def disagreements(
    checker: str, mistakes: dict[str, list[Mistake]], findings: Iterable[Finding]
) -> Iterator[Finding]:
    """Errors of a checker that are no mistakes, and mistakes that it does not see.

    Also those that it sees although they are said to be unseen, so that no such word outlives
    its reason.
    """
    seen: set[tuple[str, Mistake]] = set()
    for finding in findings:
        around = [
            mistake
            for mistake in mistakes.get(finding.file, ())
            if mistake.first <= finding.line <= mistake.last
        ]
        seen.update((finding.file, mistake) for mistake in around)
        if not around:
            yield finding
    for file, marked in mistakes.items():
        for mistake in marked:
            is_seen = (file, mistake) in seen
            if is_seen and mistake.unseen_by == checker:
                yield Finding(file, mistake.first, f"seen after all: {mistake.means}")
            elif not is_seen and mistake.unseen_by != checker:
                yield Finding(file, mistake.first, f"no error, but {mistake.means}")
