"""What the tests of reading a log share."""

from __future__ import annotations

import pytest

from binance_streams_runtime.asyncio import engine as async_engine
from binance_streams_runtime.jetstream import reader, sockets
from binance_streams_runtime.sync import engine as sync_engine
from tests.support.limits import LIMIT
from tests.support.log_writer import LogWriter
from tests.support.nats_server import NatsServer


@pytest.fixture
def log(nats_server: NatsServer) -> LogWriter:
    """The log of the shared server, which is empty."""
    return LogWriter(nats_server)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that is closed stores its place, however slow the server is."""
    for module in (async_engine, sync_engine, sockets):
        monkeypatch.setattr(module, "_CLOSE_TIMEOUT", LIMIT)
    monkeypatch.setattr(reader, "_SAVE_TIMEOUT", LIMIT)
