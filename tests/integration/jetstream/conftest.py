"""What the tests of reading a log share."""

from __future__ import annotations

import pytest

from tests.support.log_writer import LogWriter
from tests.support.nats_server import NatsServer


@pytest.fixture
def log(nats_server: NatsServer) -> LogWriter:
    """The log of the shared server, which is empty."""
    return LogWriter(nats_server)
