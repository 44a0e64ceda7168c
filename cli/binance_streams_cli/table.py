"""Displaying a tally: a live table in a terminal, plain lines elsewhere."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from binance_streams_cli.lines import printable
from binance_streams_cli.notices import Notices
from binance_streams_cli.status import CommandError
from binance_streams_cli.tally import Tally

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

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


def console_for_tables() -> Console | None:
    """Return the terminal if standard output is one that can redraw, and Rich is there."""
    try:
        from rich.console import Console
    except ImportError:
        return None
    console = Console()
    return console if console.is_terminal and not console.is_dumb_terminal else None


def check_rich() -> None:
    """Raise CommandError if Rich is missing."""
    try:
        import rich  # noqa: F401
    except ImportError as error:
        text = f"tables need rich: pip install 'binance-streams[cli]' ({error})"
        raise CommandError(text) from error


def show_for(tally: Tally, notices: Notices, console: Console | None) -> Show:
    """Return a live table on a terminal, else plain lines."""
    if console is not None:
        return LiveTable(tally, notices, console)
    return PlainLines(tally)


class Live:
    """Something redrawn in place; its last state stays on the screen."""

    def __init__(self, console: Console) -> None:
        """Draw on this terminal."""
        from rich.live import Live as RichLive

        self._live = RichLive(console=console, auto_refresh=False)

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # Drawn once, by Rich: it may be longer than the screen, where nothing can be redrawn.
        self._live.update(self.rendered())
        self._live.__exit__(kind, error, traceback)

    def draw(self) -> None:
        """Draw its present state."""
        from rich.console import Group

        # The cursor stays in an empty line: at the end of a full one, the terminal's echo of
        # Ctrl-C would begin another one, and the first line would be left over.
        self._live.update(Group(self.rendered(), ""), refresh=True)

    def rendered(self) -> RenderableType:
        """Return what is drawn."""
        raise NotImplementedError


class LiveTable(Live):
    """A row for each stream, and the last notices below."""

    def __init__(self, tally: Tally, notices: Notices, console: Console) -> None:
        """Show the tally on this terminal."""
        super().__init__(console)
        self._tally = tally
        self._notices = notices

    def rendered(self) -> RenderableType:
        """Return the table."""
        from rich.console import Group
        from rich.table import Table

        rows = self._tally.rows()
        streams = "1 stream" if len(rows) == 1 else f"{len(rows)} streams"
        title = f"{streams}, {self._tally.events:,} events, {self._tally.seconds:.0f} s"
        table = Table(expand=True, box=None, pad_edge=False)
        table.add_column("stream", no_wrap=True)
        table.add_column("events", justify="right", no_wrap=True)
        table.add_column("per second", justify="right", no_wrap=True)
        table.add_column("last event", no_wrap=True, overflow="ellipsis", ratio=1)
        for row in rows:
            add_row(table, row.stream, f"{row.events:,}", f"{row.rate:,.1f}", row.last)
        return Group(text(title), table, *paragraphs(self._notices.shown))


class PlainLines:
    """One line a second, and a line for each stream at the end."""

    def __init__(self, tally: Tally) -> None:
        """Print the tally."""
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
            last = textwrap.shorten(printable(row.last), _LAST_WIDTH, placeholder=" …")
            stream = printable(row.stream)
            print(f"{stream:{width}} {row.events:7,} events {row.rate:8,.1f}/s  {last}")

    def draw(self) -> None:
        """Print how far it is, once a second."""
        seconds = int(self._tally.seconds)
        if seconds > self._shown:
            self._shown = seconds
            active = len(self._tally) - len(self._tally.silent)
            print(
                f"{seconds:3} s: {self._tally.events:,} events, "
                f"{active} of {len(self._tally)} streams",
                flush=True,
            )


def add_row(table: Table, *cells: str, style: str | None = None) -> None:
    """Add a row of texts, of which nothing is markup or an escape sequence."""
    table.add_row(*(text(cell) for cell in cells), style=style)


def paragraphs(lines: Iterable[str]) -> list[Any]:
    """Return lines that take as many lines as they need."""
    from rich.text import Text

    return [Text(printable(line), style="yellow", overflow="fold") for line in tuple(lines)]


def text(cell: str) -> Any:
    """Return a text for Rich; the venue's texts must not be parsed as markup."""
    from rich.text import Text

    return Text(printable(cell), no_wrap=True, overflow="ellipsis")
