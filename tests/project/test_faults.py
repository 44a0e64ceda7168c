"""The table of faults names tests that exist, for each fault."""

from __future__ import annotations

import re

import pytest

from tests.project.paths import ROOT

PAGE = (ROOT / "docs" / "design" / "faults.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith(("| what goes wrong", "| ---"))
]
TEST_ID = re.compile(r"`(tests/[\w/]+\.py::test_\w+)`")


def test_there_are_rows() -> None:
    assert len(ROWS) > 30
    assert [row for row in ROWS if len(row) != 3] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:40])
def test_each_fault_names_a_test_and_nothing_else(row: list[str]) -> None:
    tests = row[2].split("<br>")
    assert [test for test in tests if not TEST_ID.fullmatch(test)] == []


def test_each_test_that_is_named_exists() -> None:
    missing = []
    for file, test in sorted({tuple(id.split("::")) for id in TEST_ID.findall(PAGE)}):
        text = (ROOT / file).read_text(encoding="utf-8")
        if not re.search(rf"^(async )?def {test}\(", text, re.MULTILINE):
            missing.append(f"{file}::{test}")
    assert missing == []
