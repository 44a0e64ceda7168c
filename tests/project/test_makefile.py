"""The Makefile says what it has, and names no place to download from."""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from pathlib import Path

from tests.project.paths import ROOT, run

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_help_lists_every_target() -> None:
    """One line a target, in the order of .PHONY, each with a description."""
    phony = re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)
    assert phony is not None
    listed = [line.split(maxsplit=2) for line in run("make", "help").stdout.splitlines()]
    assert [target for _, target, _ in listed] == phony[1].split()


def test_help_is_the_default() -> None:
    """Plain `make` changes nothing."""
    assert run("make").stdout == run("make", "help").stdout


def test_no_registry_is_named() -> None:
    """Where packages come from is the machine's business."""
    for name in ("Makefile", "constraints.txt", "lowest.txt", "pyproject.toml", ".ci/run"):
        content = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"index-url|--index|pypi|find-links|trusted-host", content)


def test_constraints_are_exact() -> None:
    """Every line of the constraints pins one version."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert pins
    assert [line for line in pins if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []


def test_the_lowest_versions_are_those_that_are_declared() -> None:
    """What `make lowest` tests is what users may have, of every dependency."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    declared = [*project["dependencies"], *(one for extra in extras for one in extra)]
    lines = (ROOT / "lowest.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert [line.replace("==", ">=") for line in pins] == list(dict.fromkeys(declared))


def test_an_old_interpreter_is_refused() -> None:
    """A wrong PYTHON is reported in one line that says how to name another one."""
    result = run("make", "-C", ROOT, "BASE=no/such/stamp", "PYTHON=false", "no/such/stamp")
    assert result.returncode != 0
    assert "Python 3.11 or later is needed; tried: false." in result.stderr
    assert not (ROOT / "no").exists()


def test_a_new_stream_without_messages_is_refused() -> None:
    """Rather than that it waits for somebody to type them."""
    result = run("make", "-C", ROOT, "-o", ".venv/.base", "new-stream")
    assert result.returncode != 0
    assert "make new-stream MESSAGE=file" in result.stderr


def test_servers_that_cannot_be_installed_are_named(tmp_path: Path) -> None:
    """What follows runs without them, and skips their tests."""
    for name in ("make", "sh", "id", "env", "timeout"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    for name in ("apt-get", "sudo"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 100\n")
        (tmp_path / name).chmod(0o755)
    result = run("make", "-C", ROOT, "servers", variables={"PATH": str(tmp_path)})
    assert result.returncode == 0
    assert "There is no redis-server, so the tests that need it are skipped." in result.stderr


def test_ci_can_be_run() -> None:
    """The script is executable, and runs what the Makefile has."""
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "for target in lint check test; do" in script.read_text(encoding="utf-8")
    assert "for target in servers peers; do" in script.read_text(encoding="utf-8")
