"""Writing a recording: from what waits to blocks in files. A thread calls it; it has none."""

from __future__ import annotations

import contextlib
import errno
import math
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec

from binance_streams_runtime.errors import redacted
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.protocol.frames import Binary
from binance_streams_runtime.protocol.rest import RestFailure
from binance_streams_runtime.recording.blocks import MOST_BYTES, BlockBuilder
from binance_streams_runtime.recording.clock import nanoseconds
from binance_streams_runtime.recording.facts import Clock
from binance_streams_runtime.recording.filter import Filter
from binance_streams_runtime.recording.header import Header, header_line
from binance_streams_runtime.recording.index import Block
from binance_streams_runtime.recording.lines import (
    HEADER,
    LOST,
    NOTICE,
    REST,
    SESSION,
    answer_line,
    data_line,
    prefix_of,
    snapshot_line,
)
from binance_streams_runtime.recording.notices import notice_data
from binance_streams_runtime.recording.rotation import Rotation
from binance_streams_runtime.storage.compression import Compressor
from binance_streams_runtime.storage.part_file import PartFile
from binance_streams_runtime.storage.pending import (
    Answer,
    Begin,
    Data,
    Entry,
    Frames,
    Lost,
    Pending,
    size_of,
)

_SYNC_EVERY = 5.0
"""Seconds after which the system has to have written everything to the disk."""

_RETRY_EVERY = 1.0
"""Seconds between two attempts to write what could not be written."""


_FULL = (errno.ENOSPC, errno.EDQUOT)

_BEHIND = 0.3
"""Seconds for which something may have waited when a block is compressed at the chosen level."""

_FASTEST_LEVEL = 1

_MOST_ENTRIES = 64
"""Entries that are taken before the time is looked at again."""


class File(Protocol):
    """What a part is written to; see ``PartFile``."""

    path: Path
    size: int

    def append(self, frame: bytes, block: Block) -> None: ...
    def is_there(self) -> bool: ...
    def sync(self) -> None: ...
    def close(self) -> None: ...
    def remove(self) -> None: ...


Create = Callable[[Path, int, str], File]
"""Creates the file of a part in a folder, for its time and session; raises OSError."""


class Job(NamedTuple):
    """A block that is to be written, or the end of a part."""

    frame: bytes
    block: Block | None
    bytes: int
    offset: int
    """That of the clock at its first line."""


_END_OF_PART = Job(b"", None, 0, 0)


