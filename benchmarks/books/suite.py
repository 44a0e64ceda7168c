"""The suite ``book``: every book gets the same updates in turn, each in a process of its own."""

from __future__ import annotations

import json
import statistics
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.books import diffs
from benchmarks.books.registry import JSON, BookContender
from benchmarks.environment import (
    ORDER_BOOK_PYTHON,
    OUR_PYTHON,
    PEERS_PYTHON,
    ROOT,
    cores,
    has_order_book,
    variables,
)

ROUNDS = 3
_SECONDS = 0.5
_QUICK_SECONDS = 0.1
_PATIENCE = 120.0
_FIGURES = ("best_us", "ten_us", "decode_us")
_PYTHONS = {"ours": OUR_PYTHON, "peers": PEERS_PYTHON, "order-book": ORDER_BOOK_PYTHON}


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    books: tuple[BookContender, ...]
    rounds: int
    is_quick: bool
    is_pinned: bool
    say: Callable[[str], None]


def run(plan: Plan) -> dict[str, Any]:
    """Measure every sequence that can be had here."""
    results: dict[str, Any] = {}
    for name in diffs.available():
        sequence = diffs.find(name)
        contenders = [*plan.books, JSON]
        runs: dict[str, list[dict[str, Any]]] = {one.name: [] for one in contenders}
        for number in range(plan.rounds):
            start = number * 5 % len(contenders)
            for contender in [*contenders[start:], *contenders[:start]]:
                one = _run(contender, name, plan)
                plan.say(f"book, {name}, round {number + 1}: {contender.name}: {_outcome(one)}")
                runs[contender.name].append(one)
        results[name] = {
            "source": sequence.source,
            "updates": len(sequence.messages),
            "levels": sequence.mean_levels,
            "side": len(sequence.snapshot["bids"]),
            "bytes": sum(map(len, sequence.messages)) / len(sequence.messages),
            "rounds": plan.rounds,
            "rows": {name: summary(own) for name, own in runs.items()},
        }
    return results


def _run(contender: BookContender, sequence: str, plan: Plan) -> dict[str, Any]:
    if contender.python == "order-book" and not has_order_book():
        return {"status": "not possible", "reason": "no Python that it can be installed for"}
    core = cores()[1] if plan.is_pinned else None
    done = subprocess.run(
        [
            _PYTHONS[contender.python], "-m", "benchmarks.books.contend", contender.module,
            sequence, "--variant", contender.variant,
            "--seconds", str(_QUICK_SECONDS if plan.is_quick else _SECONDS),
            *([] if core is None else ["--core", str(core)]),
        ],
        env=variables((), contender.is_ours),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )  # fmt: skip
    return read(done.stdout, done.stderr)


def read(output: str, errors: str) -> dict[str, Any]:
    """Read what a book's process has printed."""
    for line in output.splitlines():
        if line.startswith("NOT POSSIBLE "):
            return {"status": "not possible", "reason": line.removeprefix("NOT POSSIBLE ")}
        if line.startswith("RESULT "):
            result: dict[str, Any] = json.loads(line.removeprefix("RESULT "))
            wrong = result.pop("wrong", "")
            return {"status": "wrong" if wrong else "ok", "reason": wrong, **result}
    last = errors.strip().splitlines()[-1:] or ["it ended without a word"]
    return {"status": "failed", "reason": last[0][:300]}


def _outcome(one: dict[str, Any]) -> str:
    figures = ", ".join(f"{key} {one[key]:.1f}" for key in _FIGURES if key in one)
    return f"{figures} {one['reason']}".strip()


def summary(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the medians of the rounds; a book has the worst status of them."""
    for status in ("failed", "not possible"):
        for one in runs:
            if one["status"] == status:
                return one
    bad = next((one for one in runs if one["status"] == "wrong"), runs[0])
    row = {"status": bad["status"], "reason": bad["reason"], "python": bad["python"]}
    for key in _FIGURES:
        if key in bad:
            values = [one[key] for one in runs]
            row[key] = statistics.median(values)
            row[key.replace("us", "min")], row[key.replace("us", "max")] = min(values), max(values)
    return row
