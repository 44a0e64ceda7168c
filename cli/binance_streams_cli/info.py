"""Show what is in a recording."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from binance_streams_runtime.storage.info import RecordingInfo


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("folder", metavar="DIR", help="a recording, a day of it, or one file")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="count nothing by stream, so that little more than the indexes is read",
    )
    parser.add_argument(
        "--output", choices=("text", "json"), default="text", help="what is printed (text)"
    )


def run(options: argparse.Namespace) -> int:
    """Describe the recording; return the exit status."""
    from binance_streams_runtime.storage.info import recording_info

    info = recording_info(options.folder, counts=not options.quick)
    if options.output == "json":
        _print_json(info)
    else:
        _print(info)
    return 0


def _print(info: RecordingInfo) -> None:
    from binance_streams_cli.lines import counted, printable, size
    from binance_streams_cli.streams import print_columns

    servers = dict.fromkeys(f"{part.server} ({part.market})" for part in info.parts)
    print(f"recording  {printable(info.path)}")
    print(f"server     {printable(', '.join(servers))}")
    print(f"from       {moment(info.begin)}")
    print(f"to         {moment(info.end)}")
    print(
        f"size       {size(info.size)} in {counted(len(info.parts), 'file')}, "
        f"{counted(info.lines, 'line')}, {counted(len(info.sessions), 'session')}"
    )
    if info.notices is not None:
        listed = ", ".join(f"{name} {count}" for name, count in sorted(info.notices.items()))
        print(f"notices    {listed or 'none'}")
        print(
            f"missing    {counted(info.missing or 0, 'event')} in {counted(info.gaps or 0, 'gap')}"
        )
    if info.lost:
        print(f"lost       {counted(info.lost, 'line')} could not be written")
    print()
    rows = [
        (printable(name), f"{one.lines:>12,}", f"{size(one.bytes):>10}")
        if one is not None
        else (printable(name),)
        for name, one in sorted(info.streams.items())
    ]
    head = ("stream", f"{'messages':>12}", f"{'size':>10}")
    print_columns(head if info.notices is not None else head[:1], rows)
    for part in info.parts:
        if part.damage is not None:
            print(f"\ndamaged: {printable(part.path)}: {part.damage}")
            print(f"  binance-streams repair {printable(part.path)}")


def _print_json(info: RecordingInfo) -> None:
    import msgspec

    derived = {"begin": info.begin, "end": info.end, "lines": info.lines, "size": info.size}
    whole = {**msgspec.to_builtins(info), **derived, "gaps": info.gaps}
    print(msgspec.json.format(msgspec.json.encode(whole)).decode())


def moment(nanoseconds: int) -> str:
    """Return a time in UTC, such as ``2026-11-25 12:00:00.123``."""
    from datetime import UTC, datetime

    seconds, rest = divmod(nanoseconds, 10**9)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}.{rest // 10**6:03}"
