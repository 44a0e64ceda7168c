"""Where a part of the spec was declared."""

from __future__ import annotations

from dataclasses import dataclass

from codegen.read.problems import Path
from codegen.read.yaml_source import Document


@dataclass(frozen=True)
class Place:
    """Where something was declared."""

    document: Document
    path: Path

    def problem(self, message: str, *inner: str | int, at_value: bool = False) -> None:
        """Add a problem here, or at a key or position further inside."""
        self.document.problem((*self.path, *inner), message, at_value)
