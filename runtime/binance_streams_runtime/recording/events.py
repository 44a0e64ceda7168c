"""From the lines of a recording to events: each once, as the client that recorded it got them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from binance_streams_runtime.catalog.streams import Catalog, Stream
from binance_streams_runtime.decoding.json import concrete, decoder_of, json_decoder
from binance_streams_runtime.decoding.recorded import Recorded
from binance_streams_runtime.decoding.rows import RowDecoder
from binance_streams_runtime.errors import BinanceStreamsError, reason_of
from binance_streams_runtime.notices import Disconnected
from binance_streams_runtime.recording.deliveries import Deliveries
from binance_streams_runtime.recording.header import Header
from binance_streams_runtime.recording.lines import (
    LOST,
    NOTICE,
    RAW,
    REST,
    SESSION,
    lost_of,
    read_head,
)
from binance_streams_runtime.recording.notices import notice_of
from binance_streams_runtime.recording.once import OneStream
from binance_streams_runtime.recording.selection import Selection
from binance_streams_runtime.types import Numbers

SNAPSHOT = "@depthSnapshot"
"""How the name of a stream of order book snapshots ends."""

OnUndecodable = Callable[[str, bytes, str], None]
"""Gets the name of the stream, the line, and the reason."""

_T_ENDS = len(b'{"t":1795645242000000000')
_C_STARTS = _T_ENDS + len(b',"c":')
_STREAM = b'"stream":"'
_NOT_DECODABLE = (msgspec.DecodeError, UnicodeError, RecursionError, ValueError)


class RecordedLine(Recorded[Any], frozen=True, gc=False):
    """An event with the line that it came in."""

    line: bytes


class _Answer(msgspec.Struct):
    request: str
    status: int = 0
    body: msgspec.Raw = msgspec.Raw(b"")


class _AnswerLine(msgspec.Struct):
    data: _Answer


class _SnapshotLine(msgspec.Struct):
    data: msgspec.Raw


_decode_answer = msgspec.json.Decoder(_AnswerLine).decode
_decode_snapshot = msgspec.json.Decoder(_SnapshotLine).decode


class _Reader:
    """Decodes the lines of one stream, and delivers each event once."""

    def __init__(self, stream: Stream, numbers: Numbers, selection: Selection) -> None:
        self.stream = stream
        self.name = stream.name
        decoder = decoder_of(stream.type, numbers)
        self.decode = decoder.wrapped
        self.decode_partial = decoder.decode_partial
        self.once = OneStream(stream)
        backfill = stream.type.backfill
        self.rows = None if backfill is None else RowDecoder(backfill, stream, numbers)
        has_all = selection.symbols is not None and "symbol" not in stream.parameters
        self.selection = selection if has_all else None


class RecordedEvents:
    """Reads lines, in their order; its counters say what was left out."""

    def __init__(
        self,
        catalog: Catalog,
        numbers: Numbers,
        selection: Selection,
        on_undecodable: OnUndecodable,
        *,
        notices: bool = False,
        snapshots: bool = False,
        keep_lines: bool = False,
    ) -> None:
        """Read nothing yet.

        Args:
            catalog: The streams of the market.
            numbers: The type of prices and quantities.
            selection: Which streams are asked for.
            on_undecodable: Called with each line that cannot be decoded.
            notices: Whether notices are items, too.
            snapshots: Whether the snapshots of order books are items, too.
            keep_lines: Whether an event has its line, as a ``RecordedLine``.
        """
        self.lost: int = 0
        """Lines that the recorder could not write, of all streams."""
        self.unnamed: int = 0
        """Messages that name no stream and are no responses, or are not JSON on one line."""
        self.accounts: int = 0
        """Events of accounts, which are not read."""
        self._catalog = catalog
        self._numbers = numbers
        self._selection = selection
        self._on_undecodable = on_undecodable
        self._notices = notices
        self._keep_lines = keep_lines
        self._snapshot_decoder: Any = None
        rules = catalog.order_book
        if snapshots and rules is not None:
            snapshot = concrete(rules.snapshot_struct, numbers)
            self._snapshot_decoder = json_decoder(snapshot, numbers)
        self._session: str | None = None
        self._streams: dict[str, OneStream] = {}
        self._deliveries = Deliveries(self._streams, self._stream_of)
        self._readers: dict[bytes, _Reader | Callable[[int, int, bytes, list[Any]], None]] = {
            name.encode(): handle
            for name, handle in (
                *((NOTICE, self._notice), (LOST, self._lose)),
                *((REST, self._answer), (RAW, self._unnamed), (SESSION, self._fact)),
            )
        }
        self._by_name: dict[str, _Reader] = {}

    @property
    def duplicates(self) -> int:
        """Events that had come before: on another connection, or again."""
        streams = self._streams.values()
        return self._deliveries.dropped + sum(stream.duplicates for stream in streams)

    @property
    def late(self) -> int:
        """Events that were left out, as they came after later ones."""
        return sum(stream.late for stream in self._streams.values())

    def begin(self, header: Header, out: list[Recorded[Any]]) -> None:
        """Note that the lines of another part follow."""
        if header.session != self._session:
            self.end(out)
            self._session = header.session

    def end(self, out: list[Recorded[Any]]) -> None:
        """Append what still waits, at the end of a session."""
        self._deliveries.end(out)

    def read(self, lines: list[bytes], out: list[Recorded[Any]]) -> None:
        """Append the items of lines, without their ends."""
        readers, keep_lines, deliver = self._readers, self._keep_lines, self._deliveries.event
        for line in lines:
            if not line:
                continue
            end = line.find(b",", _C_STARTS)
            start = end + 1 + len(_STREAM)
            name = line[start : line.find(b'"', start)] if end > 0 else b""
            reader = readers.get(name)
            # Only a line that begins as the recorder writes it has a name there.
            if reader is None or not line.startswith(_STREAM, end + 1):
                reader = self._find(line)
                if reader is None:
                    continue
            try:
                time, connection = int(line[5:_T_ENDS]), int(line[_C_STARTS:end])
            except ValueError:
                try:
                    time, connection, _ = read_head(line)
                except ValueError as error:
                    self._on_undecodable("", line, reason_of(error))
                    continue
            if reader.__class__ is not _Reader:
                reader(time, connection, line, out)  # type: ignore[operator]
                continue
            try:
                event = reader.decode(line).data
            except _NOT_DECODABLE as error:
                event = self._decode_partial(reader, connection, line, error)
                if event is None:
                    continue
            if reader.selection is not None:
                event = reader.selection.filtered(reader.stream, event)
            if keep_lines:
                item: Recorded[Any] = RecordedLine(time, connection, reader.name, event, line)
            else:
                item = Recorded(time, connection, reader.name, event)
            deliver(reader.once, item, out)

    def _decode_partial(
        self, reader: _Reader, connection: int, line: bytes, error: Exception
    ) -> list[Any] | None:
        """Return what can be decoded of a list, of which one item must not cost the others."""
        try:
            events, failures = reader.decode_partial(line)
        except _NOT_DECODABLE:
            events, failures = [], [(line, reason_of(error))]
        for part, reason in failures:
            self._on_undecodable(reader.name, part, reason)
        self._deliveries.undecodable(reader.once, connection, len(failures))
        return events or None

    def _stream_of(self, name: str) -> OneStream | None:
        """Return a stream of the recording, whether it had an event already; None if not read."""
        key = name.encode()
        if key not in self._readers:
            self._readers[key] = self._reader_of(name)
        return self._streams.get(name)

    def _find(self, line: bytes) -> Any:
        """Return what reads a line of a name that is new, or not at its usual place."""
        try:
            name = read_head(line).stream
        except ValueError as error:
            self._on_undecodable("", line, reason_of(error))
            return None
        if name is None:
            return self._other_message
        key = name.encode()
        if key not in self._readers:
            self._readers[key] = self._reader_of(name)
        return self._readers[key]

    def _reader_of(self, name: str) -> Any:
        if name.startswith("!") and name.encode() in self._readers:
            return self._readers[name.encode()]
        if name.endswith(SNAPSHOT):
            return self._snapshot if self._snapshot_decoder is not None else _ignore
        try:
            stream = self._catalog.resolve(name)
        except BinanceStreamsError:
            # Header and session lines, what another version of the client knows, and the label of
            # a stream whose name is secret.
            return self._account if "…" in name else _ignore
        if stream.is_secret:
            return self._account
        if not self._selection.has(stream):
            return _ignore
        reader = self._by_name[name] = _Reader(stream, self._numbers, self._selection)
        self._streams[name] = reader.once
        return reader

    # Lines that are no events of a stream

    def _notice(self, time: int, _: int, line: bytes, out: list[Recorded[Any]]) -> None:
        try:
            notice = notice_of(line)
        except _NOT_DECODABLE as error:
            # A later version may have others, of which nobody has asked here.
            if self._notices:
                self._on_undecodable(NOTICE, line, reason_of(error))
            return
        if isinstance(notice, Disconnected):
            self._deliveries.disconnected(notice, out)
        if self._notices:
            label = getattr(notice, "stream", None)
            if self._selection.has_label(label):
                out.append(Recorded(time, 0, label or "", notice))

    def _fact(self, _time: int, _connection: int, line: bytes, out: list[Recorded[Any]]) -> None:
        # A later version of the client may say it in another way.
        with suppress(*_NOT_DECODABLE, TypeError):
            self._deliveries.fact(line, out)

    def _lose(self, _time: int, _connection: int, line: bytes, _out: list[Recorded[Any]]) -> None:
        try:
            self.lost += lost_of(line).lines
        except _NOT_DECODABLE as error:
            self._on_undecodable(LOST, line, reason_of(error))
        for reader in self._by_name.values():
            reader.once.interrupt()

    def _answer(self, time: int, _: int, line: bytes, out: list[Recorded[Any]]) -> None:
        """Deliver those rows of an answer that fill a gap."""
        try:
            answer = _decode_answer(line).data
        except _NOT_DECODABLE as error:
            self._on_undecodable(REST, line, reason_of(error))
            return
        if answer.status != 200:
            return
        path, _separator, query = answer.request.partition("?")
        asked = dict(parse_qsl(query))
        for reader in self._by_name.values():
            if reader.rows is None or not _is_about(reader.stream, path, asked):
                continue
            try:
                rows = reader.rows.decode(bytes(answer.body))
            except _NOT_DECODABLE as error:
                self._on_undecodable(reader.name, line, reason_of(error))
                continue
            assert reader.once.fills is not None
            items = [Recorded(time, 0, reader.name, row) for row in rows]
            out += reader.once.fills.rows(items)

    def _snapshot(self, time: int, _: int, line: bytes, out: list[Recorded[Any]]) -> None:
        name = read_head(line).stream or ""
        rules = self._catalog.order_book
        symbol = name.removesuffix(SNAPSHOT)
        symbols = self._selection.symbols
        if rules is None or (symbols is not None and symbol not in symbols):
            return
        try:
            snapshot = self._snapshot_decoder.decode(bytes(_decode_snapshot(line).data))
        except _NOT_DECODABLE as error:
            self._on_undecodable(name, line, reason_of(error))
            return
        if self._keep_lines:
            out.append(RecordedLine(time, 0, name, snapshot, line))
        else:
            out.append(Recorded(time, 0, name, snapshot))

    def _unnamed(self, _time: int, _connection: int, _line: bytes, _: list[Recorded[Any]]) -> None:
        self.unnamed += 1

    def _account(self, _time: int, _connection: int, _line: bytes, _: list[Recorded[Any]]) -> None:
        self.accounts += 1

    def _other_message(self, _time: int, _c: int, line: bytes, _: list[Recorded[Any]]) -> None:
        """Count a message without a stream's name, unless it is a response."""
        if b'"event":{' in line:
            self.accounts += 1
        elif b'"e":"' in line:
            self.unnamed += 1


def _ignore(_time: int, _connection: int, _line: bytes, _out: list[Recorded[Any]]) -> None:
    """Read nothing."""


def _is_about(stream: Stream, path: str, asked: dict[str, str]) -> bool:
    """Return whether a request asked for events of this stream."""
    backfill = stream.type.backfill
    if backfill is None or backfill.endpoint.path != path:
        return False
    query = {**stream.query(backfill.query), **backfill.constants}
    others = {backfill.start, backfill.end, backfill.endpoint.limit}
    return {key: value for key, value in asked.items() if key not in others} == query
