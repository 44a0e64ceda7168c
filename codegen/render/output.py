"""Writes what was rendered, or compares with it: one path for both."""

from __future__ import annotations

import difflib
import os
import tempfile
from pathlib import Path

_KEPT = {"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}


def existing(folder: Path) -> dict[str, bytes]:
    """Every file below the folder, but for what tools leave there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not _KEPT & set(path.parts)
    }


def compare(outputs: dict[str, str], folder: Path) -> str:
    """What differs, as a diff; empty where nothing does."""
    found = existing(folder)
    parts: list[str] = []
    for path in sorted(found.keys() | outputs.keys()):
        before = found[path].decode("utf-8", "replace") if path in found else None
        after = outputs.get(path)
        if before == after:
            continue
        if before is None:
            parts.append(f"missing: generated/{path}\n")
        elif after is None:
            parts.append(f"extra: generated/{path}\n")
        else:
            parts.append(f"different: generated/{path}\n")
        parts += difflib.unified_diff(
            (before or "").splitlines(keepends=True),
            (after or "").splitlines(keepends=True),
            f"generated/{path} (there)",
            f"generated/{path} (from the spec)",
        )
    return "".join(parts)


def write(outputs: dict[str, str], folder: Path) -> list[str]:
    """Write what changed and delete what is no longer rendered; returns the paths of both."""
    found = existing(folder)
    changed = [path for path, text in outputs.items() if found.get(path) != text.encode()]
    for path in changed:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, outputs[path].encode())
    gone = sorted(found.keys() - outputs.keys())
    for path in gone:
        (folder / path).unlink()
    return sorted([*changed, *gone])


def _replace(target: Path, content: bytes) -> None:
    """Put the whole content in place at once, so that no half-written file is ever there."""
    handle, name = tempfile.mkstemp(dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o644)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise
