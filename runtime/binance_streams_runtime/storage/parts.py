"""Finding and reading the parts of recordings, also those that are torn or have no index."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from binance_streams_runtime.errors import RecordingError
from binance_streams_runtime.recording.header import Header, read_header
from binance_streams_runtime.recording.index import SUFFIX, Block, read_index
from binance_streams_runtime.storage.compression import frame_in

ENDING = ".jsonl.zst"
"""How the name of every part ends."""

_OUR_PACKAGES = "binance_streams"
"""How the names of generated packages begin."""

_CHUNK = 512 * 1024
"""Bytes to read at once: more than a block has, unless a single message is larger."""

_MARGIN = 1_000_000_000
"""Nanoseconds by which the time of lines may step back: the system's clock was corrected."""


class Part:
    """One file of a recording."""

    def __init__(self, path: Path, begin: int, header: Header) -> None:
        self.path: Path = path
        self.begin: int = begin
        """The time of its first line: Unix nanoseconds."""
        self.header: Header = header
        self.damage: str | None = None
        """What is wrong with the end of the file; known once it has been read to its end."""

    def __repr__(self) -> str:
        return f"<Part {self.path}>"

    @property
    def is_torn(self) -> bool:
        """Whether the file does not end with a whole block, as its writer was killed."""
        return self.damage is not None

    @property
    def index_path(self) -> Path:
        """Where the index is, if there is one."""
        return index_path(self.path)

    def index(self) -> list[Block]:
        """Return the blocks that the index lists, which may be fewer than there are."""
        try:
            blocks = read_index(self.index_path.read_bytes())
            size = self.path.stat().st_size
        except OSError:
            return []
        return [block for block in blocks if block.end <= size]

    def whole_index(self) -> list[Block] | None:
        """Return the blocks of the whole file; None if the index does not list them all."""
        index = self.index()
        return index if index and index[-1].end == self.path.stat().st_size else None

    @property
    def end(self) -> int:
        """The latest time of a line, as far as the index says so: Unix nanoseconds."""
        return max((block.last for block in self.index()), default=self.begin)

    def blocks(self, since: int | None = None, until: int | None = None) -> Iterator[bytes]:
        """Yield the blocks, uncompressed: whole lines, each with its end.

        With ``since`` and ``until``, in Unix nanoseconds, those that the index says to lie outside
        are left out; others may still hold lines from outside.
        """
        for _, content in self.frames(since, until):
            yield content

    def frames(
        self, since: int | None = None, until: int | None = None
    ) -> Iterator[tuple[int, bytes]]:
        """Yield where each block begins in the file, and its content; see ``blocks``."""
        start, stop = 0, None
        if since is not None or until is not None:
            start, stop = _bounds(self.index(), since, until)
        with self.path.open("rb") as file:
            yield from self._frames(file, start, stop)

    def _frames(self, file: BinaryIO, start: int, stop: int | None) -> Iterator[tuple[int, bytes]]:
        self.damage = None
        file.seek(start)
        at, data = start, b""
        while stop is None or at < stop:
            more = file.read(max(_CHUNK, len(data)))
            data += more
            position = 0
            while position < len(data) and (stop is None or at < stop):
                try:
                    found = frame_in(data[position:] if position else data)
                except ValueError as error:
                    self.damage = f"{error} (at byte {at:,})"
                    return
                if found is None:
                    break
                content, size = found
                yield at, content
                position += size
                at += size
            data = data[position:]
            if not more:
                if data:
                    self.damage = f"the last block is incomplete (at byte {at:,})"
                return


def index_path(path: Path) -> Path:
    """Return where the index of a part is."""
    return path.with_name(path.name + SUFFIX)


def _bounds(index: list[Block], since: int | None, until: int | None) -> tuple[int, int | None]:
    """Return from where and up to where to read for these times; None is the end of the file."""
    start, stop = 0, None
    if since is not None:
        for block in index:
            if block.last >= since - _MARGIN:
                break
            start = block.end
    if until is not None:
        for block in index:
            if block.first > until + _MARGIN:
                stop = block.offset
                break
    return start, stop


def open_part(path: Path) -> Part:
    """Return the part in a file; raise RecordingError if it is none, or not even begun."""
    try:
        with path.open("rb") as file:
            content = _first_block(file)
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror or error}") from None
    except ValueError as error:
        raise RecordingError(f"{path} is no part of a recording: {error}") from None
    if content is None:
        raise RecordingError(f"{path} has no whole block: its writer ended at once")
    try:
        begin, header = read_header(content[: content.find(b"\n")])
    except ValueError as error:
        raise RecordingError(f"{path}: {error}") from None
    return Part(path, begin, header)


def _first_block(file: BinaryIO) -> bytes | None:
    data = b""
    while more := file.read(max(_CHUNK, len(data))):
        data += more
        found = frame_in(data)
        if found is not None:
            return found[0]
    return None


def parts_in(path: str | Path) -> list[Part]:
    """Return the parts that ``find_parts`` finds; raise RecordingError if there are none."""
    parts = find_parts(path)
    if not parts:
        raise RecordingError(f"{path}: there is no recording in this folder")
    return parts


def package_in(path: str | Path) -> str:
    """Return the package of the market that was recorded, which may be imported.

    Raises RecordingError if there is no recording, if it has parts of several markets, or if its
    package is neither one of ours nor imported already: a file must not decide which module of
    this machine is imported.
    """
    names = dict.fromkeys(part.header.package for part in parts_in(path))
    if len(names) > 1:
        raise RecordingError(f"{path} has recordings of {' and '.join(names)}: name one of them")
    (name,) = names
    is_ours = name.isidentifier() and name.startswith(_OUR_PACKAGES)
    if not is_ours and name not in sys.modules:
        raise RecordingError(f"{path} is a recording of {name}: import {name} before")
    return name


def find_parts(root: str | Path, since: int | None = None, until: int | None = None) -> list[Part]:
    """Return the parts under a folder, or of one file, in order of their beginning.

    With ``since`` and ``until``, in Unix nanoseconds, those that begin after or ended before are
    left out. Files that their writer has hardly begun are skipped. Raises RecordingError if there
    is no such folder, and if a file that ends with ``.jsonl.zst`` is no part of a recording.
    """
    root = Path(root)
    if root.is_file():
        parts = [open_part(root)]
    elif root.is_dir():
        paths = sorted(root.rglob(f"*{ENDING}"))
        parts = [open_part(path) for path in paths if _is_begun(path)]
    else:
        raise RecordingError(f"{root}: there is no such file or folder")
    parts.sort(key=lambda part: (part.begin, part.header.session, part.header.part))
    return parts_within(parts, since, until)


def parts_within(parts: list[Part], since: int | None, until: int | None) -> list[Part]:
    """Return those of the parts, which are in order, that may have lines within these times."""
    if until is not None:
        parts = [part for part in parts if part.begin <= until]
    if since is not None:
        ended = _ended_before(parts, since)
        parts = [part for part in parts if part not in ended]
    return parts


def _is_begun(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            return _first_block(file) is not None
        except ValueError:
            # Not silent, as this is the folder that was asked for.
            return True


def _ended_before(parts: list[Part], since: int) -> set[Part]:
    """Return the parts that the next part of their session has followed by then."""
    ended = set()
    last: dict[str, Part] = {}
    for part in parts:
        previous = last.get(part.header.session)
        if previous is not None and part.begin < since - _MARGIN:
            ended.add(previous)
        last[part.header.session] = part
    return ended
