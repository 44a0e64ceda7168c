"""An order book as a ladder on a terminal, or as JSON lines."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from binance_streams_cli.following import Following
from binance_streams_cli.formats import JsonLines
from binance_streams_cli.lines import LineWriter
from binance_streams_cli.notices import Notices
from binance_streams_cli.rows import Row, plain
from binance_streams_cli.status import CommandError
from binance_streams_cli.table import (
    DRAWS_PER_SECOND,
    Live,
    add_row,
    check_rich,
    console_for_tables,
    text,
)

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_COST_FIELDS = ("average_price", "worst_price", "cost", "quantity", "levels", "is_complete")


class BookShow(Following):
    """One run of ``book``."""

    def __init__(self, options: argparse.Namespace, notices: Notices) -> None:
        """Check the options; raise CommandError if one is not allowed."""
        super().__init__(options, notices)
        self._printed = 0
        self._changes = 0
        self._console: Console | None = None
        is_terminal = sys.stdout.isatty()
        if options.output == "table" or (options.output == "auto" and is_terminal):
            self._console = console_for_tables() if is_terminal else None
            if options.output == "table" and self._console is None:
                check_rich()
                raise CommandError("--output table: standard output is no terminal that can redraw")
        notices.is_table = self._console is not None and sys.stderr.isatty()

    @property
    def events(self) -> int:
        """How many changes have come."""
        return self._changes

    def run(self, client: Any, symbol: str) -> int:
        """Show the book; return the exit status, or raise what ended it."""
        if self._console is None:
            self._print(client, client.order_book(symbol))
        else:
            self._show(client, client.order_book(symbol, on_event=self._count), self._console)
        return self.status()

    def _count(self, change: object) -> None:
        self._changes += 1
        if self._changes == self._options.n:
            self._limits.end("count")

    def _print(self, client: Any, book: Any) -> None:
        last: Row | None = None
        with (
            LineWriter(sys.stdout.buffer, client.close) as writer,
            self._limits.watch(lambda: self._changes, client.close),
        ):
            lines = JsonLines(writer)
            for _ in book:
                self._changes += 1
                row = row_of(book, self._options.levels, self._options.cost)
                if last is not None and _is_same(row, last):
                    continue
                lines.write(row)
                last = row
                self._printed += 1
                if self._printed == self._options.n:
                    break

    def _show(self, client: Any, book: Any, console: Console) -> None:
        limits = self._limits
        with (
            limits.watch(lambda: self._changes, client.close),
            Ladder(book, self._options, self._notices, console) as ladder,
        ):
            while not limits.is_over:
                ladder.draw()
                limits.wait(1 / DRAWS_PER_SECOND)


class Ladder(Live):
    """Both sides of a book, with the best prices in the middle."""

    def __init__(
        self, book: Any, options: argparse.Namespace, notices: Notices, console: Console
    ) -> None:
        """Show the book on this terminal."""
        super().__init__(console)
        self._book = book
        self._options = options
        self._notices = notices
        self._console = console

    def rendered(self) -> RenderableType:
        """Return the ladder."""
        from rich.console import Group
        from rich.table import Table

        book = self._book
        # What the terminal has room for: both sides, three lines around them, costs and notices.
        room = (self._console.height - 5 - len(self._options.cost)) // 2
        view = book.top(max(1, min(self._options.levels, room)))
        table = Table(box=None, pad_edge=False)
        for name in ("", "price", "quantity", "sum"):
            table.add_column(name, justify="right", no_wrap=True, min_width=6)
        for style, name, levels in (("red", "ask", view.asks), ("green", "bid", view.bids)):
            rows, total = [], 0
            for level in levels:
                total += level.quantity
                rows.append((name, f"{level.price:f}", f"{level.quantity:f}", f"{total:f}"))
            for row in reversed(rows) if name == "ask" else rows:
                add_row(table, *row, style=style)
        costs = (text(_cost_line(book, side, quantity)) for side, quantity in self._options.cost)
        return Group(
            self._title(view), table, *costs, *(text(line) for line in tuple(self._notices.shown))
        )

    def _title(self, view: Any) -> Any:
        book = self._book
        words = [book.symbol, book.state]
        if book.state != "synced" and book.reason:
            words.append(f"({book.reason})")
        elif book.spread is not None:
            words += [f"spread {book.spread:f}", f"mid {book.mid:f}"]
            words.append(f"imbalance {float(book.imbalance(len(view.bids) or 1) or 0):+.2f}")
        return text("  ".join(words))


def row_of(book: Any, levels: int, costs: list[tuple[str, Any]]) -> Row:
    """Return the best levels as a row."""
    view = book.top(levels)
    row: Row = {
        "symbol": book.symbol,
        "update_id": view.update_id,
        "event_time": book.event_time,
        "state": view.state,
        "bids": plain(view.bids),
        "asks": plain(view.asks),
    }
    if costs:
        row["costs"] = [_cost(book, side, quantity) for side, quantity in costs]
    return row


def _is_same(row: Row, last: Row) -> bool:
    return all(row[name] == last[name] for name in ("state", "bids", "asks"))


def _cost(book: Any, side: str, quantity: Any) -> Row:
    fill = book.cost(side, quantity)
    row: Row = {"side": side, "asked": plain(quantity)}
    return row | {name: plain(getattr(fill, name)) for name in _COST_FIELDS}


def _cost_line(book: Any, side: str, quantity: Any) -> str:
    fill = book.cost(side, quantity)
    if fill.average_price is None:
        return f"{side} {quantity:f}: no levels"
    more = "" if fill.is_complete else f", but only {fill.quantity:f} is known to be there"
    total, average = f"{fill.cost.normalize():f}", f"{fill.average_price:.8f}"
    return (
        f"{side} {quantity:f}: {total} in total, {average} on the average, "
        f"{fill.worst_price:f} at worst{more}"
    )
