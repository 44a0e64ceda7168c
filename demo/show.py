"""Displaying a tally: a live table in a terminal, plain lines elsewhere."""

from __future__ import annotations

import textwrap
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from demo.tally import Tally

DRAWS_PER_SECOND = 4
_LAST_WIDTH = 120


class Show(Protocol):
    """Draws while it is entered; ``draw`` is called a few times a second."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

    def draw(self) -> None: ...


def show_for(tally: Tally) -> Show:
    """Return a live table if standard output is a terminal that can redraw, else plain lines."""
    console = Console()
    if console.is_terminal and not console.is_dumb_terminal:
        return LiveTable(tally, console)
    return PlainLines(tally)


class LiveTable:
    """A table redrawn in place; its last state stays on the screen."""

    def __init__(self, tally: Tally, console: Console) -> None:
        self._tally = tally
        self._live = Live(console=console, auto_refresh=False)

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._live.vertical_overflow = "visible"
        self.draw()
        self._live.__exit__(kind, error, traceback)

    def draw(self) -> None:
        self._live.update(self._table(), refresh=True)

    def _table(self) -> Table:
        title = f"{len(self._tally)} streams, {self._tally.seconds:.0f} s"
        table = Table(title=title, title_justify="left", expand=True, box=None, pad_edge=False)
        table.add_column("stream", no_wrap=True)
        table.add_column("events", justify="right")
        table.add_column("per second", justify="right")
        table.add_column("last event", no_wrap=True, overflow="ellipsis", ratio=1)
        for row in self._tally.rows():
            # As Text, because the venue's texts must not be parsed as markup.
            cells = (row.stream, f"{row.events:,}", f"{row.rate:,.1f}", row.last)
            table.add_row(*map(Text, cells))
        return table


class PlainLines:
    """One line a second, and a line for each stream at the end."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._shown = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        rows = self._tally.rows()
        width = max((len(row.stream) for row in rows), default=0)
        for row in rows:
            last = textwrap.shorten(row.last, _LAST_WIDTH, placeholder=" …")
            print(f"{row.stream:{width}} {row.events:7,} events {row.rate:8,.1f}/s  {last}")

    def draw(self) -> None:
        seconds = int(self._tally.seconds)
        if seconds > self._shown:
            self._shown = seconds
            active = len(self._tally) - len(self._tally.silent)
            print(
                f"{seconds:3} s: {self._tally.events:,} events, "
                f"{active} of {len(self._tally)} streams",
                flush=True,
            )
