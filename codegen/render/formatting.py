"""Formats rendered Python by the pinned ruff, without any configuration of the machine."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

_RUFF = [sys.executable, "-m", "ruff"]
# Files and folders may have any name, and lie wherever temporary ones do.
_ISOLATED = [
    *("--isolated", "--no-cache", "--quiet"),
    *("--config", "exclude=[]", "--config", "respect-gitignore=false"),
    *("--line-length", "100", "--target-version", "py311"),
]
# Besides the generated package.
_FIRST_PARTY = ("binance_streams_runtime", "binance_streams_simulator", "conformance")


def format_python(sources: Mapping[str, str], package: str) -> dict[str, str]:
    """Remove unused imports, sort the others, then lay out the files, given and returned by path.

    All at once, as starting ruff takes longer than its work.
    """
    first_party = f"lint.isort.known-first-party={[package, *_FIRST_PARTY]}"
    fixes = ["--fix-only", "--select", "I,F401,RUF022", "--config", first_party]
    # In a folder of their own, as ruff's answers depend on what lies around them.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path, source in sources.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(source.encode())
        _run(["check", *_ISOLATED, *fixes, "."], folder)
        _run(["format", *_ISOLATED, "."], folder)
        return {path: (folder / path).read_bytes().decode() for path in sources}


def _run(arguments: list[str], folder: Path) -> None:
    done = subprocess.run([*_RUFF, *arguments], capture_output=True, cwd=folder)
    if done.returncode != 0 or done.stderr:
        raise RuntimeError(f"ruff refused what was rendered: {done.stderr.decode()}")
