"""Formats what was rendered: the pinned ruff, without any configuration of the machine."""

from __future__ import annotations

import subprocess
import sys
import tempfile

_RUFF = [sys.executable, "-m", "ruff"]
_ISOLATED = ["--isolated", "--no-cache"]
# Besides the generated package.
_FIRST_PARTY = ("binance_streams_runtime", "binance_streams_simulator", "conformance")
_TARGET = ["--line-length", "100", "--target-version", "py311"]


def format_python(source: str, name: str, package: str) -> str:
    """Remove unused imports, sort the others, then lay it out."""
    # Said here because ruff would otherwise look for folders of these names where it runs.
    first_party = f"lint.isort.known-first-party={[package, *_FIRST_PARTY]}"
    fixes = ["--fix-only", "--select", "I,F401,RUF022", "--config", first_party]
    sorted_source = _run(["check", *_ISOLATED, *fixes, *_TARGET], source, name)
    return _run(["format", *_ISOLATED, *_TARGET], sorted_source, name)


def _run(arguments: list[str], source: str, name: str) -> str:
    # In a folder of its own, as ruff's answers depend on what lies around it.
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [*_RUFF, *arguments, "--stdin-filename", name.rpartition("/")[2], "-"],
            input=source.encode(),
            capture_output=True,
            cwd=folder,
        )
    if done.returncode != 0:
        raise RuntimeError(f"ruff refused {name}: {done.stderr.decode()}\n{source}")
    return done.stdout.decode()
