"""What the simulator's tests share: talking to it with an independent client."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from websockets.sync.client import connect

from binance_streams import CATALOG
from binance_streams._examples import EXAMPLES
from binance_streams_simulator import Market, Simulator
from binance_streams_simulator.hub import Event, Hub
from tests.simulator.api_peer import ApiPeer
from tests.support.limits import LIMIT
from tests.support.peers import Peer

START = 1_767_225_600_000_000
"""2026-01-01 00:00 UTC, in microseconds: where simulated time begins."""


@pytest.fixture
def start() -> Iterator[Callable[..., Simulator]]:
    """Make simulators that are closed in the end."""
    made: list[Simulator] = []

    def make(**options: Any) -> Simulator:
        simulator = Simulator(**options)
        made.append(simulator)
        return simulator

    yield make
    for simulator in made:
        simulator.close()


@pytest.fixture
def open_peer() -> Iterator[Callable[..., Peer]]:
    """Connect to a path of a simulator; closed in the end."""
    with ExitStack() as stack:

        def make(simulator: Simulator, target: str = "/stream") -> Peer:
            opening = connect(
                simulator.url + target,
                compression=None,
                ping_interval=None,
                open_timeout=LIMIT,
                close_timeout=1,
            )
            return Peer(stack.enter_context(opening))

        yield make


@pytest.fixture
def dial() -> Iterator[Callable[..., ApiPeer]]:
    """Connect to the WebSocket API of a simulator; closed in the end."""
    with ExitStack() as stack:

        def make(simulator: Simulator, query: str = "") -> ApiPeer:
            opening = connect(
                simulator.api_url + query,
                compression=None,
                ping_interval=None,
                open_timeout=LIMIT,
                close_timeout=1,
            )
            return ApiPeer(stack.enter_context(opening))

        yield make


class Tape:
    """A hub in simulated time, and everything it said."""

    def __init__(self, names: list[str], seed: int = 7, pace: float = 1.0) -> None:
        self.now = START
        self.market = Market(seed, ("BTCUSDT", "ETHUSDT"), self.now)
        self.hub = Hub(CATALOG, EXAMPLES, self.market, pace)
        self.events: list[Event] = []
        for name in names:
            assert self.hub.open(name, self.now), name

    def run(self, steps: int, step: int = 100_000) -> list[tuple[str, Any]]:
        """Let some steps happen; returns the names and payloads of this run."""
        first = len(self.events)
        for _ in range(steps):
            self.now += step
            self.events.extend(self.hub.step(self.now))
        return [(event.name, payload(event)) for event in self.events[first:]]


def payload(event: Event, is_microseconds: bool = False) -> Any:
    """The JSON in the event's bare frame."""
    frame = event.frame(is_microseconds, False)
    header = {126: 4, 127: 10}.get(frame[1], 2)
    return json.loads(frame[header:])


@pytest.fixture
def tape() -> type[Tape]:
    return Tape


@pytest.fixture
def read() -> Callable[..., Any]:
    return payload
