"""``make demo-cluster``: a log on three servers, collectors, a consumer; and two of them killed.

The figures at the end are counted: what the venue says that it sent, what the log holds as nats-py
reads it, and what the consumer got.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.soak.cluster.checks import Verdict
from tests.soak.cluster.collectors import PREFIX
from tests.soak.cluster.consumer import Consumer
from tests.soak.cluster.stage import Stage
from tests.support.nats_server import MISSING, nats_server_program

_RESUMED = 100
"""More events than this in a second: the consumer goes on."""

_PATIENCE = 30.0

STREAMS = ("btcusdt@trade", "ethusdt@trade", "bnbusdt@trade")


class Demo:
    """One run."""

    def __init__(self, stage: Stage, consumer: Consumer, seconds: float) -> None:
        self._stage = stage
        self._consumer = consumer
        self._start = time.monotonic()
        self._seconds = seconds
        self._counted = 0
        self._has_resumed = True

    def run(self) -> None:
        """Show the counts each second, and kill as planned."""
        killed = self._stage.collectors["one"]
        server = self._stage.servers.leader("binance-spot-trade") or self._stage.servers.servers[0]
        plan: list[tuple[float, str, Callable[[], None]]] = [
            (
                0.2,
                "KILLED with -9: collector one. Collector two has the same streams.",
                killed.kill,
            ),
            (0.4, "Collector one is started again.", killed.start),
            (
                0.5,
                f"KILLED with -9: {server.name}, which leads the log of trades. "
                "The others choose a leader in 4 to 9 s; messages and the consumer wait.",
                server.kill,
            ),
            (0.8, f"{server.name} is started again, and catches up.", lambda: server.start(False)),
        ]
        while (passed := time.monotonic() - self._start) < self._seconds or (
            # On a busy machine a leader may take longer: the consumer is seen to go on.
            not self._has_resumed and passed < self._seconds + _PATIENCE
        ):
            while plan and passed >= plan[0][0] * self._seconds:
                _, text, action = plan.pop(0)
                self._say(text)
                action()
                self._has_resumed = False
            self._count()
            time.sleep(1.0)

    def _count(self) -> None:
        one = self._consumer
        self._has_resumed = self._has_resumed or one.events > self._counted + _RESUMED
        self._counted = one.events
        self._say(
            f"the consumer has {one.events:>7,} events, {one.gaps} gaps, "
            f"{one.missed:,} missed, {one.twice:,} twice"
        )

    def _say(self, text: str) -> None:
        print(f"{time.monotonic() - self._start:5.0f} s  {text}", flush=True)

    def finish(self) -> bool:
        """Compare what was sent with what is there; whether all of it is, once."""
        self._say("The collectors store what they have, and end. Comparing ...")
        verdict = self._stage.stop()
        wanted: dict[str, list[int]] = {name: [] for name in STREAMS}
        for sent in self._stage.sent:
            wanted[sent.stream].append(json.loads(sent.payload)["t"])
        deadline = time.monotonic() + 60
        while any(self._consumer.last(name) < ids[-1] for name, ids in wanted.items()):
            if time.monotonic() > deadline:
                break
            time.sleep(0.1)
        missed, twice = self._compare(wanted)
        _print_summary(verdict, self._consumer, missed, twice)
        return verdict.is_right and not missed and not twice and not self._consumer.gaps

    def _compare(self, wanted: dict[str, list[int]]) -> tuple[int, int]:
        """How many of the ids that the venue sent the consumer lacks, and has too often."""
        missed = twice = 0
        for name, ids in wanted.items():
            found = Counter(self._consumer.ids[name])
            missed += sum(id not in found for id in ids)
            twice += sum(count - 1 for count in found.values())
        return missed, twice


def _print_summary(verdict: Verdict, consumer: Consumer, missed: int, twice: int) -> None:
    shares = ", ".join(f"{name} {count:,}" for name, count in sorted(verdict.collectors.items()))
    print(f"\nThe venue sent {verdict.sent.total():,} messages while it was compared.")
    print(f"The log holds them: missed {len(verdict.missed)}, twice {len(verdict.twice)}.")
    print(f"  Who stored what it holds, from the collectors' start to their end: {shares}.")
    print(f"The consumer got them: missed {missed:,}, twice {twice:,}, gaps {consumer.gaps}.")


def main() -> int:
    """Run the demo; return 1 if anything was missed or there twice."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.cluster.demo", description=__doc__)
    parser.add_argument("--seconds", type=float, default=25.0, help="how long it goes on")
    options = parser.parse_args()
    if nats_server_program() is None:
        print(MISSING, file=sys.stderr)
        return 1
    print("Three NATS servers, a simulated venue, two collectors and a consumer, on this machine.")
    print("Starting them ...", flush=True)
    with (
        tempfile.TemporaryDirectory(prefix="demo-cluster-") as folder,
        Stage(Path(folder), collectors=("one", "two"), streams=STREAMS, speed=20.0) as stage,
        # A missing id is waited for a little longer than usual, and so is the first event.
        Consumer(f"{stage.servers.url}?from=now&prefix={PREFIX}", STREAMS) as consumer,
    ):
        stage.begin_comparison()
        demo = Demo(stage, consumer, options.seconds)
        demo.run()
        is_right = demo.finish()
    print("All of it, each once." if is_right else "SOMETHING IS WRONG: see above.")
    return 0 if is_right else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
