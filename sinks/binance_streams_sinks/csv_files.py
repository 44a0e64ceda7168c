"""CSV: one file for each stream, a row for each event."""

from __future__ import annotations

import csv
from collections import OrderedDict
from collections.abc import Callable
from operator import attrgetter
from pathlib import Path
from typing import Any, TextIO

import msgspec

from binance_streams_runtime.decoding.recorded import Recorded
from binance_streams_runtime.tables.plan import Column, plans_of
from binance_streams_runtime.types import Numbers
from binance_streams_sinks.target import Target

_AROUND = ("received", "connection", "stream")

# Open at once: systems allow from 256 on.
_MAX_OPEN = 100


class CsvFiles(Target):
    """Writes CSV."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._paths: dict[str, Path] = {}
        self._rows: dict[str, Callable[[Any], list[Any]]] = {}
        self._open: OrderedDict[str, TextIO] = OrderedDict()

    @classmethod
    def decoded_as(cls, numbers: Numbers) -> Numbers:
        # As sent, every digit.
        return float if numbers is float else str

    def add(self, items: list[Recorded[Any]]) -> None:
        by_stream: dict[str, list[Recorded[Any]]] = {}
        for item in items:
            by_stream.setdefault(item.stream, []).append(item)
        for name, some in by_stream.items():
            row_of = self._rows.get(name) or self._begin(name)
            rows = [
                [item.received, item.connection, name, *row_of(event)]
                for item in some
                for event in (item.data if isinstance(item.data, list) else (item.data,))
            ]
            csv.writer(self._file(name), lineterminator="\n").writerows(rows)
            self.rows += len(rows)

    def finish(self) -> None:
        self.close()

    def close(self) -> None:
        while self._open:
            self._open.popitem()[1].close()

    def _begin(self, name: str) -> Callable[[Any], list[Any]]:
        self._paths[name] = self.output.path(f"{name}.csv")
        (struct,) = self.resolve(name).type.events
        plan = plans_of(struct)[struct]
        header = [*_AROUND, *(column.name for column in plan)]
        csv.writer(self._file(name), lineterminator="\n").writerow(header)
        row_of = self._rows[name] = _row_of(plan)
        return row_of

    def _file(self, name: str) -> TextIO:
        file = self._open.pop(name, None)
        if file is None:
            if len(self._open) >= _MAX_OPEN:
                self._open.popitem(last=False)[1].close()
            file = self._paths[name].open("a", encoding="utf-8", newline="")
        self._open[name] = file
        return file


def _row_of(plan: tuple[Column, ...]) -> Callable[[Any], list[Any]]:
    """Return what makes the values of a row of an event."""
    get = attrgetter(*(column.attribute for column in plan))
    is_one = len(plan) == 1
    changed: list[tuple[int, Callable[[Any], str]]] = [
        (place, _text_of_bool if column.kind == "bool" else _text_of_list)
        for place, column in enumerate(plan)
        if column.kind in ("bool", "structs") or column.is_list
    ]

    def row_of(event: Any) -> list[Any]:
        values: Any = get(event)
        row = [values] if is_one else list(values)
        for place, text_of in changed:
            row[place] = text_of(row[place])
        return row

    return row_of


def _text_of_bool(value: bool | None) -> str:
    return "" if value is None else str(value).lower()


def _text_of_list(value: Any) -> str:
    return "" if value is None else msgspec.json.encode(value).decode()
