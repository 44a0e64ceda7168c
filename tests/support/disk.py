"""A disk that is full, slow or broken on order, and a recording on it in simulated time."""

from __future__ import annotations

import errno
import itertools
import json
from pathlib import Path
from typing import Any

from binance_streams import Gap, Notice, NotRecorded
from binance_streams._catalog import CATALOG
from binance_streams_runtime.recording.filter import Filter
from binance_streams_runtime.recording.index import Block
from binance_streams_runtime.recording.lines import read_head
from binance_streams_runtime.recording.rotation import Rotation
from binance_streams_runtime.storage.compression import frame_in
from binance_streams_runtime.storage.pending import Pending
from binance_streams_runtime.storage.recorder import Recorder
from binance_streams_runtime.storage.writer import Writer
from tests.support.recordings import BEGIN, HEADER, SECOND

GAP = Gap("btcusdt@trade", 1, 2)


class FakeFile:
    """A part in memory."""

    def __init__(self, disk: FakeDisk, path: Path, begin: int) -> None:
        self.disk = disk
        self.path = path
        self.begin = begin
        self.frames: list[bytes] = []
        self.index: list[Block] = []
        self.size = 0
        self.synced = 0
        self.is_closed = False
        self.is_deleted = False

    def append(self, frame: bytes, block: Block) -> None:
        self.disk.check()
        assert not self.is_closed
        self.frames.append(frame)
        self.index.append(block)
        self.size += len(frame)

    def is_there(self) -> bool:
        return not self.is_deleted

    def sync(self) -> None:
        self.disk.check_sync()
        self.synced = self.size

    def close(self) -> None:
        self.is_closed = True
        self.sync()

    def remove(self) -> None:
        self.disk.files.remove(self)

    @property
    def lines(self) -> list[bytes]:
        """Its lines; each frame must be whole."""
        lines: list[bytes] = []
        for frame in self.frames:
            found = frame_in(frame)
            assert found is not None
            lines += found[0].splitlines()
        return lines


class FakeDisk:
    """Where parts are created."""

    def __init__(self) -> None:
        self.files: list[FakeFile] = []
        self.error: int | None = None
        """The number of the error that every write raises; None if all is well."""
        self.sync_error: int | None = None

    def create(self, folder: Path, time: int, session: str) -> FakeFile:
        self.check()
        self.files.append(FakeFile(self, folder / f"{len(self.files)}-{session}", time))
        return self.files[-1]

    def check(self) -> None:
        if self.error is not None:
            raise OSError(self.error, errno.errorcode[self.error])

    def check_sync(self) -> None:
        if self.sync_error is not None:
            raise OSError(self.sync_error, errno.errorcode[self.sync_error])

    @property
    def lines(self) -> list[bytes]:
        """The lines of all parts, in order."""
        return [line for file in self.files for line in file.lines]


class World:
    """A recorder and a writer, without a thread; times are seconds since the beginning."""

    def __init__(
        self,
        rotation: Rotation | None = None,
        most_bytes: int = 1 << 20,
        level: int = 3,
        **filter: Any,
    ) -> None:
        self.disk = FakeDisk()
        self.now = 0.0
        self.pending = Pending(most_bytes)
        rotation = rotation or Rotation()
        self.notices: list[NotRecorded] = []
        self.recorder = Recorder(
            *(self.pending, rotation, "rec", BEGIN, self.state, self.notices.append)
        )
        self.writer = Writer(
            *(Path("rec"), HEADER, rotation, Filter(CATALOG, **filter), self.pending, level),
            create=self.disk.create,
        )
        self._states = itertools.count(1)
        self.writer.open(0.0)
        self.recorder.begin(0.0)

    def state(self) -> dict[str, object]:
        return {"type": "state", "number": next(self._states)}

    def trade(self, number: int, connection: int = 1) -> bytes:
        """Receive a trade now."""
        message = b'{"stream":"btcusdt@trade","data":{"e":"trade","t":%d}}' % number
        self.recorder.frames(self.now, connection, [message], len(message))
        return message

    def notice(self, notice: Notice = GAP) -> None:
        self.recorder.notice(self.now, notice)

    def work(self, seconds: float = 0.0) -> None:
        """Let time pass, and the writer do all that is due."""
        self.now += seconds
        while self.writer.work(self.now):
            pass

    def finish(self) -> None:
        self.recorder.end(self.now)
        self.writer.retry()
        self.work()
        self.writer.finish(self.now)

    def trades(self) -> list[int]:
        """The numbers of all trades on the disk, in order."""
        lines = (json.loads(line) for line in self.disk.lines)
        return [line["data"]["t"] for line in lines if line["stream"] == "btcusdt@trade"]

    def kinds(self, part: int = 0) -> list[str | None]:
        """What the lines of a part are about."""
        return [read_head(line).stream for line in self.disk.files[part].lines]

    def data_of(self, kind: str) -> list[Any]:
        """The data of all lines of a kind."""
        lines = (json.loads(line) for line in self.disk.lines)
        return [line["data"] for line in lines if line["stream"] == kind]


def at(seconds: float) -> int:
    """Return a time of the simulation as a recording has it."""
    return BEGIN + round(seconds * SECOND)
