"""The log of notices: a line each, in the logger ``binance_streams``."""

from __future__ import annotations

import contextlib
import logging

from binance_streams_runtime.notices import (
    Disconnected,
    Dropped,
    Gap,
    Late,
    Notice,
    Repeated,
    SchemaDrift,
    Silent,
    Undecodable,
)

logger = logging.getLogger("binance_streams")


def log_safely(
    to: logging.Logger, level: int, text: str, *values: object, failure: BaseException | None = None
) -> None:
    """Log one line, and the traceback of ``failure``.

    What the logger's handlers raise, which are the user's, costs nothing else.
    """
    with contextlib.suppress(Exception):
        to.log(level, text, *values, exc_info=failure)


_WARNINGS = (Disconnected, Dropped, Gap, SchemaDrift, Silent, Undecodable)

# What may come with every message, and would drown all else.
_FREQUENT = (Undecodable, Repeated, Late)
_PERIOD = 1.0

_MOST_CHARACTERS = 1000


class NoticeLog:
    """Warnings for what costs data, info for the rest; frequent kinds once a second a stream."""

    def __init__(self, log: logging.Logger = logger) -> None:
        self._logger = log
        self._next: dict[tuple[type[Notice], str | None], float] = {}
        self._silenced: dict[tuple[type[Notice], str | None], int] = {}

    def write(self, notice: Notice, now: float) -> None:
        """Log ``notice``, or count it where one like it was logged just now."""
        more = ""
        if isinstance(notice, _FREQUENT):
            kind = type(notice), notice.stream
            if now < self._next.get(kind, 0.0):
                self._silenced[kind] = self._silenced.get(kind, 0) + 1
                return
            self._next[kind] = now + _PERIOD
            silenced = self._silenced.pop(kind, 0)
            more = f" (and {silenced} more since the last one)" if silenced else ""
        level = logging.WARNING if isinstance(notice, _WARNINGS) else logging.INFO
        log_safely(self._logger, level, "%s%s", _line(notice), more)


def _line(notice: Notice) -> str:
    """The notice in a line of bounded length: it may be about a thousand streams."""
    text = repr(notice)
    if len(text) <= _MOST_CHARACTERS:
        return text
    return f"{text[:_MOST_CHARACTERS]}... ({len(text)} characters)"
