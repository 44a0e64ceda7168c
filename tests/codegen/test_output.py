"""Generating and checking: the same bytes, from anywhere, and nothing half-done."""

from __future__ import annotations

import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from codegen.render.output import compare, existing, write
from codegen.render.render import TEMPLATES, static_files
from tests.codegen.conftest import ROOT, Tree
from tests.project.paths import NOT_COPIED

OUTPUTS = {"a/one.py": "1\n", "two.md": "zwei ä\n"}


def run(
    *arguments: str, root: Path = ROOT, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """The command line of the generator that lies in ``root``."""
    environment = {**os.environ, "PYTHONPATH": str(root)}
    return subprocess.run(
        [sys.executable, "-m", "codegen", *arguments],
        cwd=cwd or root,
        env=environment,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of all that generating needs, and of what it makes.

    With what is compiled already: to compile it again took a third of the time.
    """
    for folder in ("spec", "codegen", "runtime", "generated"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=NOT_COPIED)
    return tmp_path


@pytest.mark.slow
def test_what_is_committed_is_what_the_spec_says() -> None:
    done = run("--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.slow
def test_deleting_and_generating_gives_the_same_bytes_from_any_folder(copy: Path) -> None:
    before = existing(ROOT / "generated")
    shutil.rmtree(copy / "generated")
    done = run(root=copy, cwd=copy / "spec" / "spot" / "streams")
    assert (done.returncode, existing(copy / "generated")) == (0, before)


@pytest.mark.slow
def test_the_check_reports_missing_extra_and_different_files(copy: Path) -> None:
    package = copy / "generated" / "binance_streams"
    (package / "_venue.py").unlink()
    (package / "extra.py").write_text("extra = 1\n")
    catalog = package / "_catalog.py"
    catalog.write_text(catalog.read_text().replace('"@aggTrade"', '"@aggTrades"'))
    done = run("--check", root=copy)
    assert done.returncode == 1
    assert "missing: generated/binance_streams/_venue.py\n" in done.stdout
    assert "extra: generated/binance_streams/extra.py\n" in done.stdout
    assert "different: generated/binance_streams/_catalog.py\n" in done.stdout
    assert '-        "@aggTrades",\n+        "@aggTrade",\n' in done.stdout
    assert "run `make generate`" in done.stderr
    assert (package / "extra.py").exists(), "the check writes nothing"


@pytest.mark.slow
def test_generating_repairs_what_the_check_reported(copy: Path) -> None:
    package = copy / "generated" / "binance_streams"
    (package / "_venue.py").unlink()
    (package / "extra.py").write_text("extra = 1\n")
    done = run(root=copy)
    assert done.stdout.splitlines() == [
        "generated/binance_streams/_venue.py",
        "generated/binance_streams/extra.py",
    ]
    assert existing(copy / "generated") == existing(ROOT / "generated")


@pytest.mark.slow
def test_a_broken_spec_is_reported_and_nothing_is_written(copy: Path) -> None:
    before = existing(copy / "generated")
    trade = copy / "spec" / "spot" / "streams" / "trade.yaml"
    trade.write_text(trade.read_text().replace("title:", "titel:"))
    done = run(root=copy)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "spec/spot/streams/trade.yaml:2:1: missing key 'title'",
        "spec/spot/streams/trade.yaml:3:1: unknown key 'titel'; allowed: stream, title, summary, "
        "source, lifecycle, category, method, name, parameters, update_speed, sequence, state, "
        "shape, event, events, structs, examples, backfill",
        "2 problem(s) in the spec",
    ]
    assert existing(copy / "generated") == before


def test_writing_leaves_what_is_the_same_alone(tmp_path: Path) -> None:
    write(OUTPUTS, tmp_path)
    assert write(OUTPUTS | {"two.md": "zwei\n"}, tmp_path) == ["two.md"]


def test_writing_deletes_what_is_no_longer_rendered(tmp_path: Path) -> None:
    write(OUTPUTS, tmp_path)
    assert write({"two.md": OUTPUTS["two.md"]}, tmp_path) == ["a/one.py"]
    assert existing(tmp_path) == {"two.md": "zwei ä\n".encode()}


def test_nothing_differs_after_writing(tmp_path: Path) -> None:
    write(OUTPUTS, tmp_path)
    assert compare(OUTPUTS, tmp_path, "generated") == ""


def test_what_tools_leave_behind_is_no_difference(tmp_path: Path) -> None:
    write(OUTPUTS, tmp_path)
    (tmp_path / "a" / "__pycache__").mkdir()
    (tmp_path / "a" / "__pycache__" / "one.pyc").write_bytes(b"\0")
    assert compare(OUTPUTS, tmp_path, "generated") == ""


def test_output_names_no_machine_and_no_day() -> None:
    for path, content in existing(ROOT / "generated").items():
        assert str(ROOT).encode() not in content, path
        assert b"/tmp/" not in content, path


def test_a_page_that_two_streams_share_is_named_once(tree: Tree) -> None:
    tree.edit("streams/all_mini_tickers.yaml", "anchor: all-market-mini-tickers-stream, ", "")
    tree.edit("streams/mini_ticker.yaml", "anchor: individual-symbol-mini-ticker-stream, ", "")
    _, _, method = tree.outputs()["binance_streams/_client.py"].rpartition("    def mini_ticker(")
    docstring = method.partition("if symbol is None")[0]
    assert docstring.count("Source:") == 1


def test_a_key_of_digits_is_no_place_of_a_list() -> None:
    checks = runpy.run_path(str(ROOT / "generated" / "conformance" / "_checks.py"))
    payload = {"0": [["a", "b"]]}
    assert checks["_opened"](payload, "0/0/1") == (payload, ["a", "b"], 1)


def test_what_has_no_tag_is_no_template() -> None:
    """It would be checked by no tool where it lies."""
    for template in TEMPLATES.rglob("*.j2"):
        assert re.search(r"\{[{%]", template.read_text(encoding="utf-8")), template.name


def test_static_files_are_copied_as_they_are(tree: Tree) -> None:
    copied = static_files(tree.model())
    assert "conformance/_checks.py" in copied
    for path, text in copied.items():
        assert (ROOT / "generated" / path).read_text(encoding="utf-8") == text, path
