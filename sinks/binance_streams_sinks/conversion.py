"""Recordings into the formats of other programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from msgspec import Struct

from binance_streams_runtime.catalog.streams import Catalog, Stream
from binance_streams_runtime.decoding.json import check_numbers
from binance_streams_runtime.errors import BinanceStreamsError, ParameterError, RecordingError
from binance_streams_runtime.recording.header import Header
from binance_streams_runtime.recording.selection import Selection
from binance_streams_runtime.storage.events import Moment, ReadStats, RecordingReader
from binance_streams_runtime.storage.info import recording_info
from binance_streams_runtime.storage.parts import package_in, parts_in
from binance_streams_runtime.types import Numbers
from binance_streams_sinks.output import Output
from binance_streams_sinks.target import Target

Format: TypeAlias = Literal["parquet", "csv", "hftbacktest", "tardis"]
"""What a recording can be converted to."""

FORMATS: tuple[str, ...] = get_args(Format)

# Items that are read at once.
_BATCH = 8_192


class Progress(Struct, frozen=True):
    """How far a conversion has come."""

    bytes_read: int
    """Bytes of the recording that have been read."""
    bytes_total: int
    events: int
    """Events that have been read."""

    @property
    def share(self) -> float:
        """How much of the recording has been read, from 0 to 1."""
        return self.bytes_read / self.bytes_total if self.bytes_total else 1.0


class Converted(Struct, frozen=True):
    """What a conversion has written, and what it has left out."""

    format: str
    files: tuple[str, ...]
    """The paths of all files, in order."""
    events: int
    """Events that were read, each once."""
    rows: int
    """Rows, lines or array items that were written."""
    left_out: dict[str, int]
    """How much was left out, by the reason; empty if nothing was."""
    notes: tuple[str, ...] = ()
    """What users of the files should know."""


class _Asked(NamedTuple):
    """What to read of a recording, as users say it."""

    stream: Any
    symbol: Any


def convert(
    path: str | Path,
    to: Format,
    out: str | Path,
    *,
    stream: str | Iterable[str] | None = None,
    symbol: str | Iterable[str] | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
    numbers: Numbers = Decimal,
    overwrite: bool = False,
    progress: Callable[[Progress], object] | None = None,
) -> Converted:
    """Convert a recording to files of another format; each event is in them once.

    Files get their names only once all of them are complete; if anything goes wrong before that,
    nothing is left behind. Memory is bounded, but for ``hftbacktest``, which needs that of the
    array of one symbol and day, three times.

    Args:
        path: The folder that was given to ``record``, one of a server or a day in it, or one file.
        to: ``parquet``: a file for each stream and day, in folders such as
            ``stream=trade/symbol=BTCUSDT/date=2026-11-26`` (needs pyarrow). ``csv``: a file for
            each stream. ``hftbacktest``: an array for each symbol and day, of trades and order
            books (needs numpy). ``tardis``: a file for each minute, with the messages as they
            were sent.
        out: The folder for the files; it is made if there is none.
        stream: A stream's name, such as ``btcusdt@trade``, or all streams of a kind by its key in
            the catalog, such as ``agg_trade``; or several of them. None for all.
        symbol: A trading pair in either case, or several; None for all.
        since: The earliest time of receipt: a datetime, a text such as ``2026-11-25T12:00`` (UTC if
            it names no zone), a time of the first day such as ``12:00``, or Unix seconds.
        until: The latest time of receipt, in the same forms; both are inclusive.
        numbers: The type of prices and quantities in Parquet: ``Decimal`` (exact), ``float``, or
            ``str``. CSV has them as they were sent, unless it is ``float``; hftbacktest has float.
        overwrite: Whether files of the same names are replaced; otherwise they are an error.
        progress: Called now and then with a ``Progress``.

    Returns:
        What was written, and how much was left out for which reason: events that came twice, lines
        that do not match the spec, and what the format has no place for.

    Raises:
        ParameterError: An argument is not allowed.
        RecordingError: There is no recording, it cannot be read as one, or a file exists already.
        ImportError: The format needs a library that is not installed; the message names it.
    """
    if to not in FORMATS:
        raise ParameterError("to", to, ", ".join(FORMATS))
    check_numbers(numbers)
    catalog = _catalog(path)
    header = parts_in(path)[0].header
    asked = _Asked(_listed(stream), _listed(symbol))
    kind, options = _target(to, path, header, catalog, asked)
    reader = RecordingReader[Any](
        path,
        catalog,
        header.package,
        stream=asked.stream,
        symbol=asked.symbol,
        since=since,
        until=until,
        numbers=kind.decoded_as(numbers),
        notices=kind.keep_lines,
        snapshots=kind.snapshots,
        keep_lines=kind.keep_lines,
        errors="skip",
    )
    output = Output(out, overwrite)
    try:
        target: Target = kind(output, catalog, numbers, **options)
        try:
            _write(reader, target, progress)
        finally:
            target.close()
        files = output.commit()
    except BaseException:
        output.discard()
        raise
    return Converted(
        format=to,
        files=files,
        events=reader.stats.items - target.notices,
        rows=target.rows,
        left_out=_left_out(reader.stats) | dict(target.left_out),
        notes=tuple(target.notes),
    )


def _write(
    reader: RecordingReader[Any], target: Target, progress: Callable[[Progress], object] | None
) -> None:
    for batch in reader.batches(_BATCH):
        target.add(batch)
        if progress is not None:
            progress(Progress(reader.bytes_read, reader.bytes_total, reader.stats.items))
    target.finish()
    if progress is not None:
        progress(Progress(reader.bytes_total, reader.bytes_total, reader.stats.items))


def _catalog(path: str | Path) -> Catalog:
    """Return the streams of the market that was recorded."""
    name = package_in(path)
    try:
        catalog: Catalog = import_module(name).CATALOG
    except (ModuleNotFoundError, AttributeError):
        raise RecordingError(f"{path} is a recording of {name}, which is not installed") from None
    return catalog


def _target(
    to: str, path: str | Path, header: Header, catalog: Catalog, asked: _Asked
) -> tuple[type[Target], dict[str, Any]]:
    """Return what writes the format, and its options; it is imported only if it is wanted."""
    match to:
        case "parquet":
            from binance_streams_sinks.parquet import Parquet

            return Parquet, {}
        case "csv":
            from binance_streams_sinks.csv_files import CsvFiles

            return CsvFiles, {}
        case "hftbacktest":
            from binance_streams_sinks.hftbacktest import Hftbacktest

            return Hftbacktest, {"streams": _streams(path, catalog, asked)}
        case _:
            from binance_streams_sinks.tardis import TardisSlices, exchange_of

            return TardisSlices, {"exchange": exchange_of(header.market)}


def _streams(path: str | Path, catalog: Catalog, asked: _Asked) -> list[Stream]:
    """Return the streams of a recording that are asked for."""
    selection = Selection(catalog, asked.stream, asked.symbol)
    found = []
    for name in recording_info(path, counts=False).streams:
        # Snapshots have names that are none of streams, and accounts hidden ones.
        with suppress(BinanceStreamsError):
            found.append(catalog.resolve(name))
    return [stream for stream in found if selection.has(stream)]


def _listed(value: str | Iterable[str] | None) -> Any:
    """Return what can be read more than once."""
    return list(value) if isinstance(value, Iterable) and not isinstance(value, str) else value


def _left_out(stats: ReadStats) -> dict[str, int]:
    reasons = {
        "events that came twice": stats.duplicates,
        "events that came after later ones": stats.late,
        "lines that do not match the spec": stats.undecodable,
        "messages without the name of a stream": stats.unnamed,
        "events of accounts": stats.accounts,
        "lines that could not be recorded": stats.lost,
        "files with a torn end": len(stats.torn),
    }
    return {reason: count for reason, count in reasons.items() if count}
