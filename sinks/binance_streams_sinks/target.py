"""What all formats have in common: they take batches of recorded events, and count."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Any

from binance_streams_runtime.catalog.streams import Catalog, Stream
from binance_streams_runtime.decoding.recorded import Recorded
from binance_streams_runtime.types import Numbers
from binance_streams_sinks.output import Output

DAY = 86_400 * 1_000_000_000
"""Nanoseconds."""


class Target:
    """Writes events in one format."""

    snapshots = False
    """Whether it takes snapshots of order books."""
    keep_lines = False
    """Whether it takes the lines of events."""

    def __init__(self, output: Output, catalog: Catalog, numbers: Numbers) -> None:
        self.output: Output = output
        self.catalog: Catalog = catalog
        self.numbers: Numbers = numbers
        self.rows: int = 0
        """Rows, lines or array items that were written."""
        self.notices: int = 0
        """Notices that were among the items."""
        self.left_out: Counter[str] = Counter()
        """Events that the format has no place for, by the reason."""
        self.notes: list[str] = []
        """What users should know about the result."""
        self.resolve = lru_cache(None)(catalog.resolve)

    @classmethod
    def decoded_as(cls, numbers: Numbers) -> Numbers:
        """Return the number type that events must have to be written with ``numbers``."""
        return numbers

    def add(self, items: list[Recorded[Any]]) -> None:
        """Write events, in their order."""
        raise NotImplementedError

    def finish(self) -> None:
        """Complete the files."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the files, complete or not."""

    def symbol_of(self, stream: Stream) -> str | None:
        """Return the symbol of a stream, as events have it; None if it is of several."""
        symbol = stream.parameters.get("symbol")
        return symbol.upper() if isinstance(symbol, str) else None
