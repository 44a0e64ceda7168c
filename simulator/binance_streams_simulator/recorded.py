"""Replaying a recording of a client: its folder, or one file of it, read block by block."""

from __future__ import annotations

import bisect
from collections import deque
from collections.abc import Iterable, Iterator
from decimal import Decimal
from operator import attrgetter
from pathlib import Path
from typing import Any

import msgspec

from binance_streams_runtime.catalog.parameters import Symbol
from binance_streams_runtime.catalog.rest import OrderBookRules
from binance_streams_runtime.catalog.streams import Catalog, Range
from binance_streams_runtime.decoding.json import encode
from binance_streams_runtime.errors import ParameterError
from binance_streams_runtime.notices import Disconnected
from binance_streams_runtime.recording.events import SNAPSHOT, RecordedLine
from binance_streams_runtime.recording.lines import read_head
from binance_streams_runtime.recording.moments import unix_ns
from binance_streams_runtime.storage.events import Moment, RecordingReader, recording_parts
from binance_streams_runtime.storage.info import recording_info
from binance_streams_runtime.storage.parts import ENDING, Part
from binance_streams_simulator.refusals import Refusal
from binance_streams_simulator.replay import Levels, Recorded

_AT_ONCE = 2_000
_KEPT_UPDATES = 2_000

_MARK = SNAPSHOT.encode()


class _Line(msgspec.Struct):
    data: msgspec.Raw


_data_of = msgspec.json.Decoder(_Line).decode


def is_recording(source: object) -> bool:
    """Return whether a source is a folder, or a file of a recording."""
    if not isinstance(source, (str, Path)):
        return False
    path = Path(source)
    return path.is_dir() or path.name.endswith(ENDING)


class RecordedFolder:
    """Replays what a client has recorded. What came on two connections is replayed once."""

    has_all: bool = True
    """Whether there is nothing besides: streams that are not recorded stay silent."""

    def __init__(
        self,
        path: str | Path,
        catalog: Catalog,
        package: str,
        since: Moment | None = None,
        until: Moment | None = None,
        has_cuts: bool = False,
    ) -> None:
        """Look for the recording; raise RecordingError, or ParameterError for a bound.

        Args:
            path: The folder of the recording, or one of its files.
            catalog: The streams of the market.
            package: The package of the market.
            since: From when on it is replayed; None for its beginning.
            until: Up to when; None for its end.
            has_cuts: Whether connections are cut where the recorded ones were.
        """
        first = recording_parts(path, package)[0].begin
        self._since = 0 if since is None else unix_ns("replay_from", since, first)
        end = None if until is None else unix_ns("replay_to", until, first)
        if end is not None and end < self._since:
            raise ParameterError("replay_to", until, f"a time after replay_from, {since!r}")
        # Responses name no stream.
        names = frozenset(filter(None, recording_info(path, counts=False).streams))
        snapshots = frozenset(name for name in names if name.endswith(SNAPSHOT))
        self.streams: frozenset[str] = names - snapshots
        """The streams that have messages in it."""
        self._reader: RecordingReader[Any] = RecordingReader(
            *(path, catalog, package),
            # Snapshots before it say what the books are then.
            since=None if snapshots or since is None else self._since / 1e9,
            until=None if end is None else end / 1e9,
            numbers=str,
            notices=has_cuts,
            snapshots=True,
            keep_lines=True,
            errors="skip",
        )
        rules = catalog.order_book
        self._books = None if rules is None else _Books(catalog, rules)
        self._first = _first_snapshots(self._reader.parts, snapshots)

    @property
    def skipped(self) -> int:
        """Lines that do not match the spec, so far."""
        return self._reader.stats.undecodable

    def batches(self) -> Iterator[list[Recorded]]:
        """Yield the records, in order, from the beginning."""
        if self._books is not None:
            self._books.clear()
        for batch in self._reader.batches(_AT_ONCE):
            yield [record for item in batch if (record := self._record(item)) is not None]

    def _record(self, item: Any) -> Recorded | None:
        """Return what is replayed of an item; None if it only changes a book."""
        time = item.received / 1e9
        if isinstance(item.data, Disconnected):
            is_due = item.received >= self._since
            return Recorded(b"", time=time, is_cut=True) if is_due else None
        if item.received < self._since:
            self._reach(item.stream, item.data)
            return None
        if item.stream.endswith(SNAPSHOT):
            return Recorded(b"", time=time, symbol=item.stream, event=item.data)
        if isinstance(item, RecordedLine):
            payload = bytes(_data_of(item.line).data)
        else:
            # It was fetched by REST, and stands for the event that was missed.
            payload = encode(item.data)
        return Recorded(payload, item.stream, time=time, event=item.data)

    def reach(self, record: Recorded) -> None:
        """Let the order books be as they were then."""
        name = record.symbol if record.stream is None else record.stream
        if name is not None:
            self._reach(name, record.event)

    def _reach(self, name: str, event: Any) -> None:
        if self._books is not None:
            self._books.reach(name, event)

    def snapshot(self, symbol: str) -> Levels | bytes:
        """Return the order book of a symbol as it is now; if it has none yet, its first one."""
        symbol = symbol.lower()
        now = None if self._books is None else self._books.levels(symbol)
        levels = now or self._first.get(symbol)
        if levels is None:
            raise Refusal(-1121, "Invalid symbol: the recording has no snapshot of its book.")
        return levels


