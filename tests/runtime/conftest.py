"""What the runtime's tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from binance_streams import Client
from binance_streams_simulator import Simulator
from tests.runtime.limits import LIMIT, client_threads, in_time, wait_until

Connect = Callable[..., Client[Decimal]]


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


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Make clients; they are closed in the end, and must leave nothing behind."""
    made: list[Client[Any]] = []

    def make(url: str, **options: Any) -> Client[Decimal]:
        options.setdefault("request_timeout", LIMIT)
        client: Client[Decimal] = Client(url, **options)
        made.append(client)
        return client

    yield make
    for client in made:
        in_time(client.close)
    wait_until(lambda: not client_threads())
