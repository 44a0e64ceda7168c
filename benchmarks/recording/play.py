"""Playing in this process: ``python -m benchmarks.recording.play MODULE FOLDER WORKLOAD``.

It prints ``RESULT`` and JSON. Standard library only, on any Python.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.contend import NotPossible
from benchmarks.meter import peak_memory

CHANNELS = {"aggTrade": "trades", "depth": "l2_book", "book": "l2_book"}
"""cryptofeed's names of the kinds that are played."""

WARMUP = 400
"""Messages that come before the others; with an order book, at a rate at which it fills."""


@dataclass(frozen=True)
class Tape:
    """What is to be played."""

    folder: Path
    """With the files that ``benchmarks.recording.tape`` has written."""
    workload: str
    variant: str
    endpoint: str
    """The address of a server of tardis's slices."""

    @property
    def kind(self) -> str:
        """The workload's name without the number of streams."""
        return self.workload.partition(":")[0]


def main() -> None:
    """Import the module and measure it; importing is not measured."""
    parser = argparse.ArgumentParser()
    parser.add_argument("module")
    parser.add_argument("folder", type=Path)
    parser.add_argument("workload")
    parser.add_argument("--variant", default="")
    parser.add_argument("--endpoint", default="")
    parser.add_argument("--core", type=int)
    options = parser.parse_args()
    if options.core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {options.core})
    module: Any = importlib.import_module(f"benchmarks.recording.playback.{options.module}")
    tape = Tape(options.folder, options.workload, options.variant, options.endpoint)
    play: Callable[[Tape], int] = module.play
    cpu, wall = time.process_time(), time.monotonic()
    try:
        messages = play(tape)
    except NotPossible as error:
        print(f"NOT POSSIBLE {error}", flush=True)
        return
    result = {
        "cpu": time.process_time() - cpu,
        "wall": time.monotonic() - wall,
        "messages": messages,
        "peak": peak_memory(),
        "python": platform.python_version(),
    }
    print("RESULT " + json.dumps(result), flush=True)
    # Some libraries have threads that never end.
    os._exit(0)


if __name__ == "__main__":
    main()
