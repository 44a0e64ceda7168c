"""The suite ``frames``: events made into tables, beside the libraries' own way with dicts."""

from __future__ import annotations

import json
import statistics
import subprocess
from typing import Any

from benchmarks.environment import OUR_PYTHON, ROOT, cores, variables
from benchmarks.recording.rounds import rounds
from benchmarks.suites import Plan
from benchmarks.summary import microseconds, ratio

EVENTS = 50_000
ROUNDS = 3
_PATIENCE = 300.0
_DICTS = "rows of dicts"


def run(plan: Plan) -> dict[str, Any]:
    """Make every table in each round, in a process for each."""
    count = plan.messages or (EVENTS // 10 if plan.is_quick else EVENTS)
    turns = plan.rounds_of(ROUNDS)
    found = []
    for number in range(turns):
        found.append(_measure(plan, count))
        plan.say(f"frames, round {number + 1}: done")
    return {
        name: {
            "events": count,
            "rounds": turns,
            "rows": {way: summary([one[name][way] for one in found]) for way in own},
        }
        for name, own in found[0].items()
    }


def _measure(plan: Plan, count: int) -> dict[str, dict[str, float]]:
    core = cores()[1] if plan.is_pinned else None
    done = subprocess.run(
        [
            OUR_PYTHON, "-m", "benchmarks.recording.tables", str(count),
            *([] if core is None else ["--core", str(core)]),
        ],
        # With more threads, polars spins in some while others work.
        env={**variables((), is_ours=True), "POLARS_MAX_THREADS": "1"},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        timeout=_PATIENCE,
        check=True,
    )  # fmt: skip
    line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
    result: dict[str, dict[str, float]] = json.loads(line.removeprefix("RESULT "))
    return result


def summary(cpu: list[float]) -> dict[str, Any]:
    """Return the median of the rounds."""
    return {
        "status": "ok",
        "cpu_us": statistics.median(cpu),
        "cpu_us_min": min(cpu),
        "cpu_us_max": max(cpu),
    }


HEAD = ("", "CPU us/event", "min-max", "to rows of dicts")


def lines(result: dict[str, Any]) -> list[list[str]]:
    """Return a line of cells for each way; ratios are to the dicts in the same library."""
    rows = result["rows"]
    made = []
    for way, row in rows.items():
        library = way.partition(":")[0]
        made.append(
            [
                way if way.endswith(_DICTS) else f"**{way}**",
                microseconds(row["cpu_us"]),
                f"{microseconds(row['cpu_us_min'])}-{microseconds(row['cpu_us_max'])}",
                ratio(row, rows.get(f"{library}: {_DICTS}")),
            ]
        )
    return made


def about(name: str, result: dict[str, Any]) -> str:
    """Say what the tables are made of, and how much the rounds differ."""
    return f"{name}: {rounds(result)}."
