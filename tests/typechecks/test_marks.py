"""How the output of type checkers is compared with what is marked as a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.typechecks.__main__ import ROOT, programs
from tests.typechecks.checkers import CHECKERS, Checker, Finding
from tests.typechecks.marks import Mistake, disagreements, mistakes_in

PROGRAM = """
def call() -> None:
    # mistake: no such option (unseen by ty)
    client.trade(
        on_evnt=print,
    )


client.kline("7m")  # a type checker sees this, too
"""

OUTPUTS = {
    "mypy": '{"file": "a/b.py", "line": 3, "message": "bad", "severity": "error"}\n'
    '{"file": "a/b.py", "line": 4, "message": "a note", "severity": "note"}\n',
    "pyright": '{"generalDiagnostics": [{"file": "FOLDER/a/b.py", "severity": "error",'
    ' "message": "bad", "range": {"start": {"line": 2}}}]}',
    "pyrefly": '{"errors": [{"line": 3, "path": "a/b.py", "description": "bad",'
    ' "severity": "error"}]}',
    "ty": "a/b.py:3:7: error[rule] bad\nFound 1 diagnostic\n",
}


def test_a_mistake_is_a_whole_statement() -> None:
    assert mistakes_in(PROGRAM) == [
        Mistake(9, 9, "what the comment beside it says"),
        Mistake(4, 6, "no such option", "ty"),
    ]


def test_a_mark_without_a_statement_is_an_error() -> None:
    with pytest.raises(ValueError, match="no statement begins in line 2"):
        mistakes_in("# mistake: something\n\nprint(1)\n")


@pytest.mark.parametrize(
    ("checker", "lines", "reported"),
    [
        ("mypy", [5, 9], []),
        ("mypy", [5, 6, 9, 9], []),
        ("mypy", [4], [(9, "no error, but what the comment beside it says")]),
        ("mypy", [3, 4, 9], [(3, "bad")]),
        ("ty", [9], []),
        ("ty", [4, 9], [(4, "seen after all: no such option")]),
    ],
)
def test_what_a_checker_must_see(
    checker: str, lines: list[int], reported: list[tuple[int, str]]
) -> None:
    found = [Finding("user.py", line, "bad") for line in lines]
    marked = {"user.py": mistakes_in(PROGRAM)}
    assert [(one.line, one.text) for one in disagreements(checker, marked, found)] == reported


@pytest.mark.parametrize("checker", CHECKERS, ids=lambda checker: checker.name)
def test_each_checkers_errors_are_read(checker: Checker, tmp_path: Path) -> None:
    output = OUTPUTS[checker.name.removeprefix("based")].replace("FOLDER", str(tmp_path))
    (finding,) = checker.parse(output, tmp_path)
    assert (finding.file, finding.line) == ("a/b.py", 3)
    assert "bad" in finding.text


def test_lines_of_a_page_keep_their_numbers() -> None:
    copies = [(origin, text) for _, origin, text in programs() if origin == "README.md"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert copies
    for _, text in copies:
        lines = text.splitlines()
        assert readme[len(lines)] == "```"
        assert readme[len(lines) - 1] == lines[-1]
