"""What a step has found."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Verdict = Literal["ok", "warn", "fail", "skip"]


class Finding(Struct, frozen=True):
    """One line of the diagnosis."""

    check: str
    """What was looked at: one word."""
    verdict: Verdict
    """``skip`` if it could not be looked at, which is no fault."""
    text: str
    """What was found."""
    advice: str = ""
    """What to do about it; empty if nothing is wrong."""
    figures: dict[str, float | int | str | None] = {}
    """The same in numbers: times are in seconds."""


def ok(check: str, text: str, **figures: float | int | str | None) -> Finding:
    """Say that a step found nothing wrong."""
    return Finding(check, "ok", text, figures=figures)


def milliseconds(seconds: float) -> str:
    """Write a time as people read it."""
    return f"{seconds * 1000:.0f} ms" if seconds < 10 else f"{seconds:.1f} s"
