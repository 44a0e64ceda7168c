"""Repair a recording that was cut off: nothing that can be read is removed."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from binance_streams_runtime.storage.repair import Repair


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("folder", metavar="DIR", help="a recording, a day of it, or one file")
    parser.add_argument(
        "--output", choices=("text", "json"), default="text", help="what is printed (text)"
    )


def run(options: argparse.Namespace) -> int:
    """Repair it; return the exit status."""
    from binance_streams_runtime.storage.repair import repair

    repairs = repair(options.folder)
    if options.output == "json":
        import msgspec

        print(msgspec.json.format(msgspec.json.encode(repairs, enc_hook=str)).decode())
        return 0
    for one in repairs:
        if one.damage is not None or one.has_new_index:
            print(_sentence(one))
    repaired = sum(not one.is_skipped and one.damage is not None for one in repairs)
    print(f"{repaired} of {len(repairs)} files repaired")
    return 0


def _sentence(one: Repair) -> str:
    from binance_streams_cli.lines import counted, printable, size

    path = printable(str(one.path))
    if one.is_skipped:
        return f"{path}: left alone: {one.damage}"
    if one.damage is None:
        return f"{path}: its index was made anew"
    saved = counted(one.saved_lines, "line")
    return f"{path}: {one.damage}; saved {saved} of the last {size(one.damaged_bytes)}"
