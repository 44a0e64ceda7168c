"""Convert a recording to Parquet, CSV, hftbacktest or tardis.

Each event is in the files once, in order. Nothing is overwritten unless asked for, and files get
their names only once all of them are complete.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from binance_streams_cli.parser import NUMBERS
from binance_streams_cli.status import CommandError

if TYPE_CHECKING:
    from binance_streams_sinks import Converted

FORMATS = ("parquet", "csv", "hftbacktest", "tardis")
_CLEAR = "\r\x1b[K"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("folder", metavar="DIR", help="a recording, a day of it, or one file")
    parser.add_argument("--to", required=True, choices=FORMATS, help="the format")
    parser.add_argument(
        "--out", metavar="DIR", help="where to write the files (the recording's name and format)"
    )
    parser.add_argument(
        "--stream",
        action="append",
        metavar="NAME",
        help="only this stream, such as btcusdt@trade, or all of a kind, such as agg_trade; may be "
        "given several times",
    )
    parser.add_argument(
        "--symbol", action="append", metavar="SYMBOL", help="only this symbol; likewise"
    )
    add_period(parser)
    parser.add_argument(
        "--numbers",
        choices=NUMBERS,
        default="decimal",
        help="prices and quantities in Parquet: exact decimals (the default), float, or texts",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace files of the same names")
    parser.add_argument(
        "--output", choices=("text", "json"), default="text", help="what is printed (text)"
    )


def add_period(parser: argparse.ArgumentParser) -> None:
    """Add the options that limit what is read of a recording."""
    parser.add_argument(
        "--from",
        dest="since",
        metavar="TIME",
        help="the earliest time of receipt: 2026-11-25T12:00 (UTC), 12:00 on the first day, or "
        "Unix seconds",
    )
    parser.add_argument(
        "--until", metavar="TIME", help="the latest time of receipt, in the same forms"
    )


def run(options: argparse.Namespace) -> int:
    """Convert it; return the exit status."""
    from decimal import Decimal
    from pathlib import Path

    from binance_streams_runtime.errors import RecordingError
    from binance_streams_sinks import Progress, convert

    recording = Path(options.folder)
    # Beside the recording rather than in it, where the files would be taken for a part of it.
    out = options.out or f"{recording.resolve()}-{options.to}"
    numbers: dict[str, Any] = {"decimal": Decimal, "float": float, "str": str}
    is_terminal = sys.stderr.isatty()

    def show(progress: Progress) -> None:
        sys.stderr.write(f"{_CLEAR}{progress.share:4.0%}  {progress.events:,} events")
        sys.stderr.flush()

    try:
        converted = convert(
            recording,
            options.to,
            out,
            stream=options.stream,
            symbol=options.symbol,
            since=options.since,
            until=options.until,
            numbers=numbers[options.numbers],
            overwrite=options.overwrite,
            progress=show if is_terminal else None,
        )
    except RecordingError as error:
        # As this command says it.
        raise CommandError(str(error).replace("overwrite=True", "--overwrite")) from error
    finally:
        if is_terminal:
            sys.stderr.write(_CLEAR)
    if options.output == "json":
        import msgspec

        print(msgspec.json.format(msgspec.json.encode(converted)).decode())
    else:
        _print(converted, out)
    return 0


def _print(converted: Converted, out: str) -> None:
    from binance_streams_cli.lines import counted

    rows, files = counted(converted.rows, "row"), counted(len(converted.files), "file")
    print(f"wrote {rows} of {counted(converted.events, 'event')} in {files} to {out}")
    for reason, count in sorted(converted.left_out.items()):
        print(f"left out: {count:,} {reason}")
    for note in converted.notes:
        print(f"note: {note}")
