"""Kill a recording program again and again at random: ``python -m tests.soak.kills [COUNT]``.

Prints how much the worst kill has cost, and fails if it is more than a second, if a file cannot be
read, or if a trade in the middle is missing.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from pathlib import Path

from binance_streams_simulator import Simulator
from tests.support.killing import kill_while_recording

_MOST_LOST = 1000
"""Milliseconds that a killed program may lose."""


def main(count: int = 100, seed: int = 1) -> int:
    """Kill as often; return the exit status."""
    drawn = random.Random(seed)
    worst = torn = total = 0
    with Simulator(speed=100) as simulator:
        for number in range(1, count + 1):
            folder = Path(tempfile.mkdtemp(prefix="kills-"))
            rotate = drawn.choice(["1h", "1s", "2KB"])
            kill = kill_while_recording(
                simulator.url, folder / "rec", drawn.uniform(0.0, 3.0), rotate
            )
            recorded = kill.recorded
            assert recorded == sorted({*recorded}), folder
            if recorded:
                assert recorded[-1] - recorded[0] == len(recorded) - 1, folder
            worst = max([worst, *kill.lost])
            torn += kill.torn
            total += len(recorded)
            print(
                f"{number:3}: {rotate:3}, {len(recorded):5} trades, lost the last "
                f"{max(kill.lost, default=0):4} ms, {kill.torn} torn",
                flush=True,
            )
            shutil.rmtree(folder)
    print(f"{count} kills, {total:,} trades kept, at most {worst} ms lost, {torn} parts torn")
    return 0 if worst <= _MOST_LOST else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
