"""The table of each sequence of the suite ``book``."""

from __future__ import annotations

import statistics
from typing import Any

from benchmarks.books.registry import BOOKS, JSON
from benchmarks.summary import microseconds

Row = dict[str, Any]

_CLIENTS = {one.name for one in BOOKS if one.is_client}
_OURS = {one.name for one in BOOKS if one.is_ours}
_MOST_NOISE = 0.2

HEAD = (
    "CPU us/update", "apply + best", "min-max", "to best client", "to json.loads", "apply + ten",
    "to best client", "decode", "decode + apply + best", "to best client",
)  # fmt: skip


def lines(result: dict[str, Any]) -> list[list[str]]:
    """Return a line of cells for each book."""
    rows: dict[str, Row] = result["rows"]
    clients = [row for name, row in rows.items() if name in _CLIENTS and "best_us" in row]
    loads = rows.get(JSON.name, {}).get("decode_us")
    made = []
    for name, row in rows.items():
        shown = f"**{name}**" if name in _OURS else name
        if name == JSON.name and "decode_us" in row:
            made.append([shown, *[""] * 6, microseconds(row["decode_us"]), "", ""])
        elif "best_us" not in row:
            made.append([shown, row["status"], *[""] * 8])
        else:
            made.append(
                [
                    shown,
                    microseconds(row["best_us"]) + (" (WRONG)" if row["status"] == "wrong" else ""),
                    f"{microseconds(row['best_min'])}-{microseconds(row['best_max'])}",
                    _ratio(row["best_us"], [one["best_us"] for one in clients]),
                    _ratio(row["best_us"], [loads] if loads else []),
                    microseconds(row["ten_us"]),
                    _ratio(row["ten_us"], [one["ten_us"] for one in clients]),
                    microseconds(row["decode_us"]),
                    microseconds(_whole(row)),
                    _ratio(_whole(row), [_whole(one) for one in clients]),
                ]
            )
    return made


def about(name: str, result: dict[str, Any]) -> str:
    """Say what was applied, and how much the rounds differ."""
    spreads = [
        (row["best_max"] - row["best_min"]) / row["best_us"]
        for row in result["rows"].values()
        if "best_us" in row
    ]
    spread = statistics.median(spreads) if spreads else 0.0
    noise = " (NOISY)" if spread > _MOST_NOISE else ""
    return (
        f"{name}: {result['updates']:,} updates of {result['levels']:.1f} levels and "
        f"{result['bytes']:,.0f} bytes, {result['side']:,} levels a side, {result['source']}; "
        f"median of {result['rounds']} rounds, which differ by {spread:.0%}{noise}."
    )


def notes(result: dict[str, Any]) -> list[str]:
    """Say which books are wrong or could not be measured, and which had another Python."""
    rows: dict[str, Row] = result["rows"]
    usual = rows.get(JSON.name, {}).get("python")
    made = [
        f"- {name}: {row['status']}: {row['reason']}"
        for name, row in rows.items()
        if row["status"] != "ok"
    ]
    return made + [
        f"- {name}: on Python {row['python']}"
        for name, row in rows.items()
        if usual and row.get("python", usual) != usual
    ]


def _whole(row: Row) -> float:
    whole: float = row["decode_us"] + row["best_us"]
    return whole


def _ratio(value: float, others: list[float]) -> str:
    return f"{value / min(others):.2f}x" if others else ""
