"""What the tests with real connections share."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from binance_streams import Client
from binance_streams_runtime.client import connect_limit as attempts
from binance_streams_runtime.rest.service import SERVICE
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.front_ends import FRONT_ENDS, Async, FrontEnd, Sync
from tests.support.limits import LIMIT, client_threads, descriptors, in_time, wait_until
from tests.support.patience import wait_for_recordings, wait_for_the_end


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
def _own_attempts_and_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are counted by port, and a port that is free again may be given to a later test."""
    monkeypatch.setattr(attempts, "_by_host", {})
    monkeypatch.setattr(SERVICE.schedule, "_hosts", {})


@pytest.fixture(autouse=True)
def _whole_recordings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was received before a recording is closed is in it."""
    wait_for_recordings(monkeypatch)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Closing waits for threads, tasks and callbacks as long as they need."""
    wait_for_the_end(monkeypatch)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that makes clients over both front ends, unless it says why not."""
    if "front_end" in metafunc.fixturenames:
        is_sync_only = metafunc.definition.get_closest_marker("sync_only") is not None
        chosen = FRONT_ENDS[:1] if is_sync_only else FRONT_ENDS
        metafunc.parametrize("front_end", chosen, indirect=True)


@pytest.fixture
def front_end(request: pytest.FixtureRequest) -> Iterator[FrontEnd]:
    """The front end that the test runs over."""
    if request.param == "sync":
        yield Sync()
        return
    with Async(request.node.get_closest_marker("callbacks_wait") is not None) as front_end:
        yield front_end


@pytest.fixture
def client_class(front_end: FrontEnd) -> Any:
    """The class of Spot's clients in this front end."""
    return front_end.client_class()


@pytest.fixture
def connect(client_class: Any) -> Iterator[Connect]:
    """Make clients; closing them must leave no thread and no descriptor behind."""
    gc.collect()
    before = descriptors()
    made: list[Client[Any]] = []

    def make(url: str, **options: Any) -> Client[Decimal]:
        options.setdefault("request_timeout", LIMIT)
        client: Client[Decimal] = client_class(url, **options)
        made.append(client)
        return client

    yield make
    for client in made:
        in_time(client.close)
    made.clear()
    wait_until(lambda: not client_threads())
    # A server's end of a connection is closed a little later, in the server's own thread.
    wait_until(lambda: descriptors() <= before)
