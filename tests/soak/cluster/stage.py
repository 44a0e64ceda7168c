"""All that runs: servers of the log, the venue and collectors; and whether they are well."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import nats.errors
import nats.js.errors

from tests.soak.cluster.checks import Verdict
from tests.soak.cluster.collectors import PREFIX, CollectorProcess
from tests.soak.cluster.venue import Sent, Venue
from tests.support.nats_cluster import NatsCluster
from tests.support.nats_log import StoredMessage

STREAMS = (
    "btcusdt@trade",
    "ethusdt@trade",
    "ethusdt@aggTrade",
    "btcusdt@bookTicker",
    "bnbusdt@depth@100ms",
    "bnbbtc@kline_1m",
)

CHANGING = ("ethbtc@trade", "bnbbtc@trade", "ethusdt@bookTicker")
"""Streams that a group collects at times."""

# As long as it takes servers to choose a leader anew, several times over.
_PATIENCE = 120.0


class Stage:
    """Three servers, a venue, and collectors of the same streams."""

    def __init__(
        self,
        folder: Path,
        *,
        seed: int = 1,
        speed: float = 5.0,
        collectors: Sequence[str] = ("a", "b"),
        streams: Sequence[str] = STREAMS,
        is_group: bool = False,
    ) -> None:
        """If ``is_group``, the collectors share the streams: each has two collectors."""
        self.streams = list(streams)
        self.servers = NatsCluster(folder)
        self.venue = Venue(seed, speed, [*self.streams, *(CHANGING if is_group else ())])
        self.sent: list[Sent] = []
        self.stored: list[StoredMessage] = []
        """What the log holds in the end, in its order."""
        self.begin = 0
        self.is_group = is_group
        # From when to when the group collects those of its streams that change, certainly.
        self._collected: dict[str, list[tuple[int, float]]] = defaultdict(list)
        arguments = ["--replicas", "3", *(["--group", "soak"] if is_group else []), *self.streams]
        self.collectors = {
            name: CollectorProcess(name, self.venue.port, self.servers.url, arguments, folder)
            for name in collectors
        }

    def start(self) -> None:
        """Start everything, and begin to compare once all collectors are at work."""
        self.servers.start()
        for collector in self.collectors.values():
            collector.start()
        self.settle()
        self.begin_comparison()

    def begin_comparison(self) -> None:
        """Compare what is sent from now on."""
        self.begin = time.time_ns()

    def change_streams(self, name: str) -> str:
        """Add a stream of ``CHANGING`` to the group's list, or remove it; say which."""
        spans = self._collected[name]
        is_collected = bool(spans) and spans[-1][1] == math.inf
        if is_collected:
            spans[-1] = spans[-1][0], time.time_ns()
        action = "remove" if is_collected else "add"
        command = [
            *(sys.executable, "-m", "binance_streams", "group", action, name, "--group", "soak"),
            *("--prefix", PREFIX, "--to", self.servers.url, "--replicas", "3"),
        ]
        deadline = time.monotonic() + _PATIENCE
        while (done := subprocess.run(command, capture_output=True, check=False)).returncode:
            # It says so if the servers choose a leader just now.
            assert time.monotonic() < deadline, done.stderr
        if not is_collected:
            self._wait(lambda: self._are_subscribed([name]), f"nobody collects {name}")
            spans.append((time.time_ns(), math.inf))
        return f"{name} {'removed' if is_collected else 'added'}"

    def _is_compared(self, sent: Sent, end: int) -> bool:
        if not self.begin <= sent.at < end:
            return False
        if sent.stream in self.streams:
            return True
        return any(begin <= sent.at < last for begin, last in self._collected[sent.stream])

    def settle(self) -> None:
        """Wait until all servers and collectors are well, and have stored what there was so far."""
        self._wait(self.servers.is_ready, "the servers do not agree on a leader")
        self._wait(self._are_subscribed, "the collectors are not subscribed to all streams")
        now = time.time_ns()
        for name in self.collectors:
            self._wait(
                lambda name=name: self._stored_until(name) > now,
                f"collector {name} does not say that it has stored what there was",
            )

    def stop(self) -> Verdict:
        """Stop the collectors in order, and compare what the log holds with what was sent."""
        end = time.time_ns()
        self.settle()
        for collector in self.collectors.values():
            collector.stop()
        self.sent += self.venue.take()
        self.sent = [one for one in self.sent if self._is_compared(one, end)]
        self.stored = [
            one
            for one in self.servers.messages(f"{PREFIX}.>")
            if not one.subject.startswith(f"{PREFIX}._")
        ]
        return Verdict(self.sent, self.stored)

    def sent_always(self) -> list[Sent]:
        """What was sent of the streams that are collected all the time."""
        return [one for one in self.sent if one.stream in self.streams]

    def _are_subscribed(self, names: Sequence[str] = ()) -> bool:
        enough = min(2, len(self.collectors)) if self.is_group else len(self.collectors)
        found = self.venue.subscriptions()
        return all(sum(name in one for one in found) >= enough for name in names or self.streams)

    def _stored_until(self, name: str) -> int:
        """Up to when a collector says that all it received is in the log, in Unix nanoseconds."""

        async def read(connection: Any) -> int:
            jetstream = connection.jetstream(timeout=2)
            subject = f"{PREFIX}._notice.{name}"
            stream = await jetstream.find_stream_name_by_subject(subject)
            notice = json.loads((await jetstream.get_last_msg(stream, subject)).data)
            if notice["kind"] != "alive":
                return 0
            if not self.is_group and {*self.streams} - {*notice["streams"]}:
                return 0
            return int(notice["stored_until"])

        try:
            return self.servers.run(read)
        except (nats.errors.Error, TimeoutError, OSError):
            return 0

    def _wait(self, condition: Any, problem: str) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(problem)
            self.sent += self.venue.take()
            time.sleep(0.1)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End everything at once."""
        for collector in self.collectors.values():
            collector.close()
        self.servers.stop()
        self.venue.__exit__(None, None, None)
