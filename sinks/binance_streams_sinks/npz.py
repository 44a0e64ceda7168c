"""Arrays for hftbacktest: rows are collected in a file, then put in order by both clocks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

try:
    import numpy as np
except ModuleNotFoundError as error:
    if error.name is None or error.name.partition(".")[0] != "numpy":
        raise
    raise ImportError(
        "arrays for hftbacktest need numpy, as hftbacktest does: pip install numpy", name="numpy"
    ) from None

DEPTH = 1
TRADE = 2
DEPTH_CLEAR = 3
DEPTH_SNAPSHOT = 4
EXCHANGE = 1 << 31
"""The exchange handles the row at ``exch_ts``."""
LOCAL = 1 << 30
"""The receiving machine handles the row at ``local_ts``."""
BUY = 1 << 29
SELL = 1 << 28

EVENT = np.dtype(
    [
        *(("ev", "<u8"), ("exch_ts", "<i8"), ("local_ts", "<i8"), ("px", "<f8"), ("qty", "<f8")),
        *(("order_id", "<u8"), ("ival", "<i8"), ("fval", "<f8")),
    ],
    align=True,
)
"""What hftbacktest calls ``event_dtype``."""


class Rows:
    """The rows of one array, in order of receipt."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ev: list[int] = []
        self._exchange: list[int] = []
        self._local: list[int] = []
        self._price: list[float] = []
        self._quantity: list[float] = []

    def __len__(self) -> int:
        """How many rows are in memory."""
        return len(self._ev)

    def add(self, flags: int, exchange: int, local: int, price: float, quantity: float) -> None:
        """Add a row."""
        self._ev.append(flags)
        self._exchange.append(exchange)
        self._local.append(local)
        self._price.append(price)
        self._quantity.append(quantity)

    def levels(self, flags: int, exchange: int, local: int, levels: Any) -> None:
        """Add a row for each level of one side of a book."""
        count = len(levels)
        self._ev += [flags] * count
        self._exchange += [exchange] * count
        self._local += [local] * count
        self._price += [level.price for level in levels]
        self._quantity += [level.quantity for level in levels]

    def flush(self) -> None:
        """Move the rows out of memory."""
        rows = np.zeros(len(self._ev), EVENT)
        for name, values in (
            *(("ev", self._ev), ("exch_ts", self._exchange), ("local_ts", self._local)),
            *(("px", self._price), ("qty", self._quantity)),
        ):
            rows[name] = values
            values.clear()
        with self._path.open("ab") as file:
            rows.tofile(file)

    def save(self, path: Path) -> tuple[int, int]:
        """Write the array; return its length, and by how much local times were moved, in ns."""
        self.flush()
        rows = np.fromfile(self._path, EVENT)
        self._path.unlink()
        moved = correct_local_times(rows)
        ordered = in_order(rows)
        with path.open("wb") as file:
            np.savez_compressed(file, data=ordered)
        return len(ordered), moved


def correct_local_times(rows: Any) -> int:
    """Move local times so that nothing is received before it happens; return by how many ns.

    The clocks of the exchange and of the recording machine differ.
    """
    if not len(rows):
        return 0
    moved = int(max(0, (rows["exch_ts"] - rows["local_ts"]).max()))
    rows["local_ts"] += moved
    return moved


def in_order(rows: Any) -> Any:
    """Return rows that are in order by the clock of the exchange, and by the local one.

    A row that is in both is one event for both. One that the exchange had before an earlier row,
    such as a trade that came after a later update of the book, becomes two: one for the exchange,
    at its time, and one for the receiving machine.
    """
    rows = rows[np.argsort(rows["local_ts"], kind="stable")]
    exchange = rows["exch_ts"]
    newest = np.maximum.accumulate(exchange)
    is_late = exchange < newest
    places = np.arange(len(rows)) * 2 + 1
    rows["ev"] |= np.where(is_late, LOCAL, LOCAL | EXCHANGE).astype("u8")
    late = rows[is_late]
    if not len(late):
        return rows
    # Before the first row that the exchange had later; all rows up to it are in its order.
    late["ev"] ^= np.uint64(LOCAL | EXCHANGE)
    before = np.searchsorted(newest, late["exch_ts"], side="right") * 2
    order = np.lexsort(
        (
            np.concatenate([np.zeros(len(rows), "i8"), late["exch_ts"]]),
            np.concatenate([places, before]),
        )
    )
    return np.concatenate([rows, late])[order]
