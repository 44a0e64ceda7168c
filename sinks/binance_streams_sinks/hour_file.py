"""Messages of one kind and hour: a journal at first, and Parquet once the hour is over.

The journal alone is what counts until then. Row groups are written beside it as they fill, so that
the end of an hour is no more work than any other time; they get their names together, and only
then is the journal removed. Whoever finds a journal makes its files again.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

from binance_streams_sinks.arrow import pa, pq
from binance_streams_sinks.journal import Entry, Journal

ENDING = ".parquet"
_JOURNAL = ".journal"

ROWS = 65_536
"""Rows of a group, unless they are too large."""
BYTES = 8 * 1024 * 1024
"""Bytes of the messages of a group."""

Build = Callable[[list[Any]], Any]
"""Makes a table of rows."""


def journals(folder: Path, collector: str) -> list[Path]:
    """Return the journals of a collector anywhere below a folder, the oldest first."""
    found = folder.rglob(f".*{_JOURNAL}")
    return sorted(path for path in found if _collector_of(path) == collector)


def _collector_of(path: Path) -> str:
    # .13.NAME.0.journal
    return path.name.split(".")[2]


class HourFile:
    """The files of one hour."""

    def __init__(self, journal: Journal, build: Build) -> None:
        """Use ``begin`` or ``reopen``."""
        self._journal = journal
        self._build = build
        self._folder = journal.path.parent
        self._name = journal.path.name.removeprefix(".").removesuffix(_JOURNAL)
        self._waiting: list[Any] = []
        self._bytes = 0
        self._writer: Any = None
        self._parts = 0

    @classmethod
    def begin(cls, folder: Path, hour: str, collector: str, build: Build) -> HourFile:
        """Begin files of an hour of which there may be some already; raise OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        for run in count():
            name = f"{hour}.{collector}.{run}"
            if any(folder.glob(f"{name}.*{ENDING}")):
                continue
            with contextlib.suppress(FileExistsError):
                return cls(Journal(folder / f".{name}{_JOURNAL}", is_new=True), build)
        raise AssertionError

    @classmethod
    def reopen(cls, path: Path, build: Build) -> HourFile:
        """Begin the files of a journal anew; raise OSError, also if it is still being written."""
        file = cls(Journal(path, is_new=False), build)
        try:
            for old in file._partials():
                old.unlink()
        except OSError:
            # Else its lock would be held, and the next attempt fail for that.
            file.abandon()
            raise
        return file

    @property
    def path(self) -> Path:
        """Where its journal is."""
        return self._journal.path

    def entries(self) -> Iterator[Entry]:
        """Read its journal."""
        return self._journal.entries()

    def append(self, entries: list[Entry]) -> None:
        """Write messages to the journal; raise OSError if none of them could be."""
        self._journal.append(entries)

    def sync(self) -> None:
        """Have the system write the journal to the disk; raise OSError."""
        self._journal.sync()

    def add(self, rows: list[Any], size: int) -> None:
        """Add the rows of what is in the journal, ``size`` bytes of messages; raise OSError."""
        self._waiting += rows
        self._bytes += size
        if len(self._waiting) >= ROWS or self._bytes >= BYTES:
            self._write()

    def finish(self) -> list[Path]:
        """Give the files their names, and return these; raise OSError."""
        self._write()
        self._close_writer()
        made = []
        for partial in self._partials():
            with partial.open("rb+") as file:
                os.fsync(file.fileno())
            path = self._folder / partial.name.removeprefix(".").removesuffix(".partial")
            partial.replace(path)
            made.append(path)
        for old in self._folder.glob(f"{self._name}.*{ENDING}"):
            # By somebody who was stopped before the journal was removed.
            if old not in made:
                old.unlink()
        self._journal.remove()
        return made

    def abandon(self) -> None:
        """Leave the journal to whoever makes the files from it."""
        with contextlib.suppress(OSError):
            self._close_writer()
        with contextlib.suppress(OSError):
            for partial in self._partials():
                partial.unlink()
        self._journal.close()

    def _write(self) -> None:
        """Write what waits as a group of rows."""
        rows, self._waiting, self._bytes = self._waiting, [], 0
        if not rows:
            return
        table = self._build(rows)
        if self._writer is not None:
            try:
                table = table.cast(self._writer.schema)
            except (pa.ArrowInvalid, ValueError):
                # A value has more digits than all before it.
                self._close_writer()
        if self._writer is None:
            path = self._folder / f".{self._name}.{self._parts}{ENDING}.partial"
            self._writer = pq.ParquetWriter(path, table.schema, compression="zstd")
            self._parts += 1
        self._writer.write_table(table)

    def _close_writer(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()

    def _partials(self) -> list[Path]:
        return sorted(self._folder.glob(f".{self._name}.*{ENDING}.partial"))
