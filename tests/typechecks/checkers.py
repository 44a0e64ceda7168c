"""The type checkers that people use, each run over one folder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

_BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Finding:
    """An error of a checker; ``file`` is relative to the folder."""

    file: str
    line: int
    text: str


@dataclass(frozen=True)
class Checker:
    """How a checker is run, and what its output means."""

    name: str
    command: tuple[str, ...]
    parse: Callable[[str, Path], Iterator[Finding]]

    def check(self, folder: Path) -> list[Finding]:
        """All errors in the folder. Raises RuntimeError if the checker itself fails."""
        done = subprocess.run(
            self.command,
            cwd=folder,
            # Otherwise pyright asks the network for a newer version of itself.
            env={**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"},
            capture_output=True,
            text=True,
        )
        try:
            findings = list(self.parse(done.stdout, folder))
        except ValueError as error:
            raise RuntimeError(f"{self.name}: {done.stdout}{done.stderr}") from error
        # A checker says by its status whether there was anything to say.
        if done.returncode not in (0, 1) or bool(findings) != bool(done.returncode):
            raise RuntimeError(f"{self.name} ended with {done.returncode}: {done.stderr}")
        return findings


def write_settings(folder: Path) -> None:
    """How each checker is set: as strict as it can be, for the oldest Python."""
    strict = {"typeCheckingMode": "strict", "pythonVersion": "3.11"}
    (folder / "pyrightconfig.json").write_text(json.dumps(strict), encoding="utf-8")
    (folder / "pyrefly.toml").write_text('preset = "strict"\npython-version = "3.11"\n', "utf-8")
    (folder / "ty.toml").write_text('[environment]\npython-version = "3.11"\n', "utf-8")


def _mypy(output: str, folder: Path) -> Iterator[Finding]:
    for line in output.splitlines():
        found = json.loads(line)
        if found["severity"] == "error":
            yield Finding(found["file"], found["line"], found["message"])


def _pyright(output: str, folder: Path) -> Iterator[Finding]:
    for found in json.loads(output)["generalDiagnostics"]:
        if found["severity"] == "error":
            file = Path(found["file"]).relative_to(folder).as_posix()
            yield Finding(file, found["range"]["start"]["line"] + 1, found["message"])


def _pyrefly(output: str, folder: Path) -> Iterator[Finding]:
    for found in json.loads(output)["errors"]:
        if found["severity"] == "error":
            yield Finding(found["path"], found["line"], found["description"])


def _ty(output: str, folder: Path) -> Iterator[Finding]:
    for line in output.splitlines():
        found = re.fullmatch(r"(.+?):(\d+):\d+: error(.*)", line)
        if found is not None:
            yield Finding(found[1], int(found[2]), found[3])


CHECKERS = (
    Checker(
        "mypy",
        (
            *(sys.executable, "-m", "mypy", "--strict", "--python-version", "3.11"),
            *("--explicit-package-bases", "--output", "json", "--no-error-summary"),
            *("--cache-dir", str(Path(__file__).parents[2] / ".mypy_cache" / "typechecks"), "."),
        ),
        _mypy,
    ),
    *(
        Checker(
            name,
            (str(_BIN / name), "--pythonpath", sys.executable, "--outputjson"),
            _pyright,
        )
        for name in ("pyright", "basedpyright")
    ),
    Checker(
        "pyrefly",
        (
            *(str(_BIN / "pyrefly"), "check", "--output-format", "json"),
            *("--python-interpreter-path", sys.executable),
        ),
        _pyrefly,
    ),
    Checker(
        "ty",
        (
            *(str(_BIN / "ty"), "check", "--output-format", "concise"),
            *("--python", sys.executable),
        ),
        _ty,
    ),
)
