"""``python -m benchmarks``: measure everything, print tables, write JSON, Markdown and SVG."""

from __future__ import annotations

import argparse
import functools
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import plot, report, suites, workloads
from benchmarks.books import suite as books
from benchmarks.books.registry import BOOKS, CLIENTS
from benchmarks.certificates import Certificates
from benchmarks.contenders.registry import CONTENDERS, RECORDERS
from benchmarks.environment import HERE, machine, make_venv
from benchmarks.recording import frames, record, replay
from benchmarks.scale import suite as scale

SUITES = (
    *("pace", "flood", "latency", "growth", "book", "footprint", "record", "replay", "frames"),
    "scale",
)
QUICK_SUITES = ("pace", "flood", "growth", "book", "footprint")
QUICK_TRANSPORTS = ("tls",)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round over TLS, 3 minutes")
    parser.add_argument(
        "--contender",
        action="append",
        metavar="TEXT",
        help="only contenders whose name holds TEXT; may be repeated",
    )
    parser.add_argument("--suite", action="append", choices=SUITES, help="may be repeated")
    parser.add_argument(
        "--workload", action="append", choices=workloads.NAMES, help="of the flood; may be repeated"
    )
    parser.add_argument(
        "--transport", action="append", choices=suites.TRANSPORTS, help="may be repeated"
    )
    parser.add_argument(
        "--rate",
        action="append",
        type=int,
        choices=tuple(suites.PACE_SECONDS),
        help="of the pace, messages a second; may be repeated",
    )
    parser.add_argument("--rounds", type=int, help="rounds of each measurement (3, of floods 5)")
    parser.add_argument("--messages", type=int, help="measured messages of each run")
    parser.add_argument("--no-pin", action="store_true", help="leave the cores to the system")
    parser.add_argument(
        "--output", type=Path, default=HERE / "results", help="folder (benchmarks/results)"
    )
    return parser


def _say(text: str) -> None:
    """Report progress: on one line that is updated in a terminal, else on a line each."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text[:110]}", end="", file=sys.stderr, flush=True)
    else:
        print(text, file=sys.stderr, flush=True)


def main() -> int:
    """Measure what was requested; return 1 if a contender failed."""
    options = _parser().parse_args()
    texts = options.contender or [""]
    chosen = tuple(one for one in CONTENDERS if any(text in one.name for text in texts))
    chosen_books = tuple(one for one in BOOKS if any(text in one.name for text in texts))
    chosen_recorders = tuple(one for one in RECORDERS if any(text in one.name for text in texts))
    if options.suite != ["scale"] and not (chosen or chosen_books or chosen_recorders):
        names = ", ".join(dict.fromkeys(one.name for one in (*CONTENDERS, *BOOKS, *RECORDERS)))
        print(f"no such contender; there are: {names}", file=sys.stderr)
        return 2
    selected = options.suite or (QUICK_SUITES if options.quick else SUITES)
    if not chosen and not options.suite:
        selected = ("book",) if chosen_books else ("record",)
    transports = QUICK_TRANSPORTS if options.quick else suites.TRANSPORTS
    make_venv()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        plan = suites.Plan(
            contenders=chosen,
            books=tuple(one for one in CLIENTS if any(text in one.name for text in texts)),
            paced=tuple(one for one in chosen if one.is_paced or options.contender),
            recorders=chosen_recorders,
            workloads=tuple(options.workload or workloads.NAMES),
            transports=tuple(options.transport or transports),
            rates=tuple(options.rate or suites.PACE_SECONDS),
            rounds=options.rounds,
            messages=options.messages,
            is_quick=options.quick,
            is_pinned=not options.no_pin,
            certificates=Certificates.issue(Path(folder)),
            say=_say,
        )
        book_plan = books.Plan(
            books=chosen_books,
            rounds=plan.rounds_of(books.ROUNDS),
            is_quick=options.quick,
            is_pinned=plan.is_pinned,
            say=_say,
        )
        measures: dict[str, Callable[[], dict[str, Any]]] = {
            **{
                suite: functools.partial(getattr(suites, suite), plan)
                for suite in SUITES
                if hasattr(suites, suite)
            },
            "book": functools.partial(_books, plan, book_plan),
            "record": functools.partial(record.run, plan),
            "replay": functools.partial(replay.run, plan, texts),
            "frames": functools.partial(frames.run, plan),
            "scale": functools.partial(scale.run, plan, texts),
        }
        results: dict[str, Any] = {
            "machine": machine(),
            "sources": {name: workloads.find(name).source for name in plan.workloads},
            **{suite: measures[suite]() for suite in SUITES if suite in selected},
        }
    is_whole = not (
        options.quick
        or options.contender
        or options.workload
        or options.transport
        or options.rate
        or options.messages
    )
    text = report.text(results)
    _write(options.output, results, text, options.suite or (), is_whole)
    print(text)
    return 1 if _failed(results) else 0


def _books(plan: suites.Plan, book_plan: books.Plan) -> dict[str, Any]:
    """Measure books by themselves, then clients that keep one."""
    return {
        "updates": books.run(book_plan),
        "clients": suites.clients(plan) if plan.books else {},
    }


def _write(
    folder: Path, results: dict[str, Any], text: str, only: Sequence[str], is_whole: bool
) -> None:
    """Write a complete run, or one of some suites, by its date.

    Any other one is written as ``partial``, which git ignores.
    """
    folder.mkdir(parents=True, exist_ok=True)
    date = results["machine"]["date"].partition(" ")[0]
    name = "-".join([date, *only]) if is_whole else "partial"
    (folder / f"{name}.json").write_text(json.dumps(results, indent=1) + "\n")
    (folder / f"{name}.md").write_text(f"# Benchmark\n\n{text}")
    if plot.has_bars(results):
        (folder / f"{name}.svg").write_text(plot.svg(results))
    print(f"Written: {folder / name}.json, .md and .svg", file=sys.stderr)


def _failed(results: dict[str, Any]) -> bool:
    ours = {one.name for one in BOOKS if one.is_ours}
    return (
        scale.has_failed(results.get("scale", {}))
        or any(
            row["status"] == "failed" or (row["status"] == "wrong" and name in ours)
            for result in results.get("book", {}).get("updates", {}).values()
            for name, row in result["rows"].items()
        )
        or any(
            row["status"] == "failed"
            for result in results.get("replay", {}).values()
            for row in result["rows"].values()
        )
        or any(
            row["status"] == "failed"
            for suite in (
                *(results.get(name, {}) for name in ("pace", "flood", "latency", "record")),
                results.get("book", {}).get("clients", {}),
            )
            for measured in suite.values()
            for result in measured.values()
            for row in result["rows"].values()
        )
    )


if __name__ == "__main__":
    sys.exit(main())
