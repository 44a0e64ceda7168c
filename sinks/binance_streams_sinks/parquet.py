"""Parquet, in folders as Hive names them: ``stream=trade/symbol=BTCUSDT/date=2026-11-26``."""

from __future__ import annotations

from collections import Counter, OrderedDict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from binance_streams_runtime.decoding.recorded import Recorded
from binance_streams_runtime.tables.convert import to_arrow
from binance_streams_runtime.types import Numbers
from binance_streams_sinks.arrow import pa, pq
from binance_streams_sinks.target import DAY, Target

_ROWS = 65_536
"""Rows of a group, unless too many rows wait."""

# Items that wait for their group to be full, in all; and how many make a group then.
_MAX_WAITING = 262_144
_FEWEST = 8_192

_MAX_OPEN = 100


class _Place(NamedTuple):
    stream: str
    day: int


class Parquet(Target):
    """Writes Parquet."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._waiting: dict[_Place, list[Recorded[Any]]] = {}
        self._count = 0
        self._open: OrderedDict[_Place, Any] = OrderedDict()
        self._files: Counter[_Place] = Counter()

    @classmethod
    def decoded_as(cls, numbers: Numbers) -> Numbers:
        # Texts become decimals of Arrow at a fifth of what Decimals cost.
        return str if numbers is Decimal else numbers

    def add(self, items: list[Recorded[Any]]) -> None:
        for item in items:
            place = _Place(item.stream, item.received // DAY)
            waiting = self._waiting.setdefault(place, [])
            waiting.append(item)
            self._count += 1
            if len(waiting) >= _ROWS:
                self._write(place)
        if self._count >= _MAX_WAITING:
            self._make_room()

    def finish(self) -> None:
        for place in list(self._waiting):
            self._write(place)
        self.close()

    def close(self) -> None:
        while self._open:
            self._open.popitem()[1].close()

    def _make_room(self) -> None:
        for fewest in (_FEWEST, 0):
            for place, waiting in list(self._waiting.items()):
                if len(waiting) >= fewest:
                    self._write(place)
            if self._count < _MAX_WAITING // 2:
                return

    def _write(self, place: _Place) -> None:
        items = self._waiting.pop(place)
        self._count -= len(items)
        stream = self.resolve(place.stream)
        (struct,) = stream.type.events
        table = to_arrow(items, type=struct, numbers=self.numbers)
        if not table.num_rows:
            return
        names = ["stream_name" if name == "stream" else name for name in table.column_names]
        table = table.rename_columns(names)
        if self.symbol_of(stream) is not None and "symbol" in names:
            # The folder says it, and readers take it from there.
            table = table.drop_columns(["symbol"])
        self.rows += table.num_rows
        writer = self._open.pop(place, None)
        if writer is not None:
            try:
                table = table.cast(writer.schema)
            except pa.ArrowInvalid:
                # A value has more digits than all before it.
                writer.close()
                writer = None
        if writer is None:
            writer = self._begin(place, table.schema)
        self._open[place] = writer
        writer.write_table(table)

    def _begin(self, place: _Place, schema: Any) -> Any:
        """Return what writes another file."""
        if len(self._open) >= _MAX_OPEN:
            self._open.popitem(last=False)[1].close()
        number = self._files[place]
        self._files[place] += 1
        path = self.output.path(
            f"{self._folder(place)}/{place.stream}-{number}.parquet",
            replaces=f"{place.stream}-*.parquet",
        )
        return pq.ParquetWriter(path, schema, compression="zstd")

    def _folder(self, place: _Place) -> str:
        stream = self.resolve(place.stream)
        day = datetime.fromtimestamp(place.day * (DAY // 1_000_000_000), UTC)
        symbol = self.symbol_of(stream)
        folders = [f"stream={stream.type.key}", f"date={day:%Y-%m-%d}"]
        if symbol is not None:
            folders.insert(1, f"symbol={symbol}")
        return "/".join(folders)
