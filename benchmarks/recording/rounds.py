"""How many rounds there were, and how much they differ."""

from __future__ import annotations

import statistics
from typing import Any

_MOST_NOISE = 0.2


def rounds(result: dict[str, Any]) -> str:
    """Say it for a table whose rows have the CPU time of the median, least and most round."""
    spreads = [
        (row["cpu_us_max"] - row["cpu_us_min"]) / row["cpu_us"]
        for row in result["rows"].values()
        if row["status"] == "ok"
    ]
    if result["rounds"] == 1 or not spreads:
        return "1 round"
    spread = statistics.median(spreads)
    noise = " (NOISY)" if spread > _MOST_NOISE else ""
    return f"median of {result['rounds']} rounds, which differ by {spread:.0%}{noise}"


def reasons(result: dict[str, Any]) -> list[str]:
    """Say what failed or could not be measured, and why."""
    return [
        f"- {name}: {row['status']}: {row['reason']}"
        for name, row in result["rows"].items()
        if row["status"] != "ok"
    ]
