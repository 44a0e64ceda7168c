"""The results in short, as the README has them: a row for each contender, a column a load."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.contenders.registry import CONTENDERS, LIMIT

_TYPICAL_RATE = "2000"

Row = dict[str, Any]
Column = tuple[str, Callable[[str], str]]
"""Its head, and the cell of a contender, which is empty if there is no figure."""


def columns(results: dict[str, Any], transport: str) -> list[Column]:
    """Return CPU time at the market's pace, the latency there, and CPU time in floods."""
    pace = results.get("pace", {}).get(transport, {})
    flood = results.get("flood", {}).get(transport, {})
    found: list[Column] = [
        (f"{int(rate):,}/s", _cpu_of(result["rows"])) for rate, result in pace.items()
    ]
    if _TYPICAL_RATE in pace:
        rows = pace[_TYPICAL_RATE]["rows"]
        found += [
            (f"latency at {int(_TYPICAL_RATE):,}/s", _latency_of(rows, 0)),
            ("99.9 %", _latency_of(rows, 2)),
        ]
    found += [(f"flood, {workload}", _cpu_of(result["rows"])) for workload, result in flood.items()]
    return found


def lines(found: list[Column]) -> list[list[str]]:
    """Return a line for each contender that has a figure, ours in bold."""
    made = []
    for contender in CONTENDERS:
        cells = [cell(contender.name) for _, cell in found]
        if any(cells):
            name = f"**{contender.name}**" if contender.is_ours else contender.name
            made.append([name, *cells])
    return made


def microseconds(value: float) -> str:
    """Write three digits, or all before the point."""
    return f"{value:,.{0 if value >= 100 else 1 if value >= 10 else 2}f}"


def ratio(row: Row, other: Row | None) -> str:
    """Write how many times the CPU time of the other one it takes, if that was measured."""
    if other is None or other["status"] != "ok":
        return ""
    return f"{row['cpu_us'] / other['cpu_us']:.2f}x"


def _cpu_of(rows: dict[str, Row]) -> Callable[[str], str]:
    def cell(name: str) -> str:
        row = rows.get(name)
        if row is None or row["status"] != "ok":
            return ""
        to_limit = ratio(row, rows.get(LIMIT))
        return microseconds(row["cpu_us"]) + (f" ({to_limit})" if to_limit else "")

    return cell


def _latency_of(rows: dict[str, Row], index: int) -> Callable[[str], str]:
    def cell(name: str) -> str:
        row = rows.get(name)
        return "" if row is None or row["status"] != "ok" else f"{row['delays_us'][index]:,.0f}"

    return cell
