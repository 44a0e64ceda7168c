"""What the relay's tests share: relays of simulators, and independent clients of theirs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from urllib.request import urlopen

import pytest
from websockets.sync.client import connect

from binance_streams_runtime.rest.service import SERVICE
from binance_streams_simulator import Simulator
from tests.support.limits import LIMIT
from tests.support.peers import Peer
from tests.support.relays import RunningRelay

Start = Callable[..., RunningRelay]
Open = Callable[..., Peer]


def newest_trade(simulator: Simulator) -> int:
    """The id of the newest trade upstream, whoever has received it."""
    target = f"{simulator.rest_url}/api/v3/historicalTrades?symbol=BTCUSDT&limit=1"
    with urlopen(target, timeout=LIMIT) as response:
        (row,) = json.load(response)
    id: int = row["id"]
    return id


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """The server upstream, to misbehave on order."""
    with Simulator(speed=20) as simulator:
        yield simulator


@pytest.fixture(autouse=True)
def _own_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    """Request weight is counted by port, which a later test may be given again."""
    monkeypatch.setattr(SERVICE.schedule, "_hosts", {})


@pytest.fixture
def start(simulator: Simulator) -> Iterator[Start]:
    """Make relays of the simulator, which are closed in the end."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(RunningRelay(simulator, **options))


@pytest.fixture
def open_peer() -> Iterator[Open]:
    """Connect to a path of a relay; closed in the end."""
    with ExitStack() as stack:

        def make(server: Any, target: str = "/stream", **options: Any) -> Peer:
            opening = connect(
                server.url + target,
                compression=None,
                # With many messages unread, it would not see the answer when it closes.
                max_queue=None,
                ping_interval=None,
                open_timeout=LIMIT,
                close_timeout=1,
                **options,
            )
            return Peer(stack.enter_context(opening))

        yield make
