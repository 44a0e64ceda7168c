"""Where things are, and how commands are run in tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.support.limits import MS

ROOT = Path(__file__).resolve().parents[2]

LIMIT = 240_000 * MS
"""Seconds after which a command is taken to hang."""

NOT_COPIED = shutil.ignore_patterns(".*_cache", "*.pyc.*")
"""What copies of folders lack: what tools keep, and bytecode that is just being written.

Another worker gives that its name, and so takes it away, while the folder is copied.
"""


def run(
    *command: str | Path, folder: Path = ROOT, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command without input; what it printed is kept, its status is not judged."""
    # A make around the tests would make the ones inside talk.
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=env | dict(variables or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )


def python(*arguments: str | Path, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run this interpreter."""
    return run(sys.executable, *arguments, folder=folder)
