"""Repairing parts whose writer was killed, or whose disk lost something."""

from __future__ import annotations

import contextlib
import mmap
import os
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from msgspec import Struct

from binance_streams_runtime.errors import RecordingError
from binance_streams_runtime.recording.index import Block, block_line
from binance_streams_runtime.recording.lines import Head, read_head
from binance_streams_runtime.storage.compression import MAGIC, Compressor, frame_in, salvage
from binance_streams_runtime.storage.part_file import is_being_written
from binance_streams_runtime.storage.parts import ENDING, Part, index_path, open_part

_COPY = 1024 * 1024
_LEVEL = 3

_WINDOW = 512 * 1024
"""Bytes to look at for a block at first: more than a block has, unless a message is larger."""


class Repair(Struct, frozen=True):
    """What was done about one part."""

    path: Path
    damage: str | None = None
    """What was wrong with the file; None if every block was whole."""
    damaged_bytes: int = 0
    """How many bytes the file had from there to its end."""
    saved_lines: int = 0
    """How many lines of these could be read nevertheless, and are kept."""
    has_new_index: bool = False
    """Whether the index was missing or wrong, and was made anew."""
    is_skipped: bool = False
    """Whether nothing was done: it is being written, or has no header; ``damage`` says which."""


def repair(path: str | os.PathLike[str]) -> list[Repair]:
    """Repair the parts of a recording: a folder with all that is in it, or one file.

    A part that does not end with a whole block gets one: what can be read of the torn block is
    kept, the rest is removed. Whole blocks behind a damaged place are kept as well. An index that
    is missing or wrong is made anew. Parts that a client is writing are left alone.

    Readable lines are never removed: a file is replaced only by one that has all of them.

    Raises RecordingError if there is no such file or folder, or if it cannot be written.
    """
    root = Path(path)
    if root.is_dir():
        paths = sorted(root.rglob(f"*{ENDING}"))
    elif root.is_file():
        paths = [root]
    else:
        raise RecordingError(f"{root}: there is no such file or folder")
    try:
        return [_repair(one) for one in paths]
    except OSError as error:
        raise RecordingError(f"{error.filename or root}: {error.strerror or error}") from None


def _repair(path: Path) -> Repair:
    if is_being_written(path):
        return Repair(path, "a client is writing it", is_skipped=True)
    try:
        part = open_part(path)
    except RecordingError as error:
        return Repair(path, str(error), is_skipped=True)
    known: set[str] = set()
    blocks = [_block(at, content, size, known) for at, size, content in _whole_blocks(part)]
    if part.damage is None:
        return Repair(path, has_new_index=_write_index(path, blocks))
    end = blocks[-1].end
    damaged = path.stat().st_size - end
    contents = _readable(path, end)
    first = next(contents, None)
    if first is None:
        os.truncate(path, end)
    else:
        _replace(path, blocks, known, chain([first], contents))
    saved = sum(block.lines for block in blocks if block.offset >= end)
    return Repair(path, part.damage, damaged, saved, _write_index(path, blocks))


def _whole_blocks(part: Part) -> Iterator[tuple[int, int, bytes]]:
    """Yield where each block up to the damage begins, how long it is, and its content."""
    last: tuple[int, bytes] | None = None
    for at, content in part.frames():
        if last is not None:
            yield last[0], at - last[0], last[1]
        last = at, content
    assert last is not None, "a part has been opened, so its first block is whole"
    with part.path.open("rb") as file:
        file.seek(last[0])
        size = _size_of_first(file.read())
    yield last[0], size, last[1]


def _size_of_first(data: bytes) -> int:
    found = frame_in(data)
    assert found is not None
    return found[1]


def _readable(path: Path, begin: int) -> Iterator[bytes]:
    """Yield the lines of the damaged block at ``begin``, as far as they go, and whole ones behind.

    The file may be larger than memory.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        position = begin
        while position >= 0:
            found = _block_at(data, position) if position > begin else None
            if found is not None:
                content, size = found
                following = position + size
            else:
                with memoryview(data) as view, view[position:] as rest:
                    content = salvage(rest)
                following = data.find(MAGIC, position + 1)
            # A piece of a text may look like the beginning of a block.
            if content and all(map(_is_line, content.splitlines())):
                yield content
            elif found is not None:
                following = data.find(MAGIC, position + 1)
            position = following if 0 <= following < len(data) else -1


def _block_at(data: mmap.mmap, position: int) -> tuple[bytes, int] | None:
    """Return what the block at a position holds, and its size; None if there is no whole one."""
    size = _WINDOW
    while True:
        piece = data[position : position + size]
        try:
            found = frame_in(piece)
        except ValueError:
            return None
        if found is not None or len(piece) < size:
            return found
        size *= 2


def _is_line(line: bytes) -> bool:
    return _head(line) is not None and line.endswith(b"}")


def _head(line: bytes) -> Head | None:
    """Return what a line begins with; None if it is none, as somebody has edited the file."""
    try:
        return read_head(line)
    except ValueError:
        return None


def _block(at: int, content: bytes, size: int, known: set[str]) -> Block:
    lines = content.splitlines()
    heads = [head for head in map(_head, lines) if head is not None]
    times = [head.time for head in heads] or [0]
    new = {head.stream or "": None for head in heads if (head.stream or "") not in known}
    known.update(new)
    return Block(at, size, min(times), max(times), len(lines), tuple(new))


def _write_index(path: Path, blocks: list[Block]) -> bool:
    """Write the index, unless there is one that lists the same blocks; return whether."""
    index = index_path(path)
    content = b"".join(map(block_line, blocks))
    with contextlib.suppress(FileNotFoundError):
        if index.read_bytes() == content:
            return False
    _write(index, content)
    return True


def _replace(path: Path, blocks: list[Block], known: set[str], contents: Iterable[bytes]) -> None:
    """Replace a file by these blocks, with which it begins, and by these contents; add theirs."""
    temporary = path.with_name(f"{path.name}.repair")
    compressor = Compressor(_LEVEL)
    try:
        with path.open("rb") as source, temporary.open("wb") as target:
            left = blocks[-1].end
            while left:
                piece = source.read(min(_COPY, left))
                target.write(piece)
                left -= len(piece)
            for content in contents:
                frame = compressor.frame(content)
                target.write(frame)
                blocks.append(_block(blocks[-1].end, content, len(frame), known))
            target.flush()
            os.fsync(target.fileno())
        temporary.replace(path)
    except OSError:
        # The disk may be full, and the file is as it was.
        temporary.unlink(missing_ok=True)
        raise


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(f"{path.name}.repair")
    temporary.write_bytes(content)
    temporary.replace(path)
