"""What is printed of events: JSON lines, CSV, or frames as they came."""

from __future__ import annotations

import csv
import io
from typing import Any, Protocol, TypeVar

import msgspec

from binance_streams_cli.lines import LineWriter, harmless, printable
from binance_streams_cli.rows import Row, Rows
from binance_streams_runtime.decoding.raw import RawMessage

T_contra = TypeVar("T_contra", contravariant=True)


class Format(Protocol[T_contra]):
    """Prints rows, or messages."""

    def begin(self) -> None:
        """Print what comes before the first one."""

    def write(self, item: T_contra, /) -> None:
        """Print one."""


class RawLines:
    """A message in a line, as it was received."""

    def __init__(self, writer: LineWriter, is_terminal: bool) -> None:
        self._writer = writer
        self._is_terminal = is_terminal

    def begin(self) -> None:
        """Print nothing."""

    def write(self, message: RawMessage) -> None:
        """Print a message."""
        frame = message.frame
        self._writer.write((harmless(frame) if self._is_terminal else frame) + b"\n")


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
