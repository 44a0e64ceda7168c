"""What is printed of events: JSON lines, CSV, or frames as they came."""

from __future__ import annotations

import csv
import io
from typing import Any, Protocol

import msgspec

from binance_streams_cli.lines import LineWriter, harmless, printable
from binance_streams_cli.rows import Row, Rows


class Format(Protocol):
    """Prints rows."""

    def begin(self) -> None:
        """Print what comes before the first row."""

    def write(self, row: Row) -> None:
        """Print a row."""


class JsonLines:
    """An object in a line for each row."""

    def __init__(self, writer: LineWriter) -> None:
        self._writer = writer
        self._encode = msgspec.json.Encoder().encode

    def begin(self) -> None:
        """Print nothing."""

    def write(self, row: Row) -> None:
        """Print a row."""
        self._writer.write(harmless(self._encode(row) + b"\n"))


class Csv:
    """A header, and a line of values for each row; lists are JSON in a cell."""

    def __init__(self, writer: LineWriter, rows: Rows, is_terminal: bool) -> None:
        self._writer = writer
        self._rows = rows
        self._is_terminal = is_terminal
        self._text = io.StringIO()
        self._csv = csv.writer(self._text, lineterminator="\n")

    def begin(self) -> None:
        """Print the header."""
        self._write(self._rows.columns)

    def write(self, row: Row) -> None:
        """Print a row."""
        self._write([_cell(value) for value in self._rows.flat(row)])

    def _write(self, values: list[Any]) -> None:
        self._text.seek(0)
        self._text.truncate()
        self._csv.writerow(values)
        line = self._text.getvalue()
        if self._is_terminal:
            line = printable(line.removesuffix("\n")) + "\n"
        self._writer.write(line.encode())


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, dict)):
        return harmless(msgspec.json.encode(value)).decode()
    return value
