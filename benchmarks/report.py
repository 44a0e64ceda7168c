"""Results as tables, readable as plain text and as Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks import summary
from benchmarks.books import report as books
from benchmarks.contenders.registry import BASELINES, LIMIT
from benchmarks.recording import frames, record, replay
from benchmarks.recording.rounds import reasons
from benchmarks.scale import suite as scale
from benchmarks.summary import ratio

_EMPTY = [""]
_TRANSPORTS = {"tls": "over TLS", "plain": "without TLS"}

_REACHED = 0.99
"""The share of its rate that the server must reach."""
_MOST_LATE = 0.05
"""The share of messages that may be more than one interval late."""
_MOST_NOISE = 0.2
"""How much rounds may differ before the report warns."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Format a Markdown table with aligned columns."""
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]

    def text(line: Sequence[str]) -> str:
        first = line[0].ljust(widths[0])
        others = (cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))
        return "| " + " | ".join([first, *others]) + " |"

    rule = [":" + "-" * (widths[0] - 1), *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join([text(lines[0]), text(rule), *map(text, lines[1:])])


def baseline(rows: dict[str, dict[str, Any]]) -> dict[str, Any] | None:
    """Return the row that is the baseline of ratios, if it was measured."""
    for name in BASELINES:
        row = rows.get(name)
        if row is not None and row["status"] == "ok":
            return row
    return None


def _reasons(rows: dict[str, dict[str, Any]]) -> list[str]:
    return [
        f"- {name}: {row['status']}: {row['reason']}"
        for name, row in rows.items()
        if row["status"] != "ok"
    ]


def _rounds(result: dict[str, Any]) -> str:
    """Say how many rounds there were, and how much the machine's noise made them differ."""
    rounds = result["rounds"]
    spreads = [
        (row["cpu_us_max"] - row["cpu_us_min"]) / row["cpu_us"]
        for row in result["rows"].values()
        if row["status"] == "ok"
    ]
    if rounds == 1 or not spreads:
        return f"{rounds} round"
    spread = statistics.median(spreads)
    warning = " (NOISY)" if spread > _MOST_NOISE else ""
    return f"median of {rounds} rounds, which differ by {spread:.0%}{warning}"


def _flood(workload: str, result: dict[str, Any], source: str) -> str:
    rows = result["rows"]
    base = baseline(rows)
    limit = rows.get(LIMIT)
    lines = []
    for name, row in rows.items():
        if row["status"] != "ok":
            lines.append([name, row["status"], *_EMPTY * 7])
            continue
        lines.append(
            [
                name,
                f"{row['cpu_us']:.2f}",
                f"{row['cpu_us_min']:.2f}",
                f"{row['cpu_us_max']:.2f}",
                ratio(row, base),
                ratio(row, limit),
                f"{row['per_second']:,.0f}",
                f"{row['peak_mb']:.0f}",
                f"{row['server_share']:.0%}",
            ]
        )
    head = [
        workload, "CPU us/message", "min", "max", "to ours", "to limit", "messages/s", "peak MB",
        "server",
    ]  # fmt: skip
    about = f"{workload}: {result['messages']:,} messages, {source}; {_rounds(result)}."
    return "\n".join([about, "", table(head, lines), "", *_reasons(rows)])


def _paced_cpu(results: dict[str, Any]) -> str:
    """Format what each message costs at each rate."""
    head = ["CPU us/message"]
    for rate in results:
        head += [f"{int(rate):,}/s", "min-max", "to limit"]
    lines = []
    for name in next(iter(results.values()))["rows"]:
        line = [name]
        for result in results.values():
            row = result["rows"][name]
            if row["status"] != "ok":
                line += [row["status"], "", ""]
                continue
            line += [
                f"{row['cpu_us']:.1f}",
                f"{row['cpu_us_min']:.1f}-{row['cpu_us_max']:.1f}",
                ratio(row, result["rows"].get(LIMIT)),
            ]
        lines.append(line)
    return table(head, lines)


def _paced_latency(results: dict[str, Any]) -> str:
    """Format how long each message takes from the server's write to the user's code."""
    head = ["latency, us"]
    for rate in results:
        head += [f"{int(rate):,}/s median", "99 %", "99.9 %"]
    lines = []
    for name in next(iter(results.values()))["rows"]:
        line = [name]
        for result in results.values():
            row = result["rows"][name]
            if row["status"] == "ok":
                line += [f"{value:,.0f}" for value in row["delays_us"][:3]]
            else:
                line += [row["status"], "", ""]
        lines.append(line)
    return table(head, lines)


def _paced_warnings(results: dict[str, Any]) -> list[str]:
    """Warn if the server did not send evenly, or not at its rate."""
    warnings = []
    for rate, result in results.items():
        rows = [row for row in result["rows"].values() if row["status"] == "ok"]
        reached = min((row["reached"] for row in rows), default=float(rate))
        late = max((row["late"] for row in rows), default=0.0)
        if reached < _REACHED * int(rate) or late > _MOST_LATE:
            warnings.append(
                f"- NOT EVEN at {int(rate):,}/s: the slowest run reached {reached:,.0f}/s, and up "
                f"to {late:.1%} of a run's messages were sent more than one interval late. Late "
                "messages arrive in bursts, which cost less."
            )
    return warnings


def _paced(results: dict[str, Any]) -> str:
    sizes = ", ".join(
        f"{result['messages']:,} messages at {int(rate):,}/s" for rate, result in results.items()
    )
    rounds = "; ".join(f"at {int(rate):,}/s {_rounds(result)}" for rate, result in results.items())
    reasons = [line for result in results.values() for line in _reasons(result["rows"])]
    return "\n".join(
        [
            f"aggTrade, {sizes}. {rounds[0].upper()}{rounds[1:]}.",
            "",
            _paced_cpu(results),
            "",
            _paced_latency(results),
            "",
            *dict.fromkeys([*reasons, *_paced_warnings(results)]),
        ]
    )


def _kept(results: dict[str, Any]) -> str:
    """Format what each update costs a client that keeps a book."""
    head = ["CPU us/update"]
    for rate in results:
        head += [f"{int(rate):,}/s", "min-max", "to ours", "peak MB"]
    lines = []
    for name in next(iter(results.values()))["rows"]:
        line = [name]
        for result in results.values():
            row = result["rows"][name]
            if row["status"] != "ok":
                line += [row["status"], *_EMPTY * 3]
                continue
            line += [
                summary.microseconds(row["cpu_us"]),
                f"{row['cpu_us_min']:,.0f}-{row['cpu_us_max']:,.0f}",
                ratio(row, next(iter(result["rows"].values()))),
                f"{row['peak_mb']:.0f}",
            ]
        lines.append(line)
    sizes = ", ".join(f"{one['messages']:,} at {int(rate):,}/s" for rate, one in results.items())
    rounds = "; ".join(f"at {int(rate):,}/s {_rounds(result)}" for rate, result in results.items())
    reasons = [line for result in results.values() for line in _reasons(result["rows"])]
    about = f"One book of 5,000 levels a side, updates of 31 levels: {sizes}. {rounds}."
    warnings = dict.fromkeys([*reasons, *_paced_warnings(results)])
    return "\n".join([about, "", table(head, lines), "", *warnings])


def _growth(result: dict[str, Any]) -> str:
    rows = result["rows"]
    base = rows[0]
    lines = []
    for row in rows:
        if row["status"] != "ok":
            lines.append([f"{row['streams']:,}", row["status"], row["reason"][:60], "", "", ""])
            continue
        ratio = f"{row['cpu_us'] / base['cpu_us']:.2f}x" if base["status"] == "ok" else ""
        lines.append(
            [
                f"{row['streams']:,}",
                str(row["connections"]),
                f"{row['cpu_us']:.2f}",
                ratio,
                f"{row['memory_when_ready'] / 1e6:.1f}",
                f"{row['peak_mb']:.0f}",
            ]
        )
    head = ["streams", "connections", "CPU us/message", "to 1 stream", "MB when ready", "peak MB"]
    text = table(head, lines)
    if "bytes_a_subscription" in result:
        text += f"\n\nMemory: {result['bytes_a_subscription'] / 1000:.1f} kB a subscription."
    return text


def _footprint(result: dict[str, Any]) -> str:
    head = ["package", "import ms", "min", "own MB", "with what it needs MB", "needs"]
    lines = [
        [
            name,
            f"{row['import_ms']:.0f}",
            f"{row['import_ms_min']:.0f}",
            f"{row['own'] / 1e6:.1f}",
            f"{row['all'] / 1e6:.1f}",
            str(row["needs"]),
        ]
        for name, row in result.items()
    ]
    return table(head, lines)


def _about(machine: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    load = " ".join(f"{value:.1f}" for value in machine["load"])
    return (
        f"{machine['date']}, {machine['processor']}, {machine['cores']} cores, "
        f"{machine['system']}, Python {machine['python']}, load before {load}.\n\n{versions}."
    )


def _recordings(results: dict[str, Any]) -> list[str]:
    """Format what recordings cost, how fast they are played, and events made into tables."""
    parts = ["## Recording"] if results.get("record") else []
    for transport, loads in results.get("record", {}).items():
        for name, result in loads.items():
            parts.append(record.about(name, transport, result))
            parts += [table(record.HEAD, record.lines(result)), "\n".join(reasons(result))]
    parts += ["## Replay"] if results.get("replay") else []
    for name, result in results.get("replay", {}).items():
        parts.append(replay.about(name, result))
        parts += [table(replay.HEAD, replay.lines(result)), "\n".join(replay.notes(result))]
    parts += ["## Events as tables"] if results.get("frames") else []
    for name, result in results.get("frames", {}).items():
        parts += [frames.about(name, result), table(frames.HEAD, frames.lines(result))]
    return parts


def _scale(results: dict[str, Any]) -> list[str]:
    """Format what is beyond one process."""
    parts = []
    for title, about, tables in scale.sections(results):
        parts += [f"## {title}", about]
        for what, head, lines, notes in tables:
            parts += [what, table(head, lines), "\n".join(notes)]
    return parts


def text(results: dict[str, Any]) -> str:
    """Return the whole report."""
    parts = [_about(results["machine"])]
    for transport, said in _TRANSPORTS.items():
        if columns := summary.columns(results, transport):
            parts += [
                f"## In short, {said}",
                "CPU us/message (to the limit), latency in us.",
                table(["", *(head for head, _ in columns)], summary.lines(columns)),
            ]
    for transport, paced in results.get("pace", {}).items():
        parts += [f"## At the market's pace, {_TRANSPORTS[transport]}", _paced(paced)]
    for transport, floods in results.get("flood", {}).items():
        if floods:
            parts.append(f"## Flood, {_TRANSPORTS[transport]}")
        for workload, result in floods.items():
            parts.append(_flood(workload, result, results["sources"][workload]))
    for transport, paced in results.get("latency", {}).items():
        parts += [f"## Latency at other rates, {_TRANSPORTS[transport]}", _paced(paced)]
    if results.get("growth"):
        parts += [
            "## Cost as work grows (aggTrade, Decimal, one client)",
            _growth(results["growth"]),
        ]
    book = results.get("book", {})
    parts += ["## Order books"] if book else []
    for name, result in book.get("updates", {}).items():
        parts += [books.about(name, result), table(books.HEAD, books.lines(result))]
        parts.append("\n".join(books.notes(result)))
    for transport, paced in book.get("clients", {}).items():
        parts += [f"## Clients that keep an order book, {_TRANSPORTS[transport]}", _kept(paced)]
    parts += _recordings(results)
    parts += _scale(results.get("scale", {}))
    if results.get("footprint"):
        parts += ["## Import and size", _footprint(results["footprint"])]
    return "\n\n".join(stripped for part in parts if (stripped := part.strip())) + "\n"
