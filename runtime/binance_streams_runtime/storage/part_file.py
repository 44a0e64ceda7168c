"""One part of a recording while it is written: its file, its index, and nobody else's."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path

import msgspec

from binance_streams_runtime.recording.index import Block, block_line
from binance_streams_runtime.storage.parts import ENDING, index_path
from binance_streams_runtime.transport import forks

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_MOST_NAMES = 1000
"""Parts of one recording that may begin in the same second."""


class PartFile:
    """A new file, to which whole blocks are appended."""

    def __init__(self, folder: Path, time: int, session: str) -> None:
        """Create the file; raise OSError if that is impossible. No other file is touched.

        Args:
            folder: That of the server; the part is in the folder of its day.
            time: When the part begins: Unix nanoseconds.
            session: The recording that it belongs to.
        """
        begin = datetime.fromtimestamp(time // 1_000_000_000, UTC)
        day = folder / f"{begin:%Y-%m-%d}"
        day.mkdir(parents=True, exist_ok=True)
        self.path, self._file = _create(day, f"{begin:%H%M%S}-{session}")
        self.size: int = 0
        """How many bytes it has, all of them in whole blocks."""
        self._index: FileIO | None = None
        self._is_synced = True
        with contextlib.suppress(OSError):
            # Without an index, a part is read from its beginning.
            self._index = _open_new(index_path(self.path))

    def append(self, frame: bytes, block: Block) -> None:
        """Append a block; raise OSError if it cannot be written whole, and leave nothing of it."""
        self._is_synced = False
        try:
            _write(self._file, frame)
        except OSError:
            # What is there of it would end the part for readers.
            self._file.truncate(self.size)
            self._file.seek(self.size)
            raise
        block = msgspec.structs.replace(block, offset=self.size, size=len(frame))
        self.size += len(frame)
        if self._index is not None:
            try:
                _write(self._index, block_line(block))
            except OSError:
                self._close_index()

    def is_there(self) -> bool:
        """Return whether the file still has a name: what is written is lost if it was deleted."""
        return os.fstat(self._file.fileno()).st_nlink > 0

    def sync(self) -> None:
        """Have the system write everything to the disk; raise OSError if it cannot."""
        if not self._is_synced:
            os.fsync(self._file.fileno())
            self._is_synced = True

    def close(self) -> None:
        """Close the file; raise OSError if the system could not write it to the disk."""
        try:
            self.sync()
        finally:
            self._close_index()
            forks.close(self._file)

    def remove(self) -> None:
        """Delete the file, in which nothing could be written."""
        self.path.unlink()
        index_path(self.path).unlink(missing_ok=True)

    def _close_index(self) -> None:
        if self._index is not None:
            forks.close(self._index)
            self._index = None


def _create(day: Path, name: str) -> tuple[Path, FileIO]:
    for number in _numbers():
        path = day / f"{name}{number}{ENDING}"
        try:
            return path, _open_new(path)
        except FileExistsError:
            continue
    raise FileExistsError(17, f"{_MOST_NAMES} files of this name exist", str(day / name))


def _numbers() -> Iterator[str]:
    yield ""
    yield from (f"-{number}" for number in range(2, _MOST_NAMES))


def _open_new(path: Path) -> FileIO:
    """Create a file that does not exist yet, and mark it for other processes as being written."""
    with forks.lock():
        file = forks.own(FileIO(path, "xb"))
    if fcntl is not None:
        with contextlib.suppress(OSError):
            # Some file systems have no locks.
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    return file


def _write(file: FileIO, data: bytes) -> None:
    """Write all of ``data``; raise OSError if only a part can be written."""
    view = memoryview(data)
    while view:
        view = view[file.write(view) or 0 :]


def is_being_written(path: Path) -> bool:
    """Return whether a process has the part open to append to it, as far as that can be known."""
    if fcntl is None:
        return False
    with path.open("rb") as file:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        return False
