"""The venue: a simulator in a process of its own that keeps a list of what it sent."""

from __future__ import annotations

import multiprocessing
import time
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, NamedTuple, Self

from binance_streams_simulator import Simulator


class Sent(NamedTuple):
    """An event as the venue sent it."""

    stream: str
    at: int
    """Unix nanoseconds."""
    payload: bytes


def _serve(orders: Connection, seed: int, speed: float, streams: list[str]) -> None:
    with Simulator(seed=seed, speed=speed) as simulator:
        sent: list[Sent] = []
        _keep(simulator, sent, streams)
        orders.send(simulator.url)
        while True:
            try:
                order = orders.recv()
            except EOFError:
                return
            if order is None:
                return
            if order == "take":
                taken, count = sent[:], len(sent)
                del sent[:count]
                orders.send(taken)
            else:
                found = getattr(simulator, order)
                orders.send(found() if callable(found) else found)


def _keep(simulator: Simulator, sent: list[Sent], streams: list[str]) -> None:
    """Let the streams go on whoever listens, and note each of their events."""
    kept = frozenset(streams)

    def patch(server: Any) -> None:
        hub = server.hub
        step, close = hub.step, hub.close
        for name in streams:
            assert hub.open(name, server.now()), name

        def noted(now: int) -> Any:
            for event in step(now):
                if event.name in kept:
                    sent.append(Sent(event.name, time.time_ns(), event.payload(1000)))
                yield event

        hub.step = noted
        hub.close = lambda name: None if name in kept else close(name)

    simulator._do(patch)


class Venue:
    """A venue whose list of what it sent nobody else has a hand in."""

    def __init__(self, seed: int, speed: float, streams: list[str]) -> None:
        context = multiprocessing.get_context("spawn")
        self._orders, theirs = context.Pipe()
        arguments = (theirs, seed, speed, streams)
        self._process = context.Process(target=_serve, args=arguments, daemon=True)
        self._process.start()
        self.url: str = self._orders.recv()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rpartition(":")[2])

    def take(self) -> list[Sent]:
        """What it has sent since the last call."""
        taken: list[Sent] = self._order("take")
        return taken

    def subscriptions(self) -> list[set[str]]:
        """The streams of each open connection."""
        found: list[set[str]] = self._order("subscriptions")
        return found

    def _order(self, name: str) -> Any:
        self._orders.send(name)
        return self._orders.recv()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._orders.send(None)
        self._process.join(10)
        self._process.kill()
