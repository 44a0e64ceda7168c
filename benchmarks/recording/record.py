"""The suite ``record``: what it costs to keep each message, and how many bytes that takes."""

from __future__ import annotations

from typing import Any

from benchmarks import workloads
from benchmarks.contenders.registry import RECORDERS, RECORDING_PEERS
from benchmarks.recording.rounds import rounds
from benchmarks.runner import Load, Serving
from benchmarks.suites import Plan, measure
from benchmarks.summary import microseconds

ROUNDS = 3
FLOODS = {"mix": 60_000, "aggTrade": 100_000, "depth": 10_000}
"""Measured messages of each flood."""
_PACE = ("mix", 2_000, 4.0)
"""The workload, its messages a second, and for how many seconds."""
_NAMES = {"tls": "over TLS", "plain": "without TLS"}


def loads(plan: Plan, transport: str) -> list[Load]:
    """Return the market's pace, then the floods; over TLS, only that of the mix."""
    certificates = plan.certificates if transport == "tls" else None
    workload, rate, seconds = _PACE
    count = plan.messages or int(rate * (0.5 if plan.is_quick else seconds))
    made = [Load(workload, 500, count, rate, certificates)]
    for name, usual in FLOODS.items():
        if transport == "plain" or name == "mix":
            count = plan.messages or (usual // 10 if plan.is_quick else usual)
            warmup = max(1_000, count // 10, 2 * len(workloads.find(name).streams))
            made.append(Load(name, warmup, count, certificates=certificates))
    return made


def run(plan: Plan) -> dict[str, Any]:
    """Measure each load with every contender in turn."""
    chosen = [one for one in RECORDERS if one in plan.recorders]
    return {
        transport: {
            f"{load.workload}, {f'{load.rate:,.0f}/s' if load.rate else 'flood'}": measure(
                plan, Serving(load, plan.is_pinned), chosen, plan.rounds_of(ROUNDS)
            )
            for load in loads(plan, transport)
        }
        for transport in plan.transports
    }


def lines(result: dict[str, Any]) -> list[list[str]]:
    """Return a line of cells for each contender."""
    rows = result["rows"]
    peers = [rows[name]["cpu_us"] for name in RECORDING_PEERS if _is_ok(rows.get(name))]
    made = []
    for name, row in rows.items():
        shown = name if name in RECORDING_PEERS else f"**{name}**"
        if not _is_ok(row):
            made.append([shown, row["status"], "", "", "", ""])
            continue
        made.append(
            [
                shown,
                microseconds(row["cpu_us"]),
                f"{microseconds(row['cpu_us_min'])}-{microseconds(row['cpu_us_max'])}",
                f"{row['cpu_us'] / min(peers):.2f}x" if peers else "",
                f"{row['disk_bytes']:.1f}" if "disk_bytes" in row else "",
                f"{row['peak_mb']:.0f}",
            ]
        )
    return made


HEAD = ("CPU us/message", "median", "min-max", "to best peer", "bytes on disk", "peak MB")


def about(name: str, transport: str, result: dict[str, Any]) -> str:
    """Say what was recorded, and how much the rounds differ."""
    late = max((row["late"] for row in result["rows"].values() if "late" in row), default=0.0)
    paced = f", {late:.0%} of them sent late" if late else ""
    return f"{name}, {_NAMES[transport]}: {result['messages']:,} messages{paced}; {rounds(result)}."


def _is_ok(row: dict[str, Any] | None) -> bool:
    return row is not None and row["status"] == "ok"
