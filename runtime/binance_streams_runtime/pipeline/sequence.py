"""Sequence checking of a stream: what was missed, what came twice, what came late.

It works on batches, because one comparison of two lists recognizes a batch without any irregularity
at a fraction of the cost of checking each event.

A stream may be interrupted (``interrupt``), and for a moment two connections may deliver the same
events (``overlap``): those of the new one are held back, and follow after the old one has ended
(``resume``).

No number is trusted forever. Events that contradict the numbers so far are held back, and a
documented few of them in a row are enough: the tracker accepts the new numbers, reports a ``Gap``
with the reason, and delivers the events that it had held back. See ``trackers/restart.py``.
"""

from __future__ import annotations

import enum
from typing import Any

from msgspec import Struct

from binance_streams_runtime.notices import Notice


class Overlap(enum.Enum):
    """A mark: two connections start to deliver the same stream, or the older one has ended."""

    BEGINS = enum.auto()
    ENDS = enum.auto()


class Interruption(Struct, frozen=True):
    """A mark: events may have been missed at this place, although the connection stayed open."""

    reason: str


class Confirmation(enum.Enum):
    """A mark: the server has confirmed the subscription, for the first time or again."""

    CONFIRMED = enum.auto()


Mark = Notice | Overlap | Interruption | Confirmation
"""What stands among a stream's events if something happened to the stream at that place."""


class Tracker:
    """Tracks the sequence of one stream."""

    __slots__ = ("_stream",)

    def __init__(self, stream: str) -> None:
        self._stream = stream

    def is_next(self, event: Any) -> bool:
        """Return whether the event is the next one; if not, nothing changes: call ``check``."""
        raise NotImplementedError

    def check(self, events: list[Any]) -> list[Any]:
        """Return the new events, with a notice before each interruption.

        ``events`` itself if there is nothing to report. Events that an earlier call held back may
        be among them.
        """
        raise NotImplementedError

    def interrupt(self) -> None:
        """Note that events may have been missed at this place."""

    def skip(self, reason: str) -> None:
        """Note that an event at this place could not be decoded."""

    @property
    def has_begun(self) -> bool:
        """Whether something may be missed although no event has come yet."""
        return False

    def confirm(self) -> list[Any]:
        """Return what is to be reported at once, as the server has confirmed the subscription."""
        return []

    def overlap(self) -> None:
        """Note that another connection will deliver the next events again after ``resume``."""

    def resume(self) -> None:
        """Note that the events since ``overlap`` are delivered a second time from now on."""

    def as_received(self, event: Any) -> Any:
        """Return the newest event, which is ``event`` to its user, as it came."""
        return event

    def noticed(self, notice: Notice) -> None:
        """Note a notice that stands at this place, and was not found here."""
