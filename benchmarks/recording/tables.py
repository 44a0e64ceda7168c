"""Making tables in this process: ``python -m benchmarks.recording.tables EVENTS``.

Every way gets the same events in turn. It prints ``RESULT`` and JSON.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import msgspec
import pandas as pd
import polars as pl
import pyarrow as pa

from benchmarks.workloads import find
from binance_streams import decode, to_arrow, to_pandas, to_polars

_DEPTH_SHARE = 50
"""One update of 80 levels takes as long as so many trades, about."""

Way = Callable[[], object]


def events_of(workload: str, count: int, numbers: type[Any]) -> list[Any]:
    """Decode events of a workload with one stream."""
    found = find(workload)
    return [decode(payload, found.streams[0], numbers=numbers) for _, payload in found.make(count)]


def _rows(events: Sequence[Any]) -> list[dict[str, Any]]:
    return [msgspec.structs.asdict(event) for event in events]


def _nested_rows(events: Sequence[Any]) -> list[dict[str, Any]]:
    """Return rows whose levels are dicts, too, for libraries that know no structs."""
    return [msgspec.to_builtins(event, builtin_types=(Decimal,)) for event in events]


def ways(count: int) -> dict[str, tuple[int, dict[str, Way]]]:
    """Return the tables that are made, by what of: the number of events, and each way."""
    floats, decimals, texts = (events_of("aggTrade", count, one) for one in (float, Decimal, str))
    few = max(1, count // _DEPTH_SHARE)
    depth, depth_texts = (events_of("depth", few, one) for one in (Decimal, str))
    return {
        "aggTrade, float": (
            count,
            {
                "polars: rows of dicts": lambda: pl.DataFrame(_rows(floats)),
                "polars: ours": lambda: to_polars(floats),
                "pandas: rows of dicts": lambda: pd.DataFrame(_rows(floats)),
                "pandas: ours": lambda: to_pandas(floats),
                "arrow: rows of dicts": lambda: pa.Table.from_pylist(_rows(floats)),
                "arrow: ours": lambda: to_arrow(floats),
            },
        ),
        "aggTrade, Decimal": (
            count,
            {
                "polars: rows of dicts": lambda: pl.DataFrame(_rows(decimals)),
                "polars: ours": lambda: to_polars(decimals),
                "polars: ours, from str": lambda: to_polars(texts, numbers=Decimal),
                "pandas: rows of dicts": lambda: pd.DataFrame(_rows(decimals)),
                "pandas: ours": lambda: to_pandas(decimals),
                "arrow: rows of dicts": lambda: pa.Table.from_pylist(_rows(decimals)),
                "arrow: ours": lambda: to_arrow(decimals),
                "arrow: ours, from str": lambda: to_arrow(texts, numbers=Decimal),
            },
        ),
        "depth of 80 levels, Decimal": (
            few,
            {
                "polars: rows of dicts": lambda: pl.DataFrame(_nested_rows(depth)),
                "polars: ours": lambda: to_polars(depth),
                "polars: ours, from str": lambda: to_polars(depth_texts, numbers=Decimal),
                "polars: ours, a row a level": lambda: to_polars(depth, levels="explode"),
                "arrow: rows of dicts": lambda: pa.Table.from_pylist(_nested_rows(depth)),
                "arrow: ours": lambda: to_arrow(depth),
            },
        ),
    }


def measure(count: int) -> dict[str, dict[str, float]]:
    """Return the CPU time of each event, in us: the better of two times in turn."""
    best: dict[str, dict[str, float]] = {}
    for name, (number, chosen) in ways(count).items():
        own = best[name] = {}
        for _ in range(2):
            for way, make in chosen.items():
                gc.collect()
                begun = time.process_time()
                made = make()
                used = (time.process_time() - begun) / number * 1e6
                own[way] = min(own.get(way, used), used)
                del made
    return best


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("events", type=int)
    parser.add_argument("--core", type=int)
    options = parser.parse_args()
    if options.core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {options.core})
    print("RESULT " + json.dumps(measure(options.events)), flush=True)


if __name__ == "__main__":
    main()
