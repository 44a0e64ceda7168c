"""What it costs to publish each message to a log, and how many a second one collector stores."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.contenders.registry import COLLECTORS, Contender
from benchmarks.runner import Load, Serving
from benchmarks.scale.logs import NAMES, Missing, log
from benchmarks.suites import Plan, measure
from benchmarks.summary import microseconds

ROUNDS = 2
FLOOD = 20_000
_PACE = (2_000, 2.0)
"""Messages a second, and for how many seconds."""
_SLOW = "await"
"""In a flood, those that wait for each message get fewer of them."""


def run(plan: Plan, texts: Sequence[str]) -> dict[str, Any]:
    """Measure each log at the market's pace and with a flood."""
    results: dict[str, Any] = {}
    for kind, name in NAMES.items():
        every = COLLECTORS["redis" if kind == "redis" else "nats"]
        chosen = [one for one in every if any(text in one.name for text in texts)]
        if chosen:
            with tempfile.TemporaryDirectory(prefix="benchmark-log-") as folder:
                try:
                    with log(kind, Path(folder) / "log", plan.is_pinned):
                        results |= _measure(plan, name, chosen)
                except Missing as error:
                    plan.say(f"collector, {name}: {error}")
    return results


def _measure(plan: Plan, name: str, chosen: list[Contender]) -> dict[str, Any]:
    rate, seconds = _PACE
    paced = plan.messages or int(rate * (0.5 if plan.is_quick else seconds))
    flood = plan.messages or (FLOOD // 10 if plan.is_quick else FLOOD)
    slow = [one for one in chosen if _SLOW in one.variant]
    fast = [one for one in chosen if one not in slow]
    turns = plan.rounds_of(ROUNDS)
    results = {
        f"{name}, {rate:,}/s": measure(
            plan, Serving(Load("aggTrade", rate // 4, paced, rate), plan.is_pinned), fast, turns
        )
        if fast
        else {},
        f"{name}, flood": measure(
            plan, Serving(Load("aggTrade", 1_000, flood), plan.is_pinned), fast, turns
        )
        if fast
        else {},
    }
    if slow:
        load = Load("aggTrade", 200, max(200, flood // 10))
        own = measure(plan, Serving(load, plan.is_pinned), slow, turns)
        results[f"{name}, flood"] = {
            **own,
            **results[f"{name}, flood"],
            "rows": {**results[f"{name}, flood"].get("rows", {}), **own["rows"]},
        }
    return {key: result for key, result in results.items() if result}


HEAD = ("", "CPU us/message", "min-max", "to ours", "messages/s")


def lines(result: dict[str, Any]) -> list[list[str]]:
    """Return a line of cells for each contender."""
    ours = next((row for name, row in result["rows"].items() if name.startswith("ours")), None)
    made = []
    for name, row in result["rows"].items():
        shown = f"**{name}**" if row is ours else name
        if row["status"] != "ok":
            made.append([shown, row["status"], *[""] * (len(HEAD) - 2)])
            continue
        has_ratio = ours is not None and ours["status"] == "ok"
        made.append(
            [
                shown,
                microseconds(row["cpu_us"]),
                f"{microseconds(row['cpu_us_min'])}-{microseconds(row['cpu_us_max'])}",
                f"{row['cpu_us'] / ours['cpu_us']:.2f}x" if has_ratio else "",  # type: ignore[index]
                f"{row['per_second']:,.0f}",
            ]
        )
    return made
