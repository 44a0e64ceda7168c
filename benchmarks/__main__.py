"""``python -m benchmarks``: measure everything, print tables, write JSON, Markdown and SVG."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from benchmarks import plot, report, suites, workloads
from benchmarks.contenders.registry import CONTENDERS
from benchmarks.environment import HERE, machine, make_venv

SUITES = ("throughput", "latency", "growth", "footprint")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about two minutes, one round")
    parser.add_argument(
        "--contender",
        action="append",
        metavar="TEXT",
        help="only contenders whose name holds TEXT; may be repeated",
    )
    parser.add_argument(
        "--workload", action="append", choices=workloads.NAMES, help="may be repeated"
    )
    parser.add_argument("--suite", action="append", choices=SUITES, help="may be repeated")
    parser.add_argument("--rounds", type=int, help="rounds of each measurement (5)")
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
    chosen = tuple(
        contender
        for contender in CONTENDERS
        if not options.contender or any(text in contender.name for text in options.contender)
    )
    if not chosen:
        names = ", ".join(contender.name for contender in CONTENDERS)
        print(f"no such contender; there are: {names}", file=sys.stderr)
        return 2
    plan = suites.Plan(
        contenders=chosen,
        workloads=tuple(options.workload or workloads.NAMES),
        rounds=options.rounds or (1 if options.quick else 5),
        messages=options.messages,
        share=0.1 if options.quick else 1.0,
        is_pinned=not options.no_pin,
        say=_say,
    )
    make_venv()
    results: dict[str, Any] = {
        "machine": machine(),
        "rounds": plan.rounds,
        "sources": {name: workloads.find(name).source for name in plan.workloads},
    }
    selected = options.suite or SUITES
    for suite in SUITES:
        if suite in selected:
            results[suite] = getattr(suites, suite)(plan)
    is_whole = not (
        options.quick or options.contender or options.workload or options.suite or options.messages
    )
    text = report.text(results)
    _write(options.output, results, text, is_whole)
    print(text)
    return 1 if _failed(results) else 0


def _write(folder: Path, results: dict[str, Any], text: str, is_whole: bool) -> None:
    """Write a complete run by its date, any other one as ``partial``, which git ignores."""
    folder.mkdir(parents=True, exist_ok=True)
    name = results["machine"]["date"].partition(" ")[0] if is_whole else "partial"
    (folder / f"{name}.json").write_text(json.dumps(results, indent=1) + "\n")
    (folder / f"{name}.md").write_text(f"# Benchmark\n\n{text}")
    if results.get("throughput"):
        (folder / f"{name}.svg").write_text(plot.svg(results))
    print(f"Written: {folder / name}.json, .md and .svg", file=sys.stderr)


def _failed(results: dict[str, Any]) -> bool:
    return any(
        row["status"] == "failed"
        for result in results.get("throughput", {}).values()
        for row in result["rows"].values()
    )


if __name__ == "__main__":
    sys.exit(main())
