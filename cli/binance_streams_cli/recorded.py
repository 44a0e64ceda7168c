"""What a recording has, for those who replay it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from binance_streams_cli.status import STREAM, CommandError

if TYPE_CHECKING:
    from binance_streams_cli.choose import Chosen
    from binance_streams_runtime.catalog.streams import Catalog

_MOST_NAMES = 10


def streams_in(folder: str, catalog: Catalog) -> list[str]:
    """Return the names of the streams that were recorded."""
    from binance_streams_runtime.errors import BinanceStreamsError
    from binance_streams_runtime.storage.info import recording_info

    found = []
    for name in recording_info(folder, counts=False).streams:
        # Snapshots, answers and accounts are no streams that one can subscribe to.
        try:
            found.append(catalog.resolve(name).name)
        except BinanceStreamsError:
            continue
    return found


def check_recorded(chosen: Chosen, names: Sequence[str]) -> None:
    """Raise CommandError if a stream is not in the recording, with what is."""
    for stream in chosen.streams:
        if stream.name not in names:
            more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
            listed = ", ".join(sorted(names)[:_MOST_NAMES])
            text = f"the recording has no {stream.label}; it has {listed or 'no stream'}{more}"
            raise CommandError(text, STREAM)
