"""What a relay takes and adds: many clients on one core, beside relays as people build them."""

from __future__ import annotations

import contextlib
import json
import socket
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks import workloads
from benchmarks.environment import OUR_PYTHON, PEERS_PYTHON, cores, variables
from benchmarks.runner import Load, Serving
from benchmarks.scale.processes import Died, cpu_seconds, is_possible, read_line, running
from benchmarks.suites import Plan
from benchmarks.summary import microseconds

SECONDS = 3.0
ROUNDS = 1
_WARMUP_SECONDS = 0.5
_PATIENCE = 15.0
"""Seconds for what should take a moment, or has fallen behind."""


@dataclass(frozen=True)
class Way:
    """One way of relaying; ``direct`` is none: the clients connect to the source itself."""

    name: str
    kind: str
    """``direct``, ``ours``, ``websockets`` or ``aiohttp``."""
    arguments: tuple[str, ...] = ()
    isolated: tuple[str, ...] = ()
    cores: int = 1

    @property
    def is_ours(self) -> bool:
        """Whether it is a relay of this project."""
        return self.kind == "ours"


_DIRECT = Way("no relay: the source itself", "direct")
_OURS = Way("ours: serve --upstream", "ours")
_UVLOOP = Way("ours: --event-loop uvloop", "ours", ("--event-loop", "uvloop"), ("uvloop",))
_WORKERS = Way("ours: --workers 2", "ours", ("--workers", "2"), cores=2)
_WEBSOCKETS = Way("websockets.broadcast", "websockets")
_AIOHTTP = Way("aiohttp, send_str", "aiohttp")
WAYS = (_DIRECT, _OURS, _UVLOOP, _WORKERS, _WEBSOCKETS, _AIOHTTP)


@dataclass(frozen=True)
class FanOut:
    """How many clients get how much."""

    clients: int
    rate: int
    """Messages a second of the source."""
    ways: tuple[Way, ...]
    workload: str = "aggTrade"
    each: int = 1
    """How many of the streams each client has."""
    is_encrypted: bool = False

    @property
    def streams(self) -> int:
        """How many streams there are."""
        return int(self.workload.partition(":")[2] or 1)

    @property
    def per_second(self) -> float:
        """Messages a second to all clients together."""
        return self.clients * self.rate * self.each / self.streams

    def __str__(self) -> str:
        kind = "depth" if self.workload == "depth" else "trades"
        spread = f", {self.each} of {self.streams} streams each" if self.streams > 1 else ""
        clients = f"{self.clients:,} client{'s' if self.clients > 1 else ''}"
        tls = ", TLS" if self.is_encrypted else ""
        return f"{kind}, {clients}{spread}, {self.per_second:,.0f}/s{tls}"


_FEW = (_DIRECT, _OURS)
_ALL = (_DIRECT, _OURS, _UVLOOP, _WEBSOCKETS, _AIOHTTP)
FAN_OUTS = (
    FanOut(1, 1_000, _FEW),
    FanOut(10, 500, _FEW),
    FanOut(100, 50, _ALL),
    FanOut(1_000, 5, _FEW),
    FanOut(1_000, 100, _ALL, "aggTrade:100", 10),
    FanOut(10, 5_000, _FEW),
    FanOut(100, 500, _FEW),
    FanOut(1_000, 50, (*_ALL[:3], _WORKERS, *_ALL[3:])),
    FanOut(1_000, 500, _ALL, "aggTrade:100", 10),
    FanOut(100, 100, _FEW, "depth"),
    FanOut(1_000, 50, _ALL, "depth"),
    FanOut(100, 50, _FEW, is_encrypted=True),
    FanOut(1_000, 50, (_OURS, _UVLOOP, _WEBSOCKETS, _AIOHTTP), is_encrypted=True),
)
_QUICK = (FanOut(100, 50, _ALL), FanOut(1_000, 50, _ALL))


