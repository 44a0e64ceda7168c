"""Recordings to events.

Made from spec/spot/ by codegen. Do not edit: change the spec and run ``make generate``.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, overload

from binance_streams._catalog import CATALOG
from binance_streams._structs import (
    AggTrade,
    AvgPrice,
    BlockTrade,
    BookTicker,
    DepthUpdate,
    KlineEvent,
    MiniTicker,
    PartialBookDepth,
    ReferencePrice,
    RollingWindowTicker,
    Ticker,
    Trade,
)
from binance_streams_runtime.generated_api import N, Numbers
from binance_streams_runtime.recording_api import Moment, OnError, RecordingReader


@overload
def read_recording(
    path: str | Path,
    *,
    stream: Literal["agg_trade"],
    symbol: str | Iterable[str] | None = ...,
    numbers: type[N] = ...,
    since: Moment | None = ...,
    until: Moment | None = ...,
    notices: Literal[False] = ...,
    errors: OnError = ...,
) -> RecordingReader[AggTrade[N]]: ...


@overload
def read_recording(
    path: str | Path,
    *,
    stream: Literal["all_mini_tickers"],
    symbol: str | Iterable[str] | None = ...,
    numbers: type[N] = ...,
    since: Moment | None = ...,
    until: Moment | None = ...,
    notices: Literal[False] = ...,
    errors: OnError = ...,
) -> RecordingReader[list[MiniTicker[N]]]: ...


@overload
def read_recording(
    path: str | Path,
    *,
    stream: Literal["all_tickers"],
    symbol: str | Iterable[str] | None = ...,
    numbers: type[N] = ...,
    since: Moment | None = ...,
    until: Moment | None = ...,
    notices: Literal[False] = ...,
    errors: OnError = ...,
) -> RecordingReader[list[Ticker[N]]]: ...


@overload
def read_recording(
    path: str | Path,
    *,
    stream: Literal["avg_price"],
    symbol: str | Iterable[str] | None = ...,
    numbers: type[N] = ...,
    since: Moment | None = ...,
    until: Moment | None = ...,
    notices: Literal[False] = ...,
    errors: OnError = ...,
) -> RecordingReader[AvgPrice[N]]: ...


@overload
def read_recording(
    path: str | Path,
    *,
    stream: Literal["block_trade"],
    symbol: str | Iterable[str] | None = ...,
    numbers: type[N] = ...,
    since: Moment | None = ...,
    until: Moment | None = ...,
    notices: Literal[False] = ...,
    errors: OnError = ...,
) -> RecordingReader[BlockTrade[N]]: ...


@overload
def read_recording(
    path: str | Path,
    *,
    stream: Literal["book_ticker"],
    symbol: str | Iterable[str] | None = ...,
    numbers: type[N] = ...,
    since: Moment | None = ...,
    until: Moment | None = ...,
    notices: Literal[False] = ...,
    errors: OnError = ...,
) -> RecordingReader[BookTicker[N]]: ...


@overload
def read_recording(
    path: str | Path,
    *,
    stream: Literal["diff_book_depth"],
    symbol: str | Iterable[str] | None = ...,
    numbers: type[N] = ...,
    since: Moment | None = ...,
    until: Moment | None = ...,
    notices: Literal[False] = ...,
    errors: OnError = ...,
) -> RecordingReader[DepthUpdate[N]]: ...


@overload
def read_recording(
    path: str | Path,
    *,
    stream: Literal["kline"],
    symbol: str | Iterable[str] | None = ...,
    numbers: type[N] = ...,
    since: Moment | None = ...,
    until: Moment | None = ...,
    notices: Literal[False] = ...,
    errors: OnError = ...,
) -> RecordingReader[KlineEvent[N]]: ...


@overload
def read_recording(
    path: str | Path,
    *,
    stream: Literal["kline_timezone_offset"],
    symbol: str | Iterable[str] | None = ...,
    numbers: type[N] = ...,
    since: Moment | None = ...,
    until: Moment | None = ...,
    notices: Literal[False] = ...,
    errors: OnError = ...,
) -> RecordingReader[KlineEvent[N]]: ...


@overload
def read_recording(
    path: str | Path,
    *,
    stream: Literal["mini_ticker"],
    symbol: str | Iterable[str] | None = ...,
    numbers: type[N] = ...,
    since: Moment | None = ...,
    until: Moment | None = ...,
    notices: Literal[False] = ...,
    errors: OnError = ...,
) -> RecordingReader[MiniTicker[N]]: ...


@overload
def read_recording(
    path: str | Path,
    *,
    stream: Literal["partial_book_depth"],
    symbol: str | Iterable[str] | None = ...,
    numbers: type[N] = ...,
    since: Moment | None = ...,
    until: Moment | None = ...,
    notices: Literal[False] = ...,
    errors: OnError = ...,
) -> RecordingReader[PartialBookDepth[N]]: ...


@overload
def read_recording(
    path: str | Path,
    *,
    stream: Literal["reference_price"],
    symbol: str | Iterable[str] | None = ...,
    numbers: type[N] = ...,
    since: Moment | None = ...,
    until: Moment | None = ...,
    notices: Literal[False] = ...,
    errors: OnError = ...,
) -> RecordingReader[ReferencePrice[N]]: ...


@overload
def read_recording(
    path: str | Path,
    *,
    stream: Literal["rolling_window_ticker"],
    symbol: str | Iterable[str] | None = ...,
    numbers: type[N] = ...,
    since: Moment | None = ...,
    until: Moment | None = ...,
    notices: Literal[False] = ...,
    errors: OnError = ...,
) -> RecordingReader[RollingWindowTicker[N]]: ...


@overload
def read_recording(
    path: str | Path,
    *,
    stream: Literal["rolling_window_ticker_all_symbols"],
    symbol: str | Iterable[str] | None = ...,
    numbers: type[N] = ...,
    since: Moment | None = ...,
    until: Moment | None = ...,
    notices: Literal[False] = ...,
    errors: OnError = ...,
) -> RecordingReader[list[RollingWindowTicker[N]]]: ...


@overload
def read_recording(
    path: str | Path,
    *,
    stream: Literal["ticker"],
    symbol: str | Iterable[str] | None = ...,
    numbers: type[N] = ...,
    since: Moment | None = ...,
    until: Moment | None = ...,
    notices: Literal[False] = ...,
    errors: OnError = ...,
) -> RecordingReader[Ticker[N]]: ...


@overload
def read_recording(
    path: str | Path,
    *,
    stream: Literal["trade"],
    symbol: str | Iterable[str] | None = ...,
    numbers: type[N] = ...,
    since: Moment | None = ...,
    until: Moment | None = ...,
    notices: Literal[False] = ...,
    errors: OnError = ...,
) -> RecordingReader[Trade[N]]: ...


@overload
def read_recording(
    path: str | Path,
    *,
    stream: str | Iterable[str] | None = ...,
    symbol: str | Iterable[str] | None = ...,
    numbers: Numbers = ...,
    since: Moment | None = ...,
    until: Moment | None = ...,
    notices: bool = ...,
    errors: OnError = ...,
) -> RecordingReader[Any]: ...


def read_recording(
    path: str | Path,
    *,
    stream: str | Iterable[str] | None = None,
    symbol: str | Iterable[str] | None = None,
    numbers: type[Any] = Decimal,
    since: Moment | None = None,
    until: Moment | None = None,
    notices: bool = False,
    errors: OnError = "raise",
) -> RecordingReader[Any]:
    """Read the events of a recording, each once, in order of receipt.

    What two connections carried, while one replaced the other, is there once; what was fetched to
    fill a gap is there, too. Events of accounts are left out.

    Args:
        path: The folder that was given to ``record``, one of a server or a day in it, or one file.
        stream: A stream's name, such as ``btcusdt@trade``, or all streams of a kind by its key in
            the catalog, such as ``agg_trade``; or several of them. None for all.
        symbol: A trading pair in either case, or several; None for all. Lists of all symbols keep
            these only.
        numbers: The type of prices and quantities: ``Decimal``, ``float`` or ``str``.
        since: The earliest time of receipt: a datetime, a text such as ``2026-11-25T12:00`` (UTC if
            it names no zone), a time of the first day such as ``12:00``, or Unix seconds.
        until: The latest time of receipt, in the same forms; both are inclusive.
        notices: Whether to yield the notices, too, as the recording client reported them.
        errors: What happens if a line does not match the spec: ``raise``, or ``skip``, which leaves
            it out; ``RecordingReader.stats`` counts what was left out.

    Returns:
        An iterable of ``Recorded`` items, which have the time of receipt in Unix nanoseconds, the
        number of the connection, the name of the stream, and the event. ``batches`` yields the
        same as lists. It reads the files anew each time that it is iterated.

    Raises:
        ParameterError: No stream is called so, or another argument is not allowed.
        RecordingError: There is no recording, or it is of another market, of several servers, or of
            sessions that ran at the same time; or zstd is not installed.
        UndecodableError: While iterating: a line does not match the spec.
    """
    return RecordingReader(
        path,
        CATALOG,
        "binance_streams",
        stream=stream,
        symbol=symbol,
        numbers=numbers,
        since=since,
        until=until,
        notices=notices,
        errors=errors,
    )
