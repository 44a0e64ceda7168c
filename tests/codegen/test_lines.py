"""Whatever line is lost, the spec is reported as broken or loads: the generator never crashes."""

from __future__ import annotations

import pytest

from tests.codegen.conftest import ROOT, Tree

pytestmark = pytest.mark.slow

FILE = "streams/partial_book_depth.yaml"
LINES = (ROOT / "spec" / "spot" / FILE).read_text(encoding="utf-8").splitlines()
# What can be left out: the comment for editors, and what has a default.
OPTIONAL = {"# yaml-language-server", "state", "sequence"}


@pytest.mark.parametrize("number", range(len(LINES)), ids=lambda number: f"line {number + 1}")
def test_a_lost_line_is_reported_in_its_file(tree: Tree, number: int) -> None:
    tree.add(FILE, "\n".join([*LINES[:number], *LINES[number + 1 :], ""]))
    problems = tree.problems()
    if LINES[number].partition(": ")[0].partition(" $")[0].removesuffix(":") in OPTIONAL:
        assert problems == []
    else:
        assert problems != []
        assert [problem for problem in problems if not problem.startswith(f"{FILE}:")] == []
