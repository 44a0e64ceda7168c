"""The slices of tardis: a file a minute, with the messages as they were sent.

The folders are those of the cache of tardis-dev, so that its clients replay them.
"""

from __future__ import annotations

import gzip
import hashlib
from datetime import UTC, datetime
from typing import Any, BinaryIO, cast

from binance_streams_runtime.decoding.json import encode
from binance_streams_runtime.decoding.recorded import Recorded
from binance_streams_runtime.notices import Disconnected, Notice
from binance_streams_runtime.recording.events import SNAPSHOT, RecordedLine
from binance_streams_runtime.recording.lines import message_of
from binance_streams_runtime.types import Numbers
from binance_streams_sinks.target import Target

_MINUTE = 60 * 1_000_000_000
_SECOND = 1_000_000_000

# Of a request without filters.
_FILTERS = hashlib.sha256(b"[]").hexdigest()

# More minutes without anything are a pause between two sessions, which nobody replays in one go.
_LONGEST_PAUSE = 24 * 60

_DATA = b'"data":'


class TardisSlices(Target):
    """Writes slices."""

    snapshots = True
    keep_lines = True

    def __init__(self, *args: Any, exchange: str) -> None:
        super().__init__(*args)
        self._folder = f"feeds/{exchange}/{_FILTERS}"
        self._minute: int | None = None
        self._last = 0
        self._lines: list[bytes] = []

    @classmethod
    def decoded_as(cls, numbers: Numbers) -> Numbers:
        return str

    def add(self, items: list[Recorded[Any]]) -> None:
        for item in items:
            is_notice = isinstance(item.data, Notice)
            if is_notice:
                self.notices += 1
                if not isinstance(item.data, Disconnected) or not item.data.streams:
                    continue
            # What a handover has held back is older than what came before it.
            time = self._last = max(self._last, item.received)
            if time // _MINUTE != self._minute:
                self._go_to(time // _MINUTE)
            if is_notice:
                self._lines.append(b"\n")
                continue
            self._lines.append(b"%b %b\n" % (_written(time), _message(item)))
            self.rows += 1

    def finish(self) -> None:
        if self._minute is not None:
            self._write(self._minute)

    def _go_to(self, minute: int) -> None:
        before = self._minute
        if before is not None:
            self._write(before)
            if minute - before <= _LONGEST_PAUSE:
                # Clients of tardis wait for each minute.
                for empty in range(before + 1, minute):
                    self._write(empty)
        self._minute = minute

    def _write(self, minute: int) -> None:
        time = datetime.fromtimestamp(minute * 60, UTC)
        path = self.output.path(f"{self._folder}/{time:%Y/%m/%d/%H/%M}.json.gz")
        with path.open("wb") as file, _zipped(file) as zipped:
            zipped.write(b"".join(self._lines))
        self._lines = []


def _zipped(file: BinaryIO) -> gzip.GzipFile:
    # Without the time of writing, so that the same recording gives the same files.
    return gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=6, mtime=0)


def _written(time: int) -> bytes:
    """Return a time with seven digits behind the point, as tardis writes it."""
    second = datetime.fromtimestamp(time // _SECOND, UTC)
    return b"%b.%07dZ" % (f"{second:%Y-%m-%dT%H:%M:%S}".encode(), time % _SECOND // 100)


def _message(item: Recorded[Any]) -> bytes:
    if item.stream.endswith(SNAPSHOT):
        body = cast(RecordedLine, item).line
        data = body[body.index(_DATA) + len(_DATA) : -1]
        return b'{"stream":"%b","generated":true,"data":%b}' % (item.stream.encode(), data)
    if item.connection:
        return message_of(cast(RecordedLine, item).line)
    # Fetched to fill a gap: the event that it stands for.
    data = encode(item.data)
    return b'{"stream":"%b","generated":true,"data":%b}' % (item.stream.encode(), data)


def exchange_of(market: str) -> str:
    """Return what tardis calls a market."""
    return "binance" if market == "spot" else market.replace("_", "-")
