"""Messages as Parquet, in hourly files: ``stream=trade/date=2026-11-26/13.NAME.0.0.parquet``.

What does not match the spec is kept as well, as are messages that are of no stream: as text, below
``stream=_undecodable``, ``stream=_notice`` and ``stream=_snapshot``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from binance_streams_runtime.catalog.streams import Catalog
from binance_streams_runtime.decoding.json import check_numbers, decoder_of, encode
from binance_streams_runtime.decoding.recorded import Recorded
from binance_streams_runtime.errors import ParameterError, UnknownStreamError
from binance_streams_runtime.tables.convert import to_arrow
from binance_streams_runtime.types import Numbers
from binance_streams_sinks.arrow import pa
from binance_streams_sinks.hour_file import HourFile, journals
from binance_streams_sinks.journal import Entry

UNDECODABLE = "_undecodable"

_HOUR = 3_600 * 1_000_000_000
_GRACE = 60 * 1_000_000_000
"""Nanoseconds after its hour in which a message may still be added to its file."""

_SYNC_EVERY = 1_000_000_000
_NOT_DECODABLE = (msgspec.DecodeError, UnicodeError, RecursionError)
logger = logging.getLogger("binance_streams.parquet")


class _Place(NamedTuple):
    key: str
    hour: int
    """Hours since 1970."""


class ParquetFolder:
    """A folder that messages are added to. It belongs to one thread at a time."""

    def __init__(
        self, folder: str | Path, catalog: Catalog, collector: str, numbers: Numbers = Decimal
    ) -> None:
        check_numbers(numbers)
        self._folder = Path(folder)
        self._catalog = catalog
        self._collector = collector
        self._numbers: Numbers = numbers
        self._open: dict[_Place, HourFile] = {}
        self._left: list[Path] = []
        self._synced_at = 0
        self._resolve = lru_cache(None)(catalog.resolve)
        # Texts become decimals of Arrow at a fifth of what Decimals cost.
        self._decoded_as: Numbers = str if numbers is Decimal else numbers

    def open(self) -> None:
        """Make the folder, and the files of what an earlier run has left; raise OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._left = journals(self._folder, self._collector)
        self._make_what_was_left()

    def store(self, entries: list[Entry], now: int) -> list[str | None]:
        """Store messages; return for each why it could not be stored now, or None if it is.

        ``now`` is Unix time in nanoseconds. What is stored survives the end of this process; after
        a second at most, it has been synced to the disk.
        """
        places: dict[_Place, list[int]] = {}
        rows: list[Any] = []
        for position, entry in enumerate(entries):
            key, row = self._row(entry)
            rows.append(row)
            places.setdefault(_Place(key, entry.received // _HOUR), []).append(position)
        failed: list[str | None] = [None] * len(entries)
        for place, positions in places.items():
            some = [entries[position] for position in positions]
            try:
                self._file(place).append(some)
            except OSError as error:
                for position in positions:
                    failed[position] = error.strerror or str(error)
                continue
            self._add(place, [rows[position] for position in positions], some)
        self.maintain(now)
        return failed

    def maintain(self, now: int) -> None:
        """Complete the files of hours that are over, and sync the others, if it is time to."""
        over = [place for place in self._open if place.hour < (now - _GRACE) // _HOUR]
        for place in over:
            self._finish(place)
        if over:
            self._make_what_was_left()
        if now - self._synced_at >= _SYNC_EVERY:
            self._synced_at = now
            for place, file in list(self._open.items()):
                self._try(place, file.sync)

    def close(self) -> None:
        """Complete all files."""
        # A file may have messages that belong to another one after all.
        while self._open:
            self._finish(next(iter(self._open)))

    def _row(self, entry: Entry) -> tuple[str, Any]:
        """Return the key of the folder that a message belongs to, and its row there."""
        if not entry.stream:
            # binance.spot._notice.NAME
            return entry.subject.split(".")[-2], entry
        try:
            stream = self._resolve(entry.stream)
            event = decoder_of(stream.type, self._decoded_as).bare(entry.payload)
            return stream.type.key, Recorded(entry.received, 0, entry.stream, event)
        except (*_NOT_DECODABLE, UnknownStreamError):
            return UNDECODABLE, entry

    def _file(self, place: _Place) -> HourFile:
        """Return the files of an hour, which are begun if there are none; raise OSError."""
        file = self._open.get(place)
        if file is None:
            time = datetime.fromtimestamp(place.hour * 3600, UTC)
            folder = self._folder / f"stream={place.key}" / f"date={time:%Y-%m-%d}"
            file = HourFile.begin(folder, f"{time:%H}", self._collector, self._build(place.key))
            self._open[place] = file
        return file

    def _build(self, key: str) -> Callable[[list[Any]], Any]:
        return _texts if key.startswith("_") else partial(self._events, key)

    def _events(self, key: str, rows: list[Recorded[Any]]) -> Any:
        """Make the table of events of one type."""
        (struct,) = self._catalog[key].events
        try:
            table = to_arrow(rows, type=struct, numbers=self._numbers)
        except ParameterError as error:
            logger.warning("%s: an event has no place in a table: %s", key, error)
            return self._events(key, self._without_misfits(struct, rows))
        names = ["stream_name" if name == "stream" else name for name in table.column_names]
        # The folder is called stream; on which connection a message came is not published.
        return table.rename_columns(names).drop_columns(["connection"])

    def _without_misfits(self, struct: type[Any], rows: list[Recorded[Any]]) -> list[Recorded[Any]]:
        """Move events with values that no column can hold to those that cannot be decoded."""
        misfits = [row for row in rows if not self._fits(struct, row)]
        # If each fits by itself, no column can hold the values of all of them.
        for row in misfits or rows:
            entry = Entry(row.stream, "", "", row.received, encode(row.data))
            place = _Place(UNDECODABLE, row.received // _HOUR)
            self._file(place).append([entry])
            self._add(place, [entry], [entry])
        return [row for row in rows if row not in misfits] if misfits else []

    def _fits(self, struct: type[Any], row: Recorded[Any]) -> bool:
        try:
            to_arrow([row], type=struct, numbers=self._numbers)
        except ParameterError:
            return False
        return True

    def _add(self, place: _Place, rows: list[Any], entries: list[Entry]) -> None:
        """Add the rows of messages that are in the journal."""
        size = sum(len(entry.payload) for entry in entries)
        self._try(place, partial(self._open[place].add, rows, size))

    def _finish(self, place: _Place) -> None:
        self._try(place, self._open[place].finish)
        self._open.pop(place, None)

    def _try(self, place: _Place, action: Callable[[], object]) -> None:
        """Do it; if the disk refuses, leave the journal until the next hour is over."""
        try:
            action()
        except OSError as error:
            file = self._open.pop(place)
            file.abandon()
            self._left.append(file.path)
            logger.error("%s: %s; what is in the journal is kept", file.path, error)

    def _make_what_was_left(self) -> None:
        """Make files from journals that were left; those that cannot be made stay."""
        left, self._left = self._left, []
        for path in left:
            key = path.parent.parent.name.removeprefix("stream=")
            file = None
            try:
                file = HourFile.reopen(path, self._build(key))
                for entry in file.entries():
                    row = entry if key.startswith("_") else self._row(entry)[1]
                    file.add([row], len(entry.payload))
                made = file.finish()
            except OSError as error:
                if file is not None:
                    file.abandon()
                self._left.append(path)
                logger.error("%s: %s; what is in the journal is kept", path, error)
            else:
                logger.info("made from a journal that was left: %s", ", ".join(map(str, made)))


def _texts(entries: list[Entry]) -> Any:
    """Make the table of messages of which only the text is known."""
    columns = {
        "received": pa.array([entry.received for entry in entries], pa.timestamp("ns", "UTC")),
        "stream_name": pa.array([entry.stream for entry in entries], pa.string()),
        "subject": pa.array([entry.subject for entry in entries], pa.string()),
        "message_id": pa.array([entry.id for entry in entries], pa.string()),
        "payload": pa.array(
            [entry.payload.decode(errors="backslashreplace") for entry in entries], pa.string()
        ),
    }
    return pa.table(columns)
