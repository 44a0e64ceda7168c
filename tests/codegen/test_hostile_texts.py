"""A spec that tries to become code. The fixtures are those of the generator's tests."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from tests.codegen.conftest import ROOT, Tree
from tests.codegen.rule import TRADE
from tests.codegen.test_hostile import ALLOWED, HOSTILE, VERSION_LOOKUP, structure


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


@pytest.mark.parametrize("text", [HOSTILE, "{{ 7 * 7 }}"])
def test_texts_become_texts(tree: Tree, text: str) -> None:
    tree.edit(
        TRADE,
        "summary: Every single trade, each with one buyer and one seller.",
        f"summary: {json.dumps(text)}",
    )
    outputs = tree.outputs()
    for path in (ROOT / "generated" / "binance_streams").glob("_*.py"):
        made = outputs[f"binance_streams/{path.name}"]
        assert structure(made) == structure(path.read_text(encoding="utf-8"))
        allowed = ALLOWED | VERSION_LOOKUP if path.stem == "__init__" else ALLOWED
        assert {type(node).__name__ for node in ast.walk(ast.parse(made))} <= allowed


@pytest.mark.parametrize("name", ["__import__", "class", "a;b", "a\nb", "../x"])
def test_names_that_are_no_words_are_refused(tree: Tree, name: str) -> None:
    tree.edit(TRADE, "name: price,", f'name: "{name}",')
    problems = tree.problems()
    assert problems
    assert all(problem.startswith(f"{TRADE}:") for problem in problems)


@pytest.mark.parametrize("name", ["../x.py", "/tmp/x.py"])
def test_no_stream_can_choose_a_file(tree: Tree, name: str) -> None:
    tree.edit(TRADE, "stream: trade\n", f'stream: "{name}"\n')
    assert any(name in problem for problem in tree.problems())


@pytest.mark.parametrize("text", ["\u202e", "\x1b[31m"])
def test_characters_that_nobody_sees_are_refused(tree: Tree, text: str) -> None:
    tree.edit(TRADE, "title: Trade Streams", f"title: Trade {text} Streams")
    assert tree.problems()