def run(plan: Plan, texts: Sequence[str]) -> dict[str, Any]:
    """Measure every way with every load."""
    results: dict[str, Any] = {}
    for load in _QUICK if plan.is_quick else FAN_OUTS:
        ways = [way for way in load.ways if any(text in way.name for text in texts)]
        if not ways:
            continue
        turns = plan.rounds_of(ROUNDS)
        runs: dict[str, list[dict[str, Any]]] = {way.name: [] for way in ways}
        for number in range(turns):
            for way in ways:
                one = _measure(plan, load, way)
                plan.say(f"relay, {load}, round {number + 1}: {way.name}: {_outcome(one)}")
                runs[way.name].append(one)
        results[str(load)] = {
            "per_second": load.per_second,
            "rounds": turns,
            "rows": {name: summary(own) for name, own in runs.items()},
        }
    return results


def _measure(plan: Plan, load: FanOut, way: Way) -> dict[str, Any]:
    if not is_possible():
        return {"status": "not possible", "reason": "it is measured on Linux only"}
    try:
        return _run(plan, load, way)
    except (Died, OSError, ValueError) as error:
        return {"status": "failed", "reason": str(error)}


def _run(plan: Plan, load: FanOut, way: Way) -> dict[str, Any]:
    # A whole number of messages for each stream.
    per_stream = load.rate / load.streams
    warmup = load.streams * max(2, round(per_stream * _WARMUP_SECONDS))
    seconds = 1.0 if plan.is_quick else SECONDS
    count = load.streams * (plan.messages or max(3, round(per_stream * seconds)))
    source_core, core = cores() if plan.is_pinned else (None, None)
    certificates = plan.certificates if load.is_encrypted else None
    sent = Load(load.workload, warmup, count, load.rate, certificates, "E")
    streams = workloads.find(load.workload).streams
    environment = variables(
        way.isolated, way.is_ours, certificates.authority if certificates else None
    )
    with Serving(sent, plan.is_pinned) as serving, contextlib.ExitStack() as stack:
        control = stack.enter_context(_control(int(serving.ports[1])))
        port, relay = int(serving.ports[0]), None
        if way.kind != "direct":
            relay = stack.enter_context(
                running(
                    _command(way, port, streams, plan, load),
                    environment,
                    core if way.cores == 1 else None,
                )
            )
            port = int(read_line(relay, "streams:", _PATIENCE).split(":")[2].partition("/")[0])
        listeners = stack.enter_context(
            running(
                [
                    OUR_PYTHON, "-m", "benchmarks.scale.listen", "--port", str(port),
                    "--clients", str(load.clients), "--each", str(load.each),
                    "--streams", "/".join(streams), "--warmup", str(warmup),
                    "--messages", str(count),
                    "--patience", str(_PATIENCE + count / load.rate),
                    *(["--tls"] if load.is_encrypted else []),
                ],
                environment,
                source_core,
            )
        )  # fmt: skip
        read_line(listeners, "READY", 60)
        # What was answered is in place a moment later.
        time.sleep(0.5)
        control(f"warmup {load.rate}")
        read_line(listeners, "WARM", _PATIENCE + warmup / load.rate)
        before = cpu_seconds(relay.pid) if relay else 0.0
        control(f"measured {load.rate}")
        result = json.loads(read_line(listeners, "RESULT ", 2 * _PATIENCE + count / load.rate))
        used = cpu_seconds(relay.pid) - before if relay else 0.0
        result["source"] = json.loads(control("done", answers=True))
    return judged(result, used if relay else result["source"]["cpu"])


def judged(result: dict[str, Any], used: float) -> dict[str, Any]:
    """Return what a run has come to; it has failed if a message was lost."""
    if result["received"] != result["expected"]:
        lost = result["expected"] - result["received"]
        return {
            "status": "failed",
            "reason": f"{lost:,} of {result['expected']:,} messages have not come in time on "
            f"{result['incomplete']} connections, of which {result['dropped']} were dropped",
        }
    source = result["source"]
    pace = source["pace"] or {"late": 0, "sent": 1}
    return {
        "status": "ok",
        "cpu_us": used / result["received"] * 1e6,
        "share": used / result["wall"],
        "per_second": result["received"] / result["wall"],
        "delays_us": result["delays_us"],
        "late": pace["late"] / pace["sent"],
        "others_share": result["share"] + source["cpu"] / result["wall"],
    }


