"""Running one contender in this process: ``python -m benchmarks.contend NAME WORKLOAD ...``."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.meter import Meter
from benchmarks.workloads import Workload, find


@dataclass(frozen=True)
class Task:
    """The task of a contender: receive all messages of the workload's streams from the port."""

    workload: Workload
    port: int
    meter: Meter
    variant: str
    is_encrypted: bool = False
    queue_size: int = 65_536
    """For libraries whose queue is much shorter by default: as long as ours."""

    @property
    def kind(self) -> str:
        """The workload's name without the number of streams."""
        return self.workload.name.partition(":")[0]

    @property
    def streams(self) -> tuple[str, ...]:
        """Names of the streams, such as ``btcusdt@aggTrade``."""
        return self.workload.streams

    @property
    def authority(self) -> str | None:
        """The file of the authority to trust, for libraries that do not look at SSL_CERT_FILE."""
        return os.environ.get("SSL_CERT_FILE") if self.is_encrypted else None

    @property
    def base(self) -> str:
        """The server's address, without a path."""
        return f"{'wss' if self.is_encrypted else 'ws'}://127.0.0.1:{self.port}"

    @property
    def rest(self) -> str:
        """The server's address for REST, without a path."""
        return f"{'https' if self.is_encrypted else 'http'}://127.0.0.1:{self.port}"


class NotPossible(Exception):
    """A library cannot do this at all; the message says why."""


def main() -> None:
    """Import the contender's module and run it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("module")
    parser.add_argument("workload")
    parser.add_argument("--variant", default="")
    for name in ("port", "control", "warmup", "messages"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--rate", type=float, default=0.0)
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--core", type=int)
    options = parser.parse_args()
    if options.core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {options.core})
    _go_first()
    contender: Any = importlib.import_module(f"benchmarks.contenders.{options.module}")
    meter = Meter(options.control, options.warmup, options.messages, options.rate)
    task = Task(find(options.workload), options.port, meter, options.variant, options.tls)
    try:
        contender.run(task)
    except Exception as error:
        # Run with -m, this module is not the one from which the contender imports the exception.
        if type(error).__name__ != NotPossible.__name__:
            raise
        reason = str(error)
        print(f"NOT POSSIBLE {reason}", flush=True)


def _go_first() -> None:
    """Run before whatever else runs, as far as the system lets it, so that no messages pile up.

    Where Linux shares a core between sessions, a priority counts within the session alone, so the
    session has one, too; it is of this process only (see ``benchmarks.runner``).
    """
    with contextlib.suppress(OSError):
        os.nice(-20)
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text("-20")


if __name__ == "__main__":
    main()
