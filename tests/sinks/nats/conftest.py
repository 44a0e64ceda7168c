"""A venue for collectors."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from binance_streams_runtime.client import connect_limit as attempts
from binance_streams_runtime.rest.service import SERVICE
from binance_streams_simulator import Simulator


@pytest.fixture
def simulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    """A server of the test's own; attempts and request weight are counted by port."""
    monkeypatch.setattr(attempts, "_by_host", {})
    monkeypatch.setattr(SERVICE.schedule, "_hosts", {})
    with Simulator(speed=50) as simulator:
        yield simulator