def _command(way: Way, port: int, streams: Sequence[str], plan: Plan, load: FanOut) -> list[str]:
    server = f"{'wss' if load.is_encrypted else 'ws'}://127.0.0.1:{port}"
    if way.is_ours:
        command = [OUR_PYTHON, "-m", "binance_streams_cli", "serve", "--upstream", server]
        command += [*way.arguments, "--port", "0"]
        option = "--tls-certificate"
    else:
        url = f"{server}/stream?streams={'/'.join(streams)}"
        command = [PEERS_PYTHON, "-m", "benchmarks.scale.broadcasters", way.kind, "--upstream", url]
        option = "--certificate"
    return [*command, option, str(plan.certificates.server)] if load.is_encrypted else command


@contextlib.contextmanager
def _control(port: int) -> Iterator[Callable[..., str]]:
    """Connect to the source's control port, and have it forget other connections."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        lines = connection.makefile("rw")

        def say(line: str, answers: bool = False) -> str:
            lines.write(line + "\n")
            lines.flush()
            return lines.readline() if answers else ""

        say("start", answers=True)
        yield say
        lines.close()


def summary(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the median of the rounds; a way has failed if it failed in any of them."""
    bad = next((run for run in runs if run["status"] != "ok"), None)
    if bad is not None:
        return bad
    cpu = [run["cpu_us"] for run in runs]
    middle = {
        name: statistics.median(run[name] for run in runs)
        for name in ("cpu_us", "share", "per_second", "late", "others_share")
    }
    delays = [list(own) for own in zip(*(run["delays_us"] for run in runs), strict=True)]
    return {
        "status": "ok",
        **middle,
        "cpu_us_min": min(cpu),
        "cpu_us_max": max(cpu),
        "delays_us": [statistics.median(own) for own in delays],
    }


def _outcome(one: dict[str, Any]) -> str:
    if one["status"] != "ok":
        return f"{one['status']}: {one['reason']}"
    middle, most = one["delays_us"][0], one["delays_us"][1]
    return (
        f"{one['cpu_us']:.2f} us, {one['share']:.0%}, {one['per_second']:,.0f}/s, "
        f"latency {middle:,.0f} us, 99 % {most:,.0f}"
    )


HEAD = (
    "", "CPU us/message", "of a core", "messages/s", "latency us", "99 %", "99.9 %", "max",
    "added, median", "added, 99 %", "source + clients",
)  # fmt: skip


def lines(result: dict[str, Any]) -> list[list[str]]:
    """Return a line of cells for each way; latency is also shown less that of no relay."""
    direct = result["rows"].get(_DIRECT.name)
    made = []
    for way in WAYS:
        row = result["rows"].get(way.name)
        if row is None:
            continue
        shown = f"**{way.name}**" if way.is_ours else way.name
        if row["status"] != "ok":
            made.append([shown, row["status"], *[""] * (len(HEAD) - 2)])
            continue
        delays = row["delays_us"]
        added = ["", ""]
        if direct is not None and direct["status"] == "ok" and row is not direct:
            added = [f"{delays[at] - direct['delays_us'][at]:,.0f}" for at in (0, 1)]
        made.append(
            [
                shown, microseconds(row["cpu_us"]), f"{row['share']:.0%}",
                f"{row['per_second']:,.0f}", *(f"{value:,.0f}" for value in delays[:4]), *added,
                f"{row['others_share']:.0%}",
            ]
        )  # fmt: skip
    return made


def about(name: str, result: dict[str, Any]) -> str:
    """Say what was sent."""
    late = max((row["late"] for row in result["rows"].values() if row["status"] == "ok"), default=0)
    paced = f", up to {late:.1%} of the source's messages sent late" if late > 0.01 else ""
    rounds = f"{result['rounds']} round{'s' if result['rounds'] > 1 else ''}"
    return f"{name}: {rounds}{paced}."
