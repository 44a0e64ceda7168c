"""The figures of the suite ``scale`` in docs/speed.md: ``python -m benchmarks.scale.page``.

It puts those of the newest complete run in their place; a test holds that they are there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.environment import HERE, ROOT
from benchmarks.summary import microseconds

PAGE = ROOT / "docs/speed.md"
BEGIN = "<!-- figures of the suite scale, written by python -m benchmarks.scale.page -->"
END = "<!-- end of the figures of the suite scale -->"

_Row = dict[str, Any]
_Columns = dict[str, str]
"""The heads of columns by the names of what was measured."""

_RELAY = {
    "trades, 100 clients, 5,000/s": "100 clients, 5,000/s",
    "trades, 1,000 clients, 50,000/s": "1,000 clients, 50,000/s",
    "trades, 1,000 clients, 10 of 100 streams each, 50,000/s": "the same, 10 of 100 streams each",
    "depth, 1,000 clients, 50,000/s": "the same, depth of 80",
    "trades, 1,000 clients, 50,000/s, TLS": "1,000 clients, 50,000/s, TLS",
}
_COLLECTORS = {
    "NATS, one server, 2,000/s": "NATS, 2,000/s",
    "NATS, one server, flood": "NATS, flood",
    "NATS, three servers, three replicas, flood": "three servers, flood",
    "Redis, appendfsync everysec, flood": "Redis, flood",
}
_READERS = {"aggTrade": "aggTrade", "depth": "depth of 80"}
_CONNECTIONS = {
    "aggTrade, 200/s": "200/s",
    "aggTrade, 2,000/s": "2,000/s",
    "aggTrade, flood": "flood, aggTrade",
    "depth, flood": "flood, depth of 80",
}


def newest() -> Path | None:
    """Return the results of the newest complete run of the suite, or None."""
    found = sorted((HERE / "results").glob("*-scale.json"))
    return found[-1] if found else None


def text(path: Path) -> str:
    """Return what the page has of these results."""
    results = json.loads(path.read_text())
    scale, machine = results["scale"], results["machine"]
    load = machine["load"][0]
    link = f"[a run of its own](../benchmarks/results/{path.stem}.md)"
    return "\n".join(
        [
            BEGIN,
            f"Beyond one process, in {link} on {machine['date'].partition(' ')[0]} (load before "
            f"{load:.1f}); the peers are written",
            "as people write them ([how](../benchmarks/README.md)). A relay on one core, in one "
            "round: CPU µs a message sent, and latency in ms from the source's write",
            "to a client's read, median and 99 %. A message is written to one client after the "
            "other, with or without a relay:",
            "",
            *_table("relay", _RELAY, scale["relay"], _relayed),
            "",
            "The mean of two rounds, here and below. CPU µs a message that a collector has "
            "stored, and messages a second in a flood, with the servers on one other core:",
            "",
            *_table("collector", _COLLECTORS, scale["collectors"], _stored),
            "",
            "CPU µs a message that is read from a full log of NATS, and messages a second:",
            "",
            *_table("reader", _READERS, scale["readers"], _rated),
            "",
            "CPU µs an event over TLS, with one connection and with two that carry the same:",
            "",
            *_table("", _CONNECTIONS, scale["connections"], _costing),
            END,
        ]
    )


def _table(
    head: str, columns: _Columns, measured: dict[str, Any], cell: Callable[[_Row, str], str]
) -> list[str]:
    """Return a line for each row that one of the columns has."""
    own = {name: measured[name]["rows"] for name in columns if name in measured}
    names = list(dict.fromkeys(name for rows in own.values() for name in rows))
    lines = [_line([head, *(columns[name] for name in own)]), _line([":--", *["--:"] * len(own)])]
    for name in names:
        cells = [_cell(rows.get(name), load, cell) for load, rows in own.items()]
        if name.startswith("ours"):
            lines.append(_line([f"**{one}**" if one else "" for one in [name, *cells]]))
        else:
            lines.append(_line([name, *cells]))
    return lines


def _cell(row: _Row | None, load: str, cell: Callable[[_Row, str], str]) -> str:
    if row is None:
        return ""
    return cell(row, load) if row["status"] == "ok" else row["status"]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _relayed(row: _Row, load: str) -> str:
    middle, most = (f"{value / 1000:,.1f}" for value in row["delays_us"][:2])
    return f"{microseconds(row['cpu_us'])} ({middle}, {most})"


def _rated(row: _Row, load: str) -> str:
    return f"{microseconds(row['cpu_us'])} ({row['per_second']:,.0f}/s)"


def _stored(row: _Row, load: str) -> str:
    return _rated(row, load) if load.endswith("flood") else microseconds(row["cpu_us"])


def _costing(row: _Row, load: str) -> str:
    return microseconds(row["cpu_us"])


def main() -> None:
    """Put the figures of the newest run into the page."""
    path = newest()
    if path is None:
        raise SystemExit('no results: make bench BENCH="--suite scale" measures them')
    old = PAGE.read_text()
    start, end = old.index(BEGIN), old.index(END) + len(END)
    PAGE.write_text(old[:start] + text(path) + old[end:])


if __name__ == "__main__":
    main()
