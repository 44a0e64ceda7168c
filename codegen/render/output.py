"""Writes what was rendered, or compares with it: one path for both."""

from __future__ import annotations

import difflib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

_KEPT = {"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}


def existing(folder: Path) -> dict[str, bytes]:
    """Read every file below the folder, but for what tools leave there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not _KEPT & set(path.relative_to(folder).parts)
    }


def compare(outputs: dict[str, str], folder: Path, label: str, own: Sequence[str] = ("",)) -> str:
    """Return what differs as a diff, empty if nothing does; see ``write`` for ``own``."""
    found = _found(outputs, folder, own)
    parts: list[str] = []
    for path in sorted(found.keys() | outputs.keys()):
        before = found[path].decode("utf-8", "replace") if path in found else None
        after = outputs.get(path)
        if before == after:
            continue
        if before is None:
            parts.append(f"missing: {label}/{path}\n")
        elif after is None:
            parts.append(f"extra: {label}/{path}\n")
        else:
            parts.append(f"different: {label}/{path}\n")
        parts += difflib.unified_diff(
            (before or "").splitlines(keepends=True),
            (after or "").splitlines(keepends=True),
            f"{label}/{path} (there)",
            f"{label}/{path} (from the spec)",
        )
    return "".join(parts)


def write(outputs: dict[str, str], folder: Path, own: Sequence[str] = ("",)) -> list[str]:
    """Write what changed and delete what is no longer rendered; returns the paths of both.

    ``own`` are the folders below ``folder`` that hold nothing else, so that what is there and was
    not rendered is deleted; the others may hold whatever they like.
    """
    found = _found(outputs, folder, own)
    changed = [path for path, text in outputs.items() if found.get(path) != text.encode()]
    for path in changed:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, outputs[path].encode())
    gone = sorted(found.keys() - outputs.keys())
    for path in gone:
        (folder / path).unlink()
        _remove_empty((folder / path).parent, folder)
    return sorted([*changed, *gone])


def _found(outputs: dict[str, str], folder: Path, own: Sequence[str]) -> dict[str, bytes]:
    """Read the rendered files that exist, and all others of the folders ``own``."""
    found = {path: (folder / path).read_bytes() for path in outputs if (folder / path).is_file()}
    for name in own:
        inside = existing(folder / name)
        found |= {f"{name}/{path}" if name else path: text for path, text in inside.items()}
    return found


def _remove_empty(inner: Path, folder: Path) -> None:
    while inner != folder and not any(inner.iterdir()):
        inner.rmdir()
        inner = inner.parent


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