class Writer:
    """Turns entries into lines, lines into blocks, and appends them to the files of parts.

    If a block cannot be written, it is kept and tried again, and no further entry is taken: they
    wait in the queue, whose limit applies.
    """

    def __init__(
        self,
        folder: Path,
        header: Header,
        rotation: Rotation,
        filter: Filter,
        pending: Pending,
        level: int,
        create: Create = PartFile,
    ) -> None:
        """Have no part yet; ``folder`` is that of the server, ``header`` that of the first part."""
        self.lines: int = 0
        """How many lines have been written."""
        self.bytes: int = 0
        """How many bytes they have, ends included."""
        self.lost_lines: int = 0
        """How many lines were taken, but could not be written or kept."""
        self.lost_bytes: int = 0
        self.failure: str | None = None
        """Why nothing can be written at the moment; None if that is not so."""
        self.parts: int = 0
        """How many files have been created."""
        self.filter: Filter = filter
        self._folder = folder
        self._header = header
        self._rotation = rotation
        self._pending = pending
        self._compressor = Compressor(level)
        self._fastest = Compressor(min(level, _FASTEST_LEVEL))
        self._now = -math.inf
        self._create = create
        self._offset = header.offset
        self._file: File | None = None
        self._finished_size = 0
        self._builder = BlockBuilder()
        self._block_offset = header.offset
        self._jobs: deque[Job] = deque()
        self._has_asked = False
        # Of the file: how many lines, and which streams.
        self._part_lines = 0
        self._known: set[str] = set()
        self._retry_at = self._sync_at = -math.inf

    @property
    def written(self) -> int:
        """How many bytes there are on disk, in all parts."""
        file = self._file
        return self._finished_size + (0 if file is None else file.size)

    @property
    def path(self) -> Path | None:
        """The file that is being written; None if there is none at the moment."""
        file = self._file
        return None if file is None else file.path

    def open(self, now: float) -> None:
        """Create the file of the first part; raise OSError if that is impossible."""
        self._open(nanoseconds(now) + self._offset, self._offset)

    def work(self, now: float) -> bool:
        """Write what is due ``now``, in seconds; return whether more entries wait.

        Raises nothing that a disk may cause: ``failure`` says what it is.
        """
        self._now = now
        if not self._write(now):
            return False
        self._sync(now)
        for _ in range(_MOST_ENTRIES):
            entry = self._pending.take()
            if entry is None:
                break
            self._add(entry)
            if self._jobs and not self._write(now):
                return False
        else:
            return True
        if self._builder.is_due(now):
            self._cut()
            self._write(now)
        return False

    def finish(self, now: float) -> None:
        """Write what has been taken, and close the file; all else is lost."""
        self._cut()
        if self._write(now) and self._pending.since is None:
            self._end_part(now)
        else:
            self.abandon()
            self.give_up()

    def retry(self) -> None:
        """Try at once to write what could not be written before."""
        self._retry_at = -math.inf

    # Lines

    def _add(self, entry: Entry) -> None:
        if isinstance(entry, tuple):
            self._add_frames(entry)
            return
        time = nanoseconds(entry.time) + self._offset
        match entry:
            case Answer():
                self._add_answer(time, entry)
            case Data():
                self._add_data(time, entry)
            case Lost():
                data = {"lines": entry.lines, "bytes": entry.bytes, "reason": entry.reason}
                self._add_line(entry.time, time, LOST, data_line(time, LOST, data))
            case Begin():
                self._cut()
                if self._jobs or self._part_lines > 1:
                    self._jobs.append(_END_OF_PART)
                self._has_asked = False
                self._add_line(entry.time, time, SESSION, data_line(time, SESSION, entry.state))

    def _add_frames(self, frames: Frames) -> None:
        moment, connection, items, _, is_account = frames
        time = nanoseconds(moment) + self._offset
        prefix = prefix_of(time, connection)
        if not is_account:
            streams, lines = self.filter.usual_lines(prefix, items)
            if lines:
                if not self._builder:
                    self._block_offset = self._offset
                self._builder.extend(moment, time, streams, lines)
                if self._builder.size >= MOST_BYTES:
                    self._cut()
            items = items[len(lines) :]
        for item in items:
            if isinstance(item, bytes):
                found = self.filter.line(prefix, item, is_account)
            elif isinstance(item, Binary):
                found = self.filter.binary_line(prefix, item.payload, is_account)
            else:
                continue
            if found is not None:
                self._add_line(moment, time, *found)

    def _add_answer(self, time: int, entry: Answer) -> None:
        name = entry.snapshot_of
        if name is None:
            line = answer_line(time, entry.request, entry.status, entry.body)
            self._add_line(entry.time, time, REST, line)
        else:
            line = snapshot_line(time, name, entry.request, entry.body)
            self._add_line(entry.time, time, name, line)

    def _add_data(self, time: int, entry: Data) -> None:
        data = entry.data
        if isinstance(data, Notice):
            notice = self.filter.notice(data)
            if notice is not None:
                line = data_line(time, NOTICE, notice_data(notice))
                self._add_line(entry.time, time, NOTICE, line)
        elif isinstance(data, RestFailure):
            failure = {"request": entry.request, "failure": data}
            self._add_line(entry.time, time, REST, data_line(time, REST, failure))
        else:
            line = self.filter.fact_line(data_line(time, SESSION, data))
            self._add_line(entry.time, time, SESSION, line)
            if isinstance(data, Clock):
                self._offset = data.offset

    def _add_line(self, moment: float, time: int, stream: str, line: bytes) -> None:
        builder = self._builder
        if not builder:
            self._block_offset = self._offset
        builder.add(moment, time, stream, line)
        if builder.size >= MOST_BYTES:
            self._cut()

    # Blocks

    def _cut(self) -> None:
        """End the block, if it has lines."""
        if self._builder:
            content, block = self._builder.take()
            # What waits is lost if the process is killed, so it must not wait for a small file.
            since = self._pending.since
            is_behind = since is not None and self._now - since > _BEHIND
            frame = (self._fastest if is_behind else self._compressor).frame(content)
            self._jobs.append(Job(frame, block, len(content), self._block_offset))

    def _write(self, now: float) -> bool:
        """Write the blocks that wait; return whether none is left."""
        while self._jobs:
            if now < self._retry_at:
                return False
            job = self._jobs[0]
            if job.block is None:
                self._end_part(now)
            else:
                try:
                    self._append(job, job.block)
                except OSError as error:
                    self._failed(now, error)
                    return False
            self._jobs.popleft()
        return True

    def _append(self, job: Job, block: Block) -> None:
        if self._file is None:
            self._open(block.first, job.offset)
        assert self._file is not None
        new = tuple(name for name in block.streams if name not in self._known)
        self._file.append(job.frame, msgspec.structs.replace(block, streams=new))
        self._known.update(new)
        self.lines += block.lines
        self.bytes += job.bytes
        self._part_lines += block.lines
        self.failure = self._pending.reason = None
        size = self._rotation.size
        if size is not None and self._file.size >= size and not self._has_asked:
            self._has_asked = self._pending.needs_part = True

    def _failed(self, now: float, error: OSError) -> None:
        """Try again later: in another file, unless the disk is just full."""
        self.failure = redacted(f"{error.strerror or error}")
        self._pending.reason = self.failure
        self._retry_at = now + _RETRY_EVERY
        if error.errno not in _FULL:
            self.give_up()

    def abandon(self) -> None:
        """Give up what has not been written."""
        self._cut()
        for job in self._jobs:
            if job.block is not None:
                self.lost_lines += job.block.lines
                self.lost_bytes += job.bytes
        self._jobs.clear()
        while (entry := self._pending.take()) is not None:
            self.lost_lines += len(entry[2]) if isinstance(entry, tuple) else 1
            self.lost_bytes += size_of(entry)

    # Parts

    def _open(self, time: int, offset: int) -> None:
        """Create a part, which begins with its header in a block of its own."""
        file = self._create(self._folder, time, self._header.session)
        header = msgspec.structs.replace(self._header, part=self.parts + 1, offset=offset)
        content = header_line(time, header) + b"\n"
        try:
            file.append(self._compressor.frame(content), Block(0, 0, time, time, 1, (HEADER,)))
        except OSError:
            with contextlib.suppress(OSError):
                file.close()
            with contextlib.suppress(OSError):
                file.remove()
            raise
        self._file = file
        self.parts += 1
        self._part_lines, self._known = 1, {HEADER}

    def _end_part(self, now: float) -> None:
        file, self._file = self._file, None
        if file is not None:
            self._finished_size += file.size
            try:
                file.close()
            except OSError as error:
                self._failed(now, error)

    def give_up(self) -> None:
        """Close the file without minding errors: the next block begins another one."""
        file, self._file = self._file, None
        if file is not None:
            # The next one does not begin with a state, which only the driver knows.
            self._pending.needs_state = True
            self._finished_size += file.size
            with contextlib.suppress(OSError):
                file.close()

    def _sync(self, now: float) -> None:
        """Have everything on the disk from time to time, and see that the file is still there."""
        if now < self._sync_at or self._file is None:
            return
        self._sync_at = now + _SYNC_EVERY
        try:
            self._file.sync()
            if self._file.is_there():
                return
            self.lost_lines += self._part_lines
            self.lost_bytes += self._file.size
            raise FileNotFoundError(errno.ENOENT, f"{self._file.path} was deleted")
        except OSError as error:
            self._failed(now, error)
            self.give_up()
