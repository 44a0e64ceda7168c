"""What the tests with real connections share."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from binance_streams import Client
from binance_streams_runtime.client import connect_limit as attempts
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.limits import LIMIT, client_threads, descriptors, in_time, wait_until


@pytest.fixture(scope="module")
def shared_simulator() -> Iterator[Simulator]:
    """One server for the tests that do nothing to it."""
    with Simulator(speed=50) as simulator:
        yield simulator


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """A server of the test's own, to misbehave on order."""
    with Simulator(speed=50) as simulator:
        yield simulator


@pytest.fixture(autouse=True)
def _own_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts are counted by port, and a port that is free again may be given to a later test."""
    monkeypatch.setattr(attempts, "_by_host", {})


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Make clients; closing them must leave no thread and no descriptor behind."""
    gc.collect()
    before = descriptors()
    made: list[Client[Any]] = []

    def make(url: str, **options: Any) -> Client[Decimal]:
        options.setdefault("request_timeout", LIMIT)
        client: Client[Decimal] = Client(url, **options)
        made.append(client)
        return client

    yield make
    for client in made:
        in_time(client.close)
    made.clear()
    wait_until(lambda: not client_threads())
    # A server's end of a connection is closed a little later, in the server's own thread.
    wait_until(lambda: descriptors() <= before)
