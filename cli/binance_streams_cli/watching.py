"""Showing the events of a client until there have been enough: for ``watch`` and ``replay``."""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from binance_streams_cli import status
from binance_streams_cli.choose import Chosen
from binance_streams_cli.following import Following
from binance_streams_cli.formats import Csv, Format, JsonLines, RawLines
from binance_streams_cli.lines import LineWriter, counted
from binance_streams_cli.notices import Notices
from binance_streams_cli.rows import Row, Rows
from binance_streams_cli.status import CommandError
from binance_streams_cli.table import DRAWS_PER_SECOND, check_rich, console_for_tables, show_for
from binance_streams_cli.tally import Tally
from binance_streams_runtime.errors import BinanceStreamsError

if TYPE_CHECKING:
    from rich.console import Console

PATIENCE = 60.0
"""How many seconds longer than asked for ``--each`` waits until each stream has delivered."""

NUMBER_TYPES: dict[str, type[Any]] = {"str": str, "float": float, "decimal": Decimal}


class Watching(Following):
    """One run of ``watch`` or ``replay``."""

    def __init__(
        self, options: argparse.Namespace, chosen: Chosen, notices: Notices, has_end: bool = False
    ) -> None:
        """Check the options; raise CommandError if one is not allowed.

        ``has_end`` if the events come to an end by themselves.
        """
        super().__init__(options, notices)
        self._chosen = chosen
        self._has_end = has_end
        self._needs_each = getattr(options, "each", False)
        self._output, self._console = _output(options, chosen)
        if self._needs_each and (self._output != "table" or options.total is None):
            raise CommandError("--each: needs a table and --for TIME", status.USAGE)
        self._rows = Rows((stream.type for stream in chosen.streams), options.fields)
        self._printed = 0
        if self._output == "table":
            # It sees to the time itself, as it may have to wait for silent streams.
            self._limits.total = None
        self._tally = Tally(chosen.streams, options.n, lambda: self._limits.end("count"))
        notices.is_table = self._console is not None and sys.stderr.isatty()

    @property
    def events(self) -> int:
        """How many events have been shown."""
        return self._tally.events if self._output == "table" else self._printed

    @property
    def on_event(self) -> Callable[[Any], object] | None:
        """The client's ``on_event``: a table counts in the client's thread and is drawn here."""
        return self._tally.add if self._output == "table" and not self._has_end else None

    @property
    def is_raw(self) -> bool:
        """Whether messages are shown as they were received."""
        return self._output == "raw"

    def run(self, client: Any) -> int:
        """Show the client's events; return the exit status, or raise what ended it."""
        if self._output == "table":
            self._show(client)
        else:
            self._print(client)
        return self.status()

    def _print(self, client: Any) -> None:
        with LineWriter(sys.stdout.buffer, client.close) as writer:
            if self.is_raw:
                form: Format[Any] = RawLines(writer, sys.stdout.isatty())
                shown: Iterator[Any] = (message.data for message in client)
            elif self._output == "csv":
                form, shown = Csv(writer, self._rows, sys.stdout.isatty()), self._each(client)
            else:
                form, shown = JsonLines(writer), self._each(client)
            form.begin()
            with self._limits.watch(lambda: self._printed, client.close):
                for item in shown:
                    form.write(item)
                    self._printed += 1
                    if self._printed == self._options.n:
                        break

    def _each(self, client: Any) -> Iterator[Row]:
        labels = {stream.name: stream.label for stream in self._chosen.streams}
        for message in client:
            yield from self._rows.of(labels.get(message.stream, message.stream), message.data)

    def _show(self, client: Any) -> None:
        tally, limits = self._tally, self._limits
        tally.start()
        if self._has_end:
            threading.Thread(
                target=self._count_to_end, args=(client,), name="binance-streams-end", daemon=True
            ).start()
        try:
            with (
                limits.watch(lambda: tally.events, client.close),
                show_for(tally, self._notices, self._console) as show,
            ):
                while not limits.is_over:
                    show.draw()
                    limits.wait(min(self._left(), 1 / DRAWS_PER_SECOND))
                    if not self._left():
                        limits.end("time")
        finally:
            self._conclude()

    def _count_to_end(self, client: Any) -> None:
        """Count all events, and end with them."""
        try:
            for message in client:
                self._tally.add(message)
        except BinanceStreamsError as error:
            # Whatever has ended it may have closed the client before.
            if not self._limits.is_over:
                self.on_error(error)
        self._limits.end("end")

    def _left(self) -> float:
        """Return for how many seconds the table is shown yet."""
        if self._options.total is None:
            return 1.0
        patience = PATIENCE if self._needs_each and self._tally.silent else 0.0
        total: float = self._options.total
        return max(total + patience - self._tally.seconds, 0.0)

    def _conclude(self) -> None:
        """Say what the table does not."""
        tally = self._tally
        if self._chosen.left_out:
            print(f"left out: {', '.join(self._chosen.left_out)}")
        if self._notices.counts:
            print(f"notices: {self._notices.summary()}")
        if tally.silent:
            listed = ", ".join(tally.silent)
            print(f"no event from {len(tally.silent)} of {len(tally)} streams: {listed}")
        else:
            all_of = counted(len(tally), "stream")
            print(f"all {all_of} delivered events, {tally.events:,} in total")

    def status(self) -> int:
        """Return the exit status, or raise what ended it."""
        found = super().status()
        if self._needs_each and self._tally.silent:
            raise CommandError(f"{len(self._tally.silent)} streams delivered no event (--each)")
        return found


def _output(options: argparse.Namespace, chosen: Chosen) -> tuple[str, Console | None]:
    """Return the output, and the terminal if a live table is drawn on it."""
    output = options.output
    if output == "raw" and any(stream.is_secret for stream in chosen.streams):
        raise CommandError("--output raw: its messages would show the listen key", status.USAGE)
    if output == "auto":
        is_table = options.fields is None and sys.stdout.isatty()
        output = "table" if is_table else "json"
    if options.fields is not None and output not in ("json", "csv"):
        raise CommandError("--fields: allowed for --output json and csv", status.USAGE)
    if output != "table":
        return output, None
    if options.output == "table" and sys.stdout.isatty():
        check_rich()
    return output, console_for_tables() if sys.stdout.isatty() else None
