"""The suite ``scale``: relays, two connections, collectors, and readers of logs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.recording.rounds import reasons, rounds
from benchmarks.scale import collectors, lines, readers, relay
from benchmarks.suites import Plan

PARTS: dict[str, Any] = {
    "relay": relay,
    "connections": lines,
    "collectors": collectors,
    "readers": readers,
}
_TITLES = {
    "relay": "Relays: many clients on one core",
    "connections": "One connection and two, over TLS",
    "collectors": "Collectors: each message stored in a log",
    "readers": "Readers of a log of NATS",
}
_ABOUT = {
    "relay": "The relay has a core of its own. The source, which is the upstream, and all clients "
    "share the other one: above some 80 % in the last column, they limit the rate, and latency "
    "includes their queue. Latency is from before the source's write to after the client's read, "
    "of all messages of all clients, so it has the time in which a message is written to the other "
    "clients before. CPU without a relay is the source's, which sends to each client by itself. "
    "What is added is the difference of the quantiles.",
    "collectors": "Until the log has acknowledged everything; it is checked to have every message. "
    "CPU is that of the collector's process. The log's servers share a core with the source, which "
    "limits the flood. Those that await each message get a tenth of it.",
    "readers": "From a full log, until the fields have been read.",
}


def run(plan: Plan, texts: Sequence[str]) -> dict[str, Any]:
    """Measure all of it."""
    return {name: part.run(plan, texts) for name, part in PARTS.items()}


def sections(results: dict[str, Any]) -> Iterator[tuple[str, str, list[Any]]]:
    """Yield for each part its title, a text, and its tables: what, head, lines, notes."""
    for name, part in PARTS.items():
        own = results.get(name, {})
        tables = [
            (
                part.about(load, result) if name == "relay" else _about(load, result),
                part.HEAD,
                part.lines(result),
                reasons(result),
            )
            for load, result in own.items()
        ]
        if tables:
            yield _TITLES[name], _ABOUT.get(name, ""), tables


def has_failed(results: dict[str, Any]) -> bool:
    """Return whether something of ours has failed."""
    return any(
        row["status"] == "failed"
        for part in results.values()
        for result in part.values()
        for name, row in result["rows"].items()
        if name.startswith("ours")
    )


def _about(load: str, result: dict[str, Any]) -> str:
    late = max((row.get("late", 0) for row in result["rows"].values()), default=0)
    paced = f", {late:.0%} of them sent late" if late >= 0.005 else ""
    return f"{load}: {result['messages']:,} messages{paced}; {rounds(result)}."
