"""What is in a recording: when, which streams, how much, and what is missing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec

from binance_streams_runtime.recording.lines import LOST, NOTICE, read_head
from binance_streams_runtime.storage.parts import Part, parts_in


class PartInfo(msgspec.Struct, frozen=True):
    """One file of a recording."""

    path: str
    market: str
    """The market, such as ``spot``."""
    server: str
    """The server's name, or its host and port."""
    session: str
    """The recording that it is a part of: 8 hexadecimal digits."""
    part: int
    """Which part of the session it is, from 1."""
    begin: int
    """When its first line was written: Unix time in nanoseconds."""
    end: int
    """The time of its last line, in the same unit."""
    lines: int
    size: int
    """Bytes of the file."""
    damage: str | None = None
    """What is wrong with the end of the file; None if nothing is."""


class StreamInfo(msgspec.Struct, frozen=True):
    """The messages of one stream."""

    lines: int
    """How many there are, on all connections."""
    bytes: int
    """Their size, uncompressed, with their times."""


class RecordingInfo(msgspec.Struct, frozen=True):
    """A recording: its files, its streams, and what is missing."""

    path: str
    parts: tuple[PartInfo, ...]
    streams: dict[str, StreamInfo | None]
    """The streams by name; None for each if they were not counted."""
    notices: dict[str, int] | None
    """How many notices there are, by their class; None if they were not counted."""
    missing: int | None
    """How many events the gaps with ids say to be missing; None if they were not counted."""
    lost: int | None
    """How many lines could not be written; None if they were not counted."""

    @property
    def begin(self) -> int:
        """The time of the first line: Unix time in nanoseconds."""
        return min(part.begin for part in self.parts)

    @property
    def end(self) -> int:
        """The time of the last line."""
        return max(part.end for part in self.parts)

    @property
    def lines(self) -> int:
        """How many lines all files have."""
        return sum(part.lines for part in self.parts)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(part.size for part in self.parts)

    @property
    def sessions(self) -> tuple[str, ...]:
        """The sessions, in order of their beginning."""
        return tuple(dict.fromkeys(part.session for part in self.parts))

    @property
    def gaps(self) -> int | None:
        """How many gaps were reported; None if they were not counted."""
        return None if self.notices is None else self.notices.get("Gap", 0)

    @property
    def torn(self) -> tuple[str, ...]:
        """The files that do not end with a whole block: ``repair`` cuts them."""
        return tuple(part.path for part in self.parts if part.damage is not None)


def recording_info(path: str | Path, *, counts: bool = True) -> RecordingInfo:
    """Describe a recording: a folder, or one file.

    Args:
        path: The folder of ``record``, one of a server or a day in it, or one file.
        counts: Whether to count lines, bytes, notices and gaps by stream, which reads all of it;
            otherwise little more than the indexes is read.

    Raises:
        RecordingError: There is no recording, or a file cannot be read.
    """
    parts = parts_in(path)
    counted = _Counted()
    infos = tuple(
        counted.scan(part) if counts else (_by_index(part, counted) or counted.scan(part))
        for part in parts
    )
    names = [name for name in counted.names if _is_stream(name)]
    streams: dict[str, StreamInfo | None] = {
        name: StreamInfo(counted.lines[name], counted.bytes[name]) if counts else None
        for name in sorted(names)
    }
    return RecordingInfo(
        path=str(path),
        parts=infos,
        streams=streams,
        notices=dict(sorted(counted.notices.items())) if counts else None,
        missing=counted.missing if counts else None,
        lost=counted.lost if counts else None,
    )


def _is_stream(name: str) -> bool:
    """Return whether a line's name is that of a stream: responses have none."""
    return name != "" and (not name.startswith("!") or "@" in name)


class _Data(msgspec.Struct):
    type: str = ""
    first_missing: int | None = None
    last_missing: int | None = None
    lines: int = 0


class _Line(msgspec.Struct):
    data: _Data


_decode = msgspec.json.Decoder(_Line).decode


class _Counted:
    """What has been counted so far."""

    def __init__(self) -> None:
        self.names: dict[str, None] = {}
        self.lines: Counter[str] = Counter()
        self.bytes: Counter[str] = Counter()
        self.notices: Counter[str] = Counter()
        self.missing = 0
        self.lost = 0

    def scan(self, part: Part) -> PartInfo:
        """Read a part."""
        lines, end = 0, part.begin
        for content in part.blocks():
            for line in content.split(b"\n"):
                if not line:
                    continue
                lines += 1
                try:
                    head = read_head(line)
                except ValueError:
                    continue
                end = max(end, head.time)
                if head.stream is not None:
                    self._count(head.stream, line)
        return _info(part, end, lines)

    def _count(self, name: str, line: bytes) -> None:
        self.names[name] = None
        self.lines[name] += 1
        self.bytes[name] += len(line) + 1
        if name not in (NOTICE, LOST):
            return
        try:
            data = _decode(line).data
        except (msgspec.DecodeError, UnicodeError):
            return
        if name == LOST:
            self.lost += data.lines
            return
        self.notices[data.type] += 1
        if data.type == "Gap" and data.first_missing is not None and data.last_missing is not None:
            self.missing += data.last_missing - data.first_missing + 1


def _by_index(part: Part, counted: _Counted) -> PartInfo | None:
    """Describe a part by its index; None if it has none of the whole file."""
    index = part.whole_index()
    if index is None:
        return None
    for block in index:
        counted.names.update(dict.fromkeys(block.streams))
    return _info(part, part.end, sum(block.lines for block in index))


def _info(part: Part, end: int, lines: int) -> PartInfo:
    header = part.header
    return PartInfo(
        path=str(part.path),
        market=header.market,
        server=header.server,
        session=header.session,
        part=header.part,
        begin=part.begin,
        end=end,
        lines=lines,
        size=part.path.stat().st_size,
        damage=part.damage,
    )
