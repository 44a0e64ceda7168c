"""What the contenders that record have in common: a folder, and a look at what is in it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.contend import Task


def new_folder() -> Path:
    """Create an empty folder for a recording; ``check`` removes it."""
    return Path(tempfile.mkdtemp(prefix="benchmark-recording-"))


def check(task: Task, folder: Path, read: Callable[[Path], Iterable[bytes]], suffix: str) -> None:
    """Count the messages in the files, and note their size; raise RuntimeError if any is missing.

    ``read`` returns the lines of a file; files of another ``suffix`` have no messages.
    """
    try:
        files = [path for path in folder.rglob("*") if path.is_file()]
        found = sum(
            line.count(b'"data":{') > 0 and b'"stream":"!' not in line
            for path in files
            if path.name.endswith(suffix)
            for line in read(path)
        )
        expected = task.meter.total
        if found != expected:
            raise RuntimeError(f"{found} messages were recorded, not {expected}")
        task.meter.notes["disk_bytes"] = sum(path.stat().st_size for path in files) / found
    finally:
        shutil.rmtree(folder)
