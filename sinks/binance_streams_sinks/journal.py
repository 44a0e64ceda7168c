"""Messages in a file to which they are only appended, so that a crash leaves all of them there."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]

_SIZE = 4
"""Bytes in front of each entry that say how long it is."""

_CHUNK = 1 << 20


class Entry(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A message as it was published."""

    stream: str
    """The name of its stream; empty if it is of none."""
    subject: str
    id: str
    received: int
    """Unix time in nanoseconds."""
    payload: bytes


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Entry).decode


class Journal:
    """A journal that is being written; nobody else reads it meanwhile."""

    def __init__(self, path: Path, *, is_new: bool) -> None:
        """Open it; raise OSError if it cannot be, or if another process has it open."""
        self.path: Path = path
        flags = os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0)
        self._descriptor = os.open(path, flags | (os.O_CREAT | os.O_EXCL if is_new else 0), 0o644)
        self._size = os.fstat(self._descriptor).st_size
        self._is_synced = True
        if fcntl is not None:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self.close()
                raise

    def append(self, entries: Iterable[Entry]) -> None:
        """Write entries; raise OSError if not all of them can be written, and none is then."""
        parts: list[bytes] = []
        for entry in entries:
            encoded = _encode(entry)
            parts += (len(encoded).to_bytes(_SIZE, "big"), encoded)
        data = memoryview(b"".join(parts))
        end = self._size + len(data)
        self._is_synced = False
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError:
            # A part of an entry would hide all that follow.
            os.ftruncate(self._descriptor, self._size)
            raise
        self._size = end

    def sync(self) -> None:
        """Have the system write to the disk what has been appended."""
        if not self._is_synced:
            os.fsync(self._descriptor)
            self._is_synced = True

    def entries(self) -> Iterator[Entry]:
        """Read it from the beginning; a torn entry at its end is left out."""
        with self.path.open("rb") as file:
            data = b""
            while chunk := file.read(_CHUNK):
                data += chunk
                at = 0
                while (begin := at + _SIZE) <= len(data):
                    end = begin + int.from_bytes(data[at:begin], "big")
                    if end > len(data):
                        break
                    try:
                        yield _decode(data[begin:end])
                    except msgspec.DecodeError:
                        # After a power cut, a file may end with what was never written to it.
                        return
                    at = end
                data = data[at:]

    def close(self) -> None:
        """Close it; the file stays."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def remove(self) -> None:
        """Remove the file, and close it."""
        if os.name == "nt":
            # It has no names of open files to remove.
            self.close()
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()
        self.close()
