"""The measurements: throughput, latency, growth, footprint."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.contenders.registry import CONTENDERS, PACKAGES, Contender, Package
from benchmarks.environment import OUR_PYTHON, PEERS_PYTHON, ROOT, variables
from benchmarks.runner import Flood, Run

MESSAGES = {
    "aggTrade": 60_000, "bookTicker": 60_000, "depth": 10_000, "kline": 30_000, "mix": 30_000,
}  # fmt: skip
"""Measured messages of each workload; as many take about the same time."""

RATES = (1_000, 20_000)
_LATENCY_SECONDS = 3
STREAMS = (1, 10, 100, 1_000)
CONNECTIONS = (1, 2, 4)
_STREAMS_A_CONNECTION = 1_024


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    contenders: tuple[Contender, ...]
    workloads: tuple[str, ...]
    rounds: int
    messages: int | None
    share: float
    """The share of the usual number of messages, if ``messages`` is None."""
    is_pinned: bool
    say: Callable[[str], None]

    def count(self, workload: str) -> int:
        """Return how many messages of a workload are measured."""
        return self.messages or int(MESSAGES[workload.partition(":")[0]] * self.share)


def _interleaved(
    plan: Plan, flood: Flood, contenders: Sequence[Contender], rate: float = 0.0, rounds: int = 0
) -> list[list[Run]]:
    """Yield rounds in which every contender has a turn, each starting with another one."""
    done = []
    for number in range(rounds or plan.rounds):
        start = number * 5 % len(contenders)
        runs = []
        for contender in [*contenders[start:], *contenders[:start]]:
            run = flood.run(contender, rate)
            what = f"{run.cpu_us:.2f} us" if run.status == "ok" else f"{run.status}: {run.reason}"
            plan.say(f"{flood.workload} {number + 1}: {contender.name}: {what}")
            runs.append(run)
        done.append(runs)
    return done


def summary(runs: Sequence[Run]) -> dict[str, Any]:
    """Summarize one contender's rounds; it has failed if it failed in any of them."""
    bad = next((run for run in runs if run.status != "ok"), None)
    if bad is not None:
        return {"status": bad.status, "reason": bad.reason}
    cpu = [run.cpu_us for run in runs]
    return {
        "status": "ok",
        "cpu_us": statistics.median(cpu),
        "cpu_us_min": min(cpu),
        "cpu_us_max": max(cpu),
        "per_second": statistics.median(run.per_second for run in runs),
        "peak_mb": max(run.peak_mb for run in runs),
        "server_share": max(run.server_share for run in runs),
        "rounds": cpu,
    }


def _rows(
    contenders: Sequence[Contender], rounds: Sequence[Sequence[Run]]
) -> dict[str, dict[str, Any]]:
    return {
        contender.name: summary(
            [run for runs in rounds for run in runs if run.contender == contender.name]
        )
        for contender in contenders
    }


def throughput(plan: Plan) -> dict[str, Any]:
    """Measure all contenders on each workload, as fast as they can."""
    results = {}
    for workload in plan.workloads:
        messages = plan.count(workload)
        with Flood(workload, max(500, messages // 10), messages, plan.is_pinned) as flood:
            rounds = _interleaved(plan, flood, plan.contenders)
        results[workload] = {"messages": messages, "rows": _rows(plan.contenders, rounds)}
    return results


def latency(plan: Plan) -> dict[str, Any]:
    """Measure from the server's write to the user's code, on aggTrade at two rates."""
    results: dict[str, Any] = {}
    for rate in RATES if plan.share == 1.0 else RATES[1:]:
        messages = int(rate * _LATENCY_SECONDS * min(1.0, max(plan.share, 0.35)))
        with Flood("aggTrade", 500, messages, plan.is_pinned) as flood:
            runs = _interleaved(plan, flood, plan.contenders, rate, rounds=1)[0]
        results[str(rate)] = {
            run.contender: {"status": run.status, "reason": run.reason, "delays_us": run.delays_us}
            for run in runs
        }
    return results


def growth(plan: Plan) -> dict[str, Any]:
    """Measure one client of ours with more and more streams, then with several connections."""
    ours = next(one for one in CONTENDERS if one.variant == "decimal-client")
    counts = [*STREAMS, *(number * _STREAMS_A_CONNECTION for number in CONNECTIONS)]
    messages = plan.count("aggTrade")
    rounds: dict[int, list[Run]] = {count: [] for count in counts}
    floods = {
        count: Flood(f"aggTrade:{count}", max(500, messages // 10), messages, plan.is_pinned)
        for count in counts
    }
    for number in range(plan.rounds):
        for count in counts if number % 2 == 0 else reversed(counts):
            with floods[count] as flood:
                run = flood.run(ours)
            plan.say(f"{count} streams: {run.cpu_us:.2f} us {run.reason}")
            rounds[count].append(run)
    rows = []
    for count, runs in rounds.items():
        row = {"streams": count, **summary(runs)}
        if row["status"] == "ok":
            row["connections"] = runs[0].notes["connections"]
            row["memory_when_ready"] = statistics.median(
                run.notes["memory_when_ready"] or 0 for run in runs
            )
        rows.append(row)
    few, many = rows[0], rows[STREAMS.index(1_000)]
    result: dict[str, Any] = {"rows": rows}
    if few["status"] == many["status"] == "ok":
        grown = many["memory_when_ready"] - few["memory_when_ready"]
        result["bytes_a_subscription"] = grown / (many["streams"] - few["streams"])
    return result


def footprint(plan: Plan) -> dict[str, Any]:
    """Measure import time in fresh processes, and installed size."""
    seconds: dict[str, list[float]] = {package.distribution: [] for package in PACKAGES}
    sizes = {}
    for number in range(plan.rounds * 2 + 2):
        for package in PACKAGES:
            script = (
                "import time; start = time.perf_counter()\n"
                f"{package.statement}\nprint(time.perf_counter() - start)"
            )
            done = _python(package, ["-c", script])
            # The first import writes the byte code.
            if number:
                seconds[package.distribution].append(float(done))
            else:
                arguments = ["-m", "benchmarks.sizes", package.distribution]
                sizes[package.distribution] = json.loads(_python(package, arguments))
    plan.say("import times and sizes: done")
    return {
        name: {
            "import_ms": statistics.median(taken) * 1000,
            "import_ms_min": min(taken) * 1000,
            **sizes[name],
        }
        for name, taken in seconds.items()
    }


def _python(package: Package, arguments: list[str]) -> str:
    done = subprocess.run(
        [OUR_PYTHON if package.is_ours else PEERS_PYTHON, *arguments],
        env=variables(package.isolated, package.is_ours),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        done.check_returncode()
    return done.stdout.splitlines()[-1]
