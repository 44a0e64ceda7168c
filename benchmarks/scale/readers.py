"""How fast a log is read, and what each message costs until its fields are read."""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import workloads
from benchmarks.environment import OUR_PYTHON, PEERS_PYTHON, cores, variables
from benchmarks.scale.logs import Missing, log
from benchmarks.scale.processes import Died, read_line, running
from benchmarks.scale.read import STREAMS, SUBJECTS
from benchmarks.suites import Plan
from benchmarks.summary import microseconds
from binance_streams import CATALOG
from binance_streams_runtime.messaging.subjects import Subjects

ROUNDS = 2
COUNTS = {"aggTrade": 50_000, "depth": 8_000}
_PATIENCE = 60.0
WAYS = {
    "ours: Client('nats://...'), str": "ours:str",
    "ours: Client('nats://...'), Decimal": "ours:decimal",
    "nats-py, ordered consumer, msgspec, one type": "peer:ordered-msgspec",
    "nats-py, ordered consumer, json": "peer:ordered-json",
    "nats-py, pull consumer, msgspec, one type": "peer:pull-msgspec",
    "nats-py, pull consumer, json": "peer:pull-json",
}


def run(plan: Plan, texts: Sequence[str]) -> dict[str, Any]:
    """Fill a log, and give each reader a turn in each round."""
    chosen = {name: way for name, way in WAYS.items() if any(text in name for text in texts)}
    results: dict[str, Any] = {}
    if not chosen:
        return results
    with tempfile.TemporaryDirectory(prefix="benchmark-log-") as folder:
        try:
            with log("nats", Path(folder) / "log", plan.is_pinned) as url:
                for workload, usual in COUNTS.items():
                    count = plan.messages or (usual // 10 if plan.is_quick else usual)
                    asyncio.run(_fill(url, workload, count))
                    results[workload] = _measure(plan, url, workload, count, chosen)
        except Missing as error:
            plan.say(f"reading: {error}")
    return results


async def _fill(url: str, workload: str, count: int) -> None:
    """Publish as a collector does, with ids and headers."""
    import nats

    subjects = Subjects(CATALOG, "binance.spot")
    stream = CATALOG.resolve(STREAMS[workload])
    assert subjects.of(stream) == SUBJECTS[workload]
    connection = await nats.connect(url)
    context = connection.jetstream()
    part = subjects.log_stream(stream.type.key)
    await context.add_stream(name=part.name, subjects=[part.subjects])
    for number, (_, payload) in enumerate(workloads.find(workload).make(count)):
        headers = {
            "Nats-Msg-Id": f"{stream.name}:{number}",
            "Binance-Collector": "benchmark",
            "Binance-Received": str(time.time_ns()),
        }
        await connection.publish(SUBJECTS[workload], payload, headers=headers)
        if number % 500 == 0:
            await connection.flush(60)
    await connection.flush(60)
    while (await context.stream_info(part.name)).state.messages < count:
        await asyncio.sleep(0.05)
    await connection.close()


def _measure(
    plan: Plan, url: str, workload: str, count: int, chosen: dict[str, str]
) -> dict[str, Any]:
    turns = plan.rounds_of(ROUNDS)
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in chosen}
    for number in range(turns):
        for name, way in chosen.items():
            one = _read(plan, way, url, workload, count)
            plan.say(f"reading {workload}, round {number + 1}: {name}: {one}")
            runs[name].append(one)
    return {
        "messages": count,
        "rounds": turns,
        "rows": {name: summary(own) for name, own in runs.items()},
    }


def _read(plan: Plan, way: str, url: str, workload: str, count: int) -> dict[str, Any]:
    is_ours = way.startswith("ours")
    command = [
        OUR_PYTHON if is_ours else PEERS_PYTHON, "-m", "benchmarks.scale.read", way, url, workload,
        str(count),
    ]  # fmt: skip
    core = cores()[1] if plan.is_pinned else None
    try:
        with running(command, variables((), is_ours), core) as process:
            return {"status": "ok", **json.loads(read_line(process, "RESULT ", _PATIENCE))}
    except Died as error:
        return {"status": "failed", "reason": str(error)}


def summary(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the median of the rounds; a reader has failed if it failed in any of them."""
    bad = next((run for run in runs if run["status"] != "ok"), None)
    if bad is not None:
        return bad
    cpu = [run["cpu"] for run in runs]
    return {
        "status": "ok",
        "cpu_us": statistics.median(cpu),
        "cpu_us_min": min(cpu),
        "cpu_us_max": max(cpu),
        "per_second": statistics.median(run["per_second"] for run in runs),
        "peak_mb": max(run["peak"] for run in runs) / 1e6,
    }


HEAD = ("", "CPU us/message", "min-max", "to ours, str", "messages/s", "peak MB")


def lines(result: dict[str, Any]) -> list[list[str]]:
    """Return a line of cells for each reader."""
    ours = next(iter(result["rows"].values()))
    made = []
    for name, row in result["rows"].items():
        shown = f"**{name}**" if name.startswith("ours") else name
        if row["status"] != "ok":
            made.append([shown, row["status"], *[""] * (len(HEAD) - 2)])
            continue
        made.append(
            [
                shown,
                microseconds(row["cpu_us"]),
                f"{microseconds(row['cpu_us_min'])}-{microseconds(row['cpu_us_max'])}",
                f"{row['cpu_us'] / ours['cpu_us']:.2f}x" if ours["status"] == "ok" else "",
                f"{row['per_second']:,.0f}",
                f"{row['peak_mb']:.0f}",
            ]
        )
    return made
