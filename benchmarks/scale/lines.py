"""What a second connection costs that carries the same: over TLS, paced and in a flood."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.contenders.registry import LINES
from benchmarks.runner import Load, Serving
from benchmarks.suites import Plan, measure
from benchmarks.summary import microseconds

ROUNDS = 2
_PACE = {200: 4.0, 2_000: 2.0}
"""Messages a second, and for how many seconds."""
_FLOODS = {"aggTrade": 60_000, "depth": 6_000}


def run(plan: Plan, texts: Sequence[str]) -> dict[str, Any]:
    """Measure each load with one connection and with two."""
    chosen = [one for one in LINES if any(text in one.name for text in texts)]
    return {
        name: measure(plan, Serving(load, plan.is_pinned), chosen, plan.rounds_of(ROUNDS))
        for name, load in _loads(plan).items()
        if chosen
    }


def _loads(plan: Plan) -> dict[str, Load]:
    made = {}
    for rate, seconds in _PACE.items():
        count = plan.messages or int(rate * (0.5 if plan.is_quick else seconds))
        made[f"aggTrade, {rate:,}/s"] = Load(
            "aggTrade", max(50, rate // 4), count, rate, plan.certificates
        )
    for workload, usual in _FLOODS.items():
        count = plan.messages or (usual // 10 if plan.is_quick else usual)
        made[f"{workload}, flood"] = Load(
            workload, max(500, count // 10), count, certificates=plan.certificates
        )
    return made


HEAD = ("", "CPU us/event", "min-max", "to one connection", "latency us", "99 %", "events/s")


def lines(result: dict[str, Any]) -> list[list[str]]:
    """Return a line of cells for each contender; ratios are to the same with one connection."""
    made, single = [], None
    for contender in LINES:
        row = result["rows"].get(contender.name)
        if row is None:
            continue
        shown = f"**{contender.name}**" if contender.is_ours else contender.name
        if row["status"] != "ok":
            made.append([shown, row["status"], *[""] * (len(HEAD) - 2)])
            continue
        is_single = not (contender.variant.endswith("redundant") or contender.variant == "twice")
        single = row["cpu_us"] if is_single else single
        delays = row.get("delays_us") or []
        made.append(
            [
                shown,
                microseconds(row["cpu_us"]),
                f"{microseconds(row['cpu_us_min'])}-{microseconds(row['cpu_us_max'])}",
                f"{row['cpu_us'] / single:.2f}x" if single else "",
                *([f"{delays[0]:,.0f}", f"{delays[1]:,.0f}"] if delays else ["", ""]),
                f"{row['per_second']:,.0f}",
            ]
        )
    return made
