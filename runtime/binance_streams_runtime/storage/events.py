"""Reading the events of a recording: from files to typed items."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Any, Generic, Literal, TypeAlias, TypeVar

import msgspec

from binance_streams_runtime.catalog.streams import Catalog
from binance_streams_runtime.decoding.json import check_numbers
from binance_streams_runtime.decoding.recorded import Recorded
from binance_streams_runtime.errors import (
    BinanceStreamsError,
    ParameterError,
    RecordingError,
    UndecodableError,
    shown,
)
from binance_streams_runtime.recording.events import RecordedEvents
from binance_streams_runtime.recording.moments import unix_ns
from binance_streams_runtime.recording.selection import Selection
from binance_streams_runtime.storage.parts import Part, parts_in, parts_within
from binance_streams_runtime.tables.batch import EventType
from binance_streams_runtime.types import Numbers

E = TypeVar("E")

Moment: TypeAlias = datetime | str | float
"""A time: a datetime, a text such as ``2026-11-25T12:00`` (UTC), or Unix seconds."""

OnError: TypeAlias = Literal["raise", "skip"]
"""What happens if a line cannot be decoded."""

DEFAULT_BATCH = 65_536


class ReadStats(msgspec.Struct, frozen=True):
    """What has been read of a recording so far, and what was left out of it."""

    items: int = 0
    """Events and notices that were yielded."""
    duplicates: int = 0
    """Events that had come before, on another connection or again."""
    late: int = 0
    """Events that came after later ones of their stream."""
    undecodable: int = 0
    """Lines that do not match the spec."""
    lost: int = 0
    """Lines of all streams that the recorder could not write."""
    unnamed: int = 0
    """Messages without the name of a stream."""
    accounts: int = 0
    """Events of accounts, which are not read."""
    torn: tuple[str, ...] = ()
    """Files that do not end with a whole block, as their writer was killed."""


class RecordingReader(Generic[E]):
    """The events of a recording, in order of receipt, each once. It can be iterated repeatedly."""

    def __init__(
        self,
        path: str | Path,
        catalog: Catalog,
        package: str,
        *,
        stream: str | Iterable[str] | None = None,
        symbol: str | Iterable[str] | None = None,
        numbers: Numbers = Decimal,
        since: Moment | None = None,
        until: Moment | None = None,
        notices: bool = False,
        snapshots: bool = False,
        keep_lines: bool = False,
        errors: OnError = "raise",
    ) -> None:
        check_numbers(numbers)
        if errors not in ("raise", "skip"):
            raise ParameterError("errors", errors, "'raise', 'skip'")
        self._catalog = catalog
        self._numbers: Numbers = numbers
        self._selection = Selection(catalog, stream, symbol)
        self._notices = notices
        self._snapshots = snapshots
        self._keep_lines = keep_lines
        self._errors: OnError = errors
        parts = recording_parts(path, package)
        self.parts: tuple[Part, ...] = tuple(parts)
        """The files that are read, in their order."""
        self._check_names(stream, symbol)
        first = self.parts[0].begin
        self._since = None if since is None else unix_ns("since", since, first)
        self._until = None if until is None else unix_ns("until", until, first)
        if self._since is not None and self._until is not None and self._since > self._until:
            raise ParameterError("until", until, f"a time after since, which is {since!r}")
        self.parts = tuple(parts_within(parts, self._since, self._until))
        self.bytes_total: int = sum(part.path.stat().st_size for part in self.parts)
        """The size of the files together."""
        self.bytes_read: int = 0
        """How far iteration has come in them."""
        self.stats: ReadStats = ReadStats()
        """What the last iteration has read so far, and what it has left out."""

    def __repr__(self) -> str:
        return f"<RecordingReader of {len(self.parts)} parts>"

    def _check_names(
        self, stream: str | Iterable[str] | None, symbol: str | Iterable[str] | None
    ) -> None:
        """Raise ParameterError if what is asked for had no event in the whole recording.

        A symbol may be misspelled. Nothing is said if a part has no index of all of it, as finding
        out would take reading it.
        """
        if stream is None and symbol is None:
            return
        names: set[str] = set()
        for part in self.parts:
            index = part.whole_index()
            if index is None:
                return
            names.update(name for block in index for name in block.streams)
        found = []
        for name in sorted(names):
            with contextlib.suppress(BinanceStreamsError):
                found.append(self._catalog.resolve(name))
        if any(map(self._selection.has, found)):
            return
        of_stream = Selection(self._catalog, stream)
        parameter, given = "stream", stream
        if any(map(of_stream.has, found)):
            # It is the symbol that has none.
            parameter, given, found = "symbol", symbol, [one for one in found if of_stream.has(one)]
        labels = [one.label for one in found]
        near = get_close_matches(str(given).lower(), labels, 5) or labels[:20]
        raise ParameterError(
            parameter, given, f"what has events here: {', '.join(near) or 'nothing'}"
        )

    def _event_type(self) -> EventType | None:
        """Return of what type its events are; None if of several, or if notices are among them."""
        structs = self._selection.structs
        if len(structs) != 1 or self._notices or self._snapshots:
            return None
        return EventType(next(iter(structs)), self._numbers, Recorded)

    def __iter__(self) -> Iterator[Recorded[E]]:
        """Yield each event, with when and on which connection it was received."""
        for batch in self.batches():
            yield from batch

    def batches(self, max_items: int = DEFAULT_BATCH) -> Iterator[list[Recorded[E]]]:
        """Yield the same in lists of at most ``max_items``.

        Raises UndecodableError if a line does not match the spec, unless ``errors`` is ``skip``,
        and RecordingError if a file cannot be read.
        """
        if max_items < 1:
            raise ParameterError("max_items", max_items, "1 or more")
        return self._batches(max_items)

    def _batches(self, max_items: int) -> Iterator[list[Recorded[E]]]:
        progress = _Progress(self)
        out: list[Recorded[Any]] = []
        for part in self.parts:
            progress.begin(part, out)
            for offset, content in part.frames(self._since, self._until):
                progress.read(offset, content, out)
                if len(out) >= max_items:
                    yield from progress.cut(out, max_items)
            progress.finish(part)
        progress.events.end(out)
        yield from progress.cut(out, max_items, is_last=True)
        progress.update()


class _Progress:
    """One iteration over a recording."""

    def __init__(self, reader: RecordingReader[Any]) -> None:
        self._reader = reader
        self._part: Part | None = None
        self._done = 0
        self._items = 0
        self._undecodable = 0
        self._torn: list[str] = []
        self.events = RecordedEvents(
            *(reader._catalog, reader._numbers, reader._selection, self._on_undecodable),
            notices=reader._notices,
            snapshots=reader._snapshots,
            keep_lines=reader._keep_lines,
        )

    def begin(self, part: Part, out: list[Recorded[Any]]) -> None:
        """Begin with a file."""
        self._part = part
        self.events.begin(part.header, out)

    def read(self, offset: int, content: bytes, out: list[Recorded[Any]]) -> None:
        """Read a block."""
        self.events.read(content.split(b"\n"), out)
        self._reader.bytes_read = self._done + offset

    def finish(self, part: Part) -> None:
        """Note that a file has been read."""
        if part.is_torn:
            self._torn.append(str(part.path))
        self._done += part.path.stat().st_size
        self._reader.bytes_read = self._done
        self.update()

    def cut(
        self, out: list[Recorded[Any]], max_items: int, is_last: bool = False
    ) -> Iterator[list[Recorded[Any]]]:
        """Yield lists of what is there and within the times that were asked for."""
        since, until = self._reader._since, self._reader._until
        items = out
        if since is not None or until is not None:
            low, high = since or 0, 2**63 if until is None else until
            items = [item for item in out if low <= item.received <= high]
        most = len(items) if is_last else len(items) - len(items) % max_items
        for start in range(0, most, max_items):
            batch = items[start : start + max_items]
            self._items += len(batch)
            self.update()
            yield batch
        out[:] = items[most:]

    def update(self) -> None:
        """Let the reader say what has been read so far."""
        events = self.events
        self._reader.stats = ReadStats(
            items=self._items,
            duplicates=events.duplicates,
            late=events.late,
            undecodable=self._undecodable,
            lost=events.lost,
            unnamed=events.unnamed,
            accounts=events.accounts,
            torn=tuple(self._torn),
        )

    def _on_undecodable(self, name: str, line: bytes, reason: str) -> None:
        self._undecodable += 1
        if self._reader._errors == "raise":
            where = "" if self._part is None else f"{self._part.path}: "
            raise UndecodableError(
                f"{where}{name or 'a line'}: {reason}: {shown(line)}; "
                "errors='skip' leaves out what does not match the spec"
            )


def recording_parts(path: str | Path, package: str) -> list[Part]:
    """Return the parts of one recording, in order.

    Raises RecordingError if there are none, if they are of another market, or of several servers,
    or of sessions that ran at the same time: their events would be there twice.
    """
    parts = parts_in(path)
    for part in parts:
        other = part.header.package
        if other != package:
            raise RecordingError(f"{part.path} is a recording of another market: use {other}")
    servers = sorted({part.header.server for part in parts})
    if len(servers) > 1:
        raise RecordingError(
            f"{path} has recordings of several servers: name the folder of one of them: "
            + ", ".join(servers)
        )
    return _in_order(path, parts)


def _in_order(path: str | Path, parts: list[Part]) -> list[Part]:
    """Return the parts by session; raise RecordingError if two sessions overlap."""
    sessions: dict[str, list[Part]] = {}
    for part in parts:
        sessions.setdefault(part.header.session, []).append(part)
    ordered = [part for session in sessions.values() for part in session]
    for part, following in pairwise(ordered):
        is_other = part.header.session != following.header.session
        if following.begin < (part.end if is_other else part.begin):
            raise RecordingError(
                f"{path} has recordings that ran at the same time, so events would be there twice: "
                f"name the files of one session, or move those of the others to another folder; "
                f"{part.path.name} and {following.path.name} overlap"
            )
    return ordered