def _first_snapshots(parts: Iterable[Part], wanted: frozenset[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for part in parts:
        for block in part.blocks():
            if len(found) == len(wanted):
                return found
            if _MARK not in block:
                continue
            for line in block.splitlines():
                if _MARK not in line:
                    continue
                name = read_head(line).stream or ""
                if name in wanted:
                    found.setdefault(name.removesuffix(SNAPSHOT), bytes(_data_of(line).data))
    return found


class _Books:
    """The order books of a recording, as the snapshots and the updates say."""

    def __init__(self, catalog: Catalog, rules: OrderBookRules) -> None:
        self._catalog = catalog
        self._rules = rules
        names = [one.name for one in rules.updates.parameters if isinstance(one, Symbol)]
        self._symbol = names[0]
        # The symbol of each stream of updates; None for any other stream.
        self._symbols: dict[str, str | None] = {}
        self._books: dict[str, _Book] = {}

    def clear(self) -> None:
        """Know no books."""
        self._books.clear()

    def reach(self, name: str, event: Any) -> None:
        """Take a snapshot or an event of a stream."""
        if name.endswith(SNAPSHOT):
            self._book(name.removesuffix(SNAPSHOT)).replace(event)
            return
        if name not in self._symbols:
            stream = self._catalog.resolve(name)
            is_update = stream.type is self._rules.updates
            self._symbols[name] = str(stream.parameters[self._symbol]) if is_update else None
        symbol = self._symbols[name]
        if symbol is not None:
            self._book(symbol).update(event)

    def levels(self, symbol: str) -> Levels | None:
        """Return a book as it is now; None if it is not known."""
        book = self._books.get(symbol)
        return None if book is None or not book.has_begun else book.levels()

    def _book(self, symbol: str) -> _Book:
        return self._books.setdefault(symbol, _Book(self._rules))


class _Book:
    """One order book: its levels by price, as texts."""

    def __init__(self, rules: OrderBookRules) -> None:
        sequence = rules.updates.sequence
        assert isinstance(sequence, Range)
        self._first, self._last = attrgetter(sequence.first), attrgetter(sequence.last)
        self._sides = attrgetter(rules.bids, rules.asks)
        self._snapshot_id = attrgetter(rules.snapshot_id)
        self.has_begun: bool = False
        """Whether there was a snapshot."""
        self._id: int | None = None
        self._levels: tuple[dict[str, str], dict[str, str]] = {}, {}
        # A snapshot may be older than updates that came before it.
        self._updates: deque[Any] = deque(maxlen=_KEPT_UPDATES)

    def replace(self, snapshot: Any) -> None:
        """Take a snapshot, and what came after it."""
        self.has_begun = True
        self._id = self._snapshot_id(snapshot)
        bids, asks = self._sides(snapshot)
        self._levels = (
            {level.price: level.quantity for level in bids},
            {level.price: level.quantity for level in asks},
        )
        begin = bisect.bisect_right(self._updates, self._id, key=self._last)
        for update in list(self._updates)[begin:]:
            self._apply(update)

    def update(self, update: Any) -> None:
        """Take an update."""
        self._updates.append(update)
        self._apply(update)

    def _apply(self, update: Any) -> None:
        if self._id is None or self._last(update) <= self._id:
            return
        if self._first(update) > self._id + 1:
            # Updates are missing: it is known again from the next snapshot on.
            self._id = None
            return
        self._id = self._last(update)
        for levels, changes in zip(self._levels, self._sides(update), strict=True):
            for level in changes:
                if Decimal(level.quantity):
                    levels[level.price] = level.quantity
                else:
                    levels.pop(level.price, None)

    def levels(self) -> Levels:
        """Return all levels, the best first; raise Refusal if updates are missing."""
        if self._id is None:
            raise Refusal(-1, "The recording lacks updates of this book.", status=503)
        bids, asks = ([[price, side[price]] for price in side] for side in self._levels)
        bids.sort(key=_price, reverse=True)
        asks.sort(key=_price)
        return Levels(self._id, bids, asks)


def _price(level: list[str]) -> Decimal:
    return Decimal(level[0])
