"""The measurements: pace, flood, latency, growth, footprint."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks import workloads
from benchmarks.certificates import Certificates
from benchmarks.contenders.registry import CONTENDERS, PACKAGES, Contender, Package
from benchmarks.environment import OUR_PYTHON, PEERS_PYTHON, ROOT, variables
from benchmarks.runner import Load, Run, Serving

TRANSPORTS = ("tls", "plain")

PACE_SECONDS = {200: 5.0, 2_000: 2.0, 10_000: 1.0}
"""Messages a second, and for how long: 1,000, 4,000 and 10,000 messages."""
PACE_ROUNDS = 3
LATENCY_SECONDS = {1_000: 3.0, 20_000: 1.5}
_WARMUP_SECONDS = 0.25

BOOK_SECONDS = {200: 5.0, 2_000: 2.0}
BOOK_ROUNDS = 2
_BOOK_WARMUP_SECONDS = 2.0
"""So long that a book is as deep as it will be."""

MESSAGES = {
    "aggTrade": 60_000, "bookTicker": 60_000, "depth": 10_000, "kline": 30_000, "mix": 30_000,
}  # fmt: skip
"""Measured messages of each flood; as many take about the same time."""
FLOOD_ROUNDS = 5
TLS_FLOODS = ("aggTrade", "depth")

STREAMS = (1, 10, 100, 1_000)
CONNECTIONS = (1, 2, 4)
_STREAMS_A_CONNECTION = 1_024


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    contenders: tuple[Contender, ...]
    paced: tuple[Contender, ...]
    """Those that are measured at the market's pace and over TLS."""
    books: tuple[Contender, ...]
    """The clients that keep an order book."""
    recorders: tuple[Contender, ...]
    """Those that record."""
    workloads: tuple[str, ...]
    transports: tuple[str, ...]
    rates: tuple[int, ...]
    """Of the market's pace, messages a second."""
    rounds: int | None
    """None for the usual number of each suite."""
    messages: int | None
    is_quick: bool
    is_pinned: bool
    certificates: Certificates
    say: Callable[[str], None]

    def count(self, workload: str) -> int:
        """Return how many messages of a flood are measured."""
        usual = MESSAGES[workload.partition(":")[0]]
        return self.messages or (usual // 10 if self.is_quick else usual)

    def rounds_of(self, usual: int) -> int:
        """Return how many rounds are measured."""
        return self.rounds or (1 if self.is_quick else usual)

    def flood(self, workload: str, transport: str = "plain") -> Serving:
        """Return a server that sends as fast as the contender takes it."""
        count = self.count(workload)
        # The first message of each stream costs more than those that follow.
        warmup = max(500, count // 10, 2 * len(workloads.find(workload).streams))
        certificates = self.certificates if transport == "tls" else None
        return Serving(Load(workload, warmup, count, certificates=certificates), self.is_pinned)

    def pace(self, rate: int, seconds: float, transport: str) -> Serving:
        """Return a server that sends aggTrade at a rate."""
        count = self.messages or int(rate * (min(seconds, 0.5) if self.is_quick else seconds))
        certificates = self.certificates if transport == "tls" else None
        warmup = max(50, int(rate * _WARMUP_SECONDS))
        return Serving(Load("aggTrade", warmup, count, rate, certificates), self.is_pinned)


def measure(
    plan: Plan, serving: Serving, contenders: Sequence[Contender], rounds: int
) -> dict[str, Any]:
    """Give every contender a turn in each round, and start each round with another one."""
    runs: dict[str, list[Run]] = {contender.name: [] for contender in contenders}
    with serving:
        for number in range(rounds):
            start = number * 5 % len(contenders)
            for contender in [*contenders[start:], *contenders[:start]]:
                run = serving.run(contender)
                plan.say(f"{serving.load}, round {number + 1}: {contender.name}: {_outcome(run)}")
                runs[contender.name].append(run)
    return {
        "messages": serving.load.messages,
        "rounds": rounds,
        "rows": {name: summary(own) for name, own in runs.items()},
    }


def _outcome(run: Run) -> str:
    if run.status != "ok":
        return f"{run.status}: {run.reason}"
    latency = f", latency {run.delays_us[0]:.0f} us" if run.delays_us else ""
    return f"{run.cpu_us:.2f} us{latency}"


def summary(runs: Sequence[Run]) -> dict[str, Any]:
    """Summarize one contender's rounds; it has failed if it failed in any of them."""
    bad = next((run for run in runs if run.status != "ok"), None)
    if bad is not None:
        return {"status": bad.status, "reason": bad.reason}
    cpu = [run.cpu_us for run in runs]
    row = {
        "status": "ok",
        "cpu_us": statistics.median(cpu),
        "cpu_us_min": min(cpu),
        "cpu_us_max": max(cpu),
        "per_second": statistics.median(run.per_second for run in runs),
        "peak_mb": max(run.peak_mb for run in runs),
        "server_share": max(run.server_share for run in runs),
        "rounds": cpu,
        "switches": statistics.median(run.notes["switches"] for run in runs),
    }
    if all(run.reached for run in runs):
        row["reached"] = min(run.reached for run in runs)
        row["late"] = max(run.late for run in runs)
    if all("disk_bytes" in run.notes for run in runs):
        row["disk_bytes"] = statistics.median(run.notes["disk_bytes"] for run in runs)
    if all(run.delays_us for run in runs):
        row["delays_us"] = [
            statistics.median(values)
            for values in zip(*(run.delays_us for run in runs), strict=True)
        ]
    return row


def pace(plan: Plan) -> dict[str, Any]:
    """Measure at the market's pace: aggTrade, each message sent by itself, evenly spaced."""
    return {
        transport: {
            str(rate): measure(
                plan,
                plan.pace(rate, PACE_SECONDS[rate], transport),
                plan.paced,
                plan.rounds_of(PACE_ROUNDS),
            )
            for rate in plan.rates
        }
        for transport in plan.transports
    }


def clients(plan: Plan) -> dict[str, Any]:
    """Measure clients that keep one order book, with updates at the market's pace."""
    results: dict[str, Any] = {}
    for transport in plan.transports:
        certificates = plan.certificates if transport == "tls" else None
        results[transport] = {}
        for rate in BOOK_SECONDS:
            seconds = 1.0 if plan.is_quick else BOOK_SECONDS[rate]
            load = Load(
                "book",
                int(rate * _BOOK_WARMUP_SECONDS),
                plan.messages or int(rate * seconds),
                rate,
                certificates,
            )
            results[transport][str(rate)] = measure(
                plan, Serving(load, plan.is_pinned), plan.books, plan.rounds_of(BOOK_ROUNDS)
            )
    return results


def flood(plan: Plan) -> dict[str, Any]:
    """Measure each workload as fast as the contenders can, and two of them over TLS, too."""
    results: dict[str, Any] = {}
    for transport in plan.transports:
        is_plain = transport == "plain"
        results[transport] = {
            workload: measure(
                plan,
                plan.flood(workload, transport),
                plan.contenders if is_plain else plan.paced,
                plan.rounds_of(FLOOD_ROUNDS),
            )
            for workload in plan.workloads
            if is_plain or workload in TLS_FLOODS
        }
    return results


def latency(plan: Plan) -> dict[str, Any]:
    """Measure at two rates more, from the server's write to the user's code."""
    return {
        "plain": {
            str(rate): measure(
                plan, plan.pace(rate, seconds, "plain"), plan.paced, plan.rounds_of(PACE_ROUNDS)
            )
            for rate, seconds in LATENCY_SECONDS.items()
        }
    }


def growth(plan: Plan) -> dict[str, Any]:
    """Measure one client of ours with more and more streams, then with several connections."""
    ours = next(one for one in CONTENDERS if one.variant == "decimal-client")
    counts = [*STREAMS, *(number * _STREAMS_A_CONNECTION for number in CONNECTIONS)]
    rounds: dict[int, list[Run]] = {count: [] for count in counts}
    for number in range(plan.rounds_of(FLOOD_ROUNDS)):
        for count in counts if number % 2 == 0 else reversed(counts):
            with plan.flood(f"aggTrade:{count}") as serving:
                run = serving.run(ours)
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
    seconds: dict[str, list[float]] = {package.name: [] for package in PACKAGES}
    sizes = {}
    for number in range(plan.rounds_of(5) * 2 + 2):
        for package in PACKAGES:
            script = (
                "import time; start = time.perf_counter()\n"
                f"{package.statement}\nprint(time.perf_counter() - start)"
            )
            done = _python(package, ["-c", script])
            # The first import writes the byte code.
            if number:
                seconds[package.name].append(float(done))
            else:
                arguments = ["-m", "benchmarks.sizes", package.distribution]
                sizes[package.name] = json.loads(_python(package, arguments))
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
