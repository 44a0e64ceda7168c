"""The blocks of a recording, read a few seconds ahead: what is due may have been done a bit later.

The recorded engine noticed a deadline whenever it came to it, and read what had come before. A
replay does what is due at the same place, so it must know the place when the time has come.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import chain
from typing import Protocol

from binance_streams_runtime.recording.facts import Clock, Ticked, fact_of
from binance_streams_runtime.recording.header import Header

FACTS = b'"stream":"!session"'
"""What each line of a fact has."""
HEADER_MARK = b'"c":0,"stream":"!header"'
"""What the first line of each part has."""
_TICKED = b'"type":"ticked"'
_CLOCK = b'"type":"clock"'

# How far to look ahead, in seconds and bytes.
_AHEAD = 5.0
_MOST_AHEAD = 32 * 1024 * 1024


class Section(Protocol):
    """One part of a recording."""

    @property
    def begin(self) -> int:
        """When its first line was received, in Unix nanoseconds."""

    @property
    def header(self) -> Header:
        """Its first line."""

    def blocks(self) -> Iterator[bytes]:
        """Yield its lines, in blocks of whole lines."""


class ReadAhead:
    """Reads the parts of one or more sessions in order."""

    def __init__(self, sections: Iterable[Section]) -> None:
        remaining = iter(sections)
        self.first: Section | None = next(remaining, None)
        """The first part."""
        self.base_offset: int = 0
        """Nanoseconds from the virtual clock to Unix time, at the place of the replay."""
        self._sections: Iterator[Section] = chain(
            [] if self.first is None else [self.first], remaining
        )
        self._blocks: Iterator[bytes] = iter(())
        self._ahead: deque[bytes] = deque()
        self._bytes = 0
        self._until = -math.inf
        # When something was due that was done in what was read ahead, in microseconds.
        self._dues: Counter[int] = Counter()
        # By session, how many seconds its clock is behind the virtual one.
        self._deltas: dict[str, float] = {}
        self._offset = 0
        self._delta = 0.0

    def close(self) -> None:
        """Read no further, and close what is open."""
        self._sections = iter(())
        self._ahead.clear()
        blocks, self._blocks = self._blocks, iter(())
        if isinstance(blocks, Generator):
            blocks.close()

    def delta_of(self, session: str) -> float:
        """Return how many seconds the clock of a session is behind the virtual one."""
        return self._deltas[session]

    def blocks(self, is_past: Callable[[bytes], bool]) -> Iterator[list[bytes]]:
        """Yield the lines of each block that is not ``is_past``."""
        while self._ahead or self._read():
            block = self._ahead.popleft()
            self._bytes -= len(block)
            if not is_past(block):
                yield block.split(b"\n")

    def has_due(self, due: float, now: float) -> bool:
        """Return whether the recording says where something was done that was due."""
        until = now + _AHEAD
        while self._until < until and self._bytes < _MOST_AHEAD:
            if not self._read():
                break
        near = _micros(due)
        return any(self._dues[key] > 0 for key in (near - 1, near, near + 1))

    def forget_due(self, due: Iterable[float], delta: float) -> None:
        """Note that the replay has come to the place where something was done."""
        for at in due:
            key = _micros(at + delta)
            self._dues[key] -= 1
            if self._dues[key] <= 0:
                del self._dues[key]

    def _read(self) -> bool:
        """Read one block more; return whether there was any."""
        block = next(self._blocks, None)
        while block is None:
            section = next(self._sections, None)
            if section is None:
                return False
            self._begin(section.header)
            self._blocks = section.blocks()
            block = next(self._blocks, None)
        self._ahead.append(block)
        self._bytes += len(block)
        if _CLOCK in block or _TICKED in block:
            self._look(block)
        last = last_time(block)
        if last is not None:
            self._until = (last - self._offset) / 1e9 + self._delta
        return True

    def _begin(self, header: Header) -> None:
        if self._deltas and header.session not in self._deltas:
            self._deltas[header.session] = (header.offset - self.base_offset) / 1e9
        self._delta = self._deltas.setdefault(header.session, 0.0)
        self._offset = header.offset

    def _look(self, block: bytes) -> None:
        """Note where something was done that was due, and how the clock was corrected."""
        for line in block.split(b"\n"):
            if FACTS not in line or not (_CLOCK in line or _TICKED in line):
                continue
            fact = fact_of(line)
            if isinstance(fact, Clock):
                self._offset = fact.offset
            elif isinstance(fact, Ticked):
                self._dues.update(_micros(at + self._delta) for at in fact.due)


def _micros(moment: float) -> int:
    return round(moment * 1e6)


def last_time(block: bytes) -> int | None:
    """Return the time of the last line of a block; None if it is written in another way."""
    start = block.rfind(b"\n", 0, len(block) - 1) + 1
    digits = block[start + 5 : start + 24]
    return int(digits) if digits.isdigit() else None
