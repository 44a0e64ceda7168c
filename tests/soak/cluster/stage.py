"""All that runs: servers of the log, the venue and collectors; and whether they are well."""

from __future__ import annotations

import json
import time
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

STREAMS = (
    "btcusdt@trade",
    "ethusdt@trade",
    "ethusdt@aggTrade",
    "btcusdt@bookTicker",
    "bnbusdt@depth@100ms",
    "bnbbtc@kline_1m",
)

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
        self.venue = Venue(seed, speed, self.streams)
        self.sent: list[Sent] = []
        self.begin = 0
        self._is_group = is_group
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
        self.sent = [one for one in self.sent if self.begin <= one.at < end]
        stored = [
            one
            for one in self.servers.messages(f"{PREFIX}.>")
            if not one.subject.startswith(f"{PREFIX}._")
        ]
        return Verdict(self.sent, stored)

    def _are_subscribed(self) -> bool:
        enough = min(2, len(self.collectors)) if self._is_group else len(self.collectors)
        found = self.venue.subscriptions()
        return all(sum(name in one for one in found) >= enough for name in self.streams)

    def _stored_until(self, name: str) -> int:
        """Up to when a collector says that all it received is in the log, in Unix nanoseconds."""

        async def read(connection: Any) -> int:
            jetstream = connection.jetstream(timeout=2)
            subject = f"{PREFIX}._notice.{name}"
            stream = await jetstream.find_stream_name_by_subject(subject)
            notice = json.loads((await jetstream.get_last_msg(stream, subject)).data)
            if notice["kind"] != "alive":
                return 0
            if not self._is_group and {*self.streams} - {*notice["streams"]}:
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
