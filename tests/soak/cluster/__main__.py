"""``python -m tests.soak.cluster``: a log on three servers, its collectors, and trouble.

Each run starts servers, a venue and collectors, makes some troubles, and compares what the log
holds with what the venue sent: nothing may be missed, and nothing be there twice. The status is 1
if that does not hold.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from pathlib import Path

from tests.soak.cluster.readers import Readers
from tests.soak.cluster.reading import read_by_client, read_from_times
from tests.soak.cluster.stage import Stage
from tests.soak.cluster.troubles import Troubles


def run(seed: int, rounds: int, speed: float, collectors: int, is_group: bool) -> list[str]:
    """Run once; what did not hold, in words. Leaves its folder behind if something did not."""
    folder = Path(tempfile.mkdtemp(prefix=f"cluster-{seed}-"))
    names = [f"collector{number + 1}" for number in range(collectors)]
    wrong: list[str] = []
    try:
        with (
            Stage(folder, seed=seed, speed=speed, collectors=names, is_group=is_group) as stage,
            Readers(stage, folder, seed) as readers,
        ):
            stage.begin_comparison()
            troubles = Troubles(stage, seed)
            for number in range(rounds):
                start = time.monotonic()
                trouble = ", ".join(filter(None, (readers.trouble(), troubles.make())))
                stage.settle()
                took = time.monotonic() - start
                print(f"  {number + 1:3}: {trouble}; well after {took:.1f} s", flush=True)
            verdict = stage.stop()
            print(f"  the log:     {verdict}", flush=True)
            if not verdict.is_right:
                wrong.append(str(verdict))
            wrong += readers.problems()
            wrong += read_by_client(stage.servers.url, stage.sent_always())
            wrong += read_from_times(stage.servers, stage.streams, seed)
            shown = "; ".join(wrong) or "every event once, in order"
            print(f"  the clients: {shown}", flush=True)
    except (AssertionError, OSError, TimeoutError) as error:
        wrong.append(f"{type(error).__name__}: {error}")
        print(f"  {wrong[-1]}", flush=True)
    if wrong:
        print(f"  kept: {folder}", flush=True)
    else:
        shutil.rmtree(folder)
    return wrong


def main() -> int:
    """Run as often as was asked for; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.cluster", description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=10, help="troubles of a run")
    parser.add_argument("--seed", type=int, default=1, help="of the first run")
    parser.add_argument("--speed", type=float, default=5.0, help="of the simulated market")
    parser.add_argument("--collectors", type=int, default=2)
    parser.add_argument(
        "--group", action="store_true", help="they share the streams, each has two collectors"
    )
    options = parser.parse_args()
    failed = []
    for seed in range(options.seed, options.seed + options.runs):
        print(f"run {seed}", flush=True)
        if run(seed, options.rounds, options.speed, options.collectors, options.group):
            failed.append(seed)
    print(f"{options.runs} runs, {len(failed)} failed: {failed}" if failed else "all held")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
