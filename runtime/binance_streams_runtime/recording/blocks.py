"""Gathering lines into blocks, each of which becomes one zstd frame."""

from __future__ import annotations

from binance_streams_runtime.recording.index import Block

MOST_BYTES = 256 * 1024
"""A block ends with the read that makes it this long, so that little is read to find a line."""

MOST_SECONDS = 0.8
"""A block ends this long after its first line, so that a killed process loses a second at most."""


class BlockBuilder:
    """The lines of a part that are not written yet."""

    def __init__(self) -> None:
        self.size: int = 0
        """How many bytes they have, ends included."""
        self.begun: float = 0.0
        """When the first one was received, in monotonic seconds."""
        self._lines: list[bytes] = []
        self._first = self._last = 0
        self._count = 0
        self._streams: dict[str, None] = {}

    def __bool__(self) -> bool:
        return bool(self._lines)

    def add(self, moment: float, time: int, stream: str, line: bytes) -> None:
        """Add a line of a stream, without its end, received at ``moment``, which is ``time``.

        One is in monotonic seconds, the other in Unix nanoseconds.
        """
        self.extend(moment, time, [stream], [line])

    def extend(self, moment: float, time: int, streams: list[str], lines: list[bytes]) -> None:
        """Add the lines of these streams, all of the same time."""
        if not self._lines:
            self.begun, self._first, self._last = moment, time, time
        elif time > self._last:
            self._last = time
        elif time < self._first:
            self._first = time
        self._lines += lines
        self.size += sum(map(len, lines)) + len(lines)
        self._streams.update(dict.fromkeys(streams))

    def is_due(self, now: float) -> bool:
        """Return whether it is time to end the block."""
        return self.size >= MOST_BYTES or (self.size > 0 and now - self.begun >= MOST_SECONDS)

    def take(self) -> tuple[bytes, Block]:
        """Return the lines as one block, which is nowhere yet, and begin the next one.

        It names all its streams.
        """
        self._lines.append(b"")
        content = b"\n".join(self._lines)
        block = Block(
            *(0, 0, self._first, self._last, len(self._lines) - 1, tuple(self._streams)),
        )
        self._lines, self._streams, self.size = [], {}, 0
        return content, block
