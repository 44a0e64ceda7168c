"""Continuity of a stream: what was missed, what came twice, what came too late.

Works on batches, because a whole batch that runs as it should is recognized by one comparison of
two lists, at a fraction of the cost of looking at each event.

A stream may be interrupted (``interrupt``), and for a moment two connections may bring the same
events (``overlap``): the newer one's are held back, and follow once the older one has ended
(``resume``).

No number is believed for ever. Events that contradict the numbers so far are held back, and a
documented few of them in a row are enough: the tracker takes the new course, reports a ``Gap`` with
the reason, and delivers the events that it had held back. See ``trackers/restart.py``.
"""

from __future__ import annotations

import enum
from typing import Any

from msgspec import Struct

from binance_streams_runtime.notices import Notice


class Overlap(enum.Enum):
    """A mark: two connections begin to bring the same stream, or the older one has ended."""

    BEGINS = enum.auto()
    ENDS = enum.auto()


class Interruption(Struct, frozen=True):
    """A mark: events may have been missed at this place, though the connection went on."""

    reason: str


Mark = Notice | Overlap | Interruption
"""What stands among a stream's events if something happened to the stream at that place."""


class Tracker:
    """Follows one stream."""

    def __init__(self, stream: str) -> None:
        self._stream = stream

    def is_next(self, event: Any) -> bool:
        """Whether the event is just what comes next; if not, nothing is noted: ask ``check``."""
        raise NotImplementedError

    def check(self, events: list[Any]) -> list[Any]:
        """Return the events that are new, with a notice before each interruption.

        ``events`` itself if there is nothing to report. Events that an earlier call held back may
        be among them.
        """
        raise NotImplementedError

    def interrupt(self) -> None:
        """Expect that events were missed from here on."""

    def overlap(self) -> None:
        """Expect what comes from now on again after ``resume``."""

    def resume(self) -> None:
        """Expect what has come already."""
