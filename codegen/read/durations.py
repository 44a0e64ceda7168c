"""Durations such as ``250ms``, ``5s``, ``3m`` and ``24h``."""

from __future__ import annotations

import re
from typing import Any

from codegen.read.problems import Path, shown
from codegen.read.yaml_source import Document

_DURATION = re.compile(r"([1-9][0-9]*)(ms|s|m|h|d)")
_MILLISECONDS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_IN_SECONDS = (
    "connection_attempts_window",
    "ping_interval",
    "pong_timeout",
    "connection_lifetime",
    "processing_timeout",
    "window",
)


def milliseconds(text: str) -> int:
    """Read a duration; its form has been checked by the schema."""
    parts = _DURATION.fullmatch(text)
    assert parts is not None, text
    return int(parts[1]) * _MILLISECONDS[parts[2]]


def read_limits(document: Document) -> None:
    """Put seconds in place of the durations among the limits of a checked connection."""
    read_durations(document, ("limits",))
    read_durations(document, ("rest",))
    for name in document.data.get("servers", {}):
        read_durations(document, ("servers", name, "limits"))


def read_durations(document: Document, path: Path = ("limits",)) -> None:
    """Put seconds in place of the durations among the limits at a path."""
    limits: Any = document.data
    for step in path:
        limits = limits.get(step, {})
    for key in _IN_SECONDS:
        given = limits.get(key)
        if not isinstance(given, str):
            continue
        limits[key], rest = divmod(milliseconds(given), 1000)
        if rest:
            message = f"{key}: got {shown(given)}; allowed: a whole number of seconds"
            document.problem((*path, key), message, at_value=True)
