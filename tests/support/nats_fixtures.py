"""The fixtures of tests that need real NATS servers."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.nats_cluster import NatsCluster
from tests.support.nats_server import MISSING, NatsServer, nats_server_program


@pytest.fixture(scope="session")
def shared_nats_server() -> Iterator[NatsServer]:
    """One server a worker, for the tests that do nothing to it; see ``nats_server``."""
    if nats_server_program() is None:
        pytest.skip(MISSING)
    with (
        tempfile.TemporaryDirectory(prefix="nats-", ignore_cleanup_errors=True) as folder,
        NatsServer(Path(folder)) as server,
    ):
        yield server


@pytest.fixture
def nats_server(shared_nats_server: NatsServer) -> Iterator[NatsServer]:
    """The server of this worker, of which nothing is left for the next test."""
    yield shared_nats_server
    shared_nats_server.delete_streams()


@pytest.fixture
def own_nats_server(tmp_path: Path) -> Iterator[NatsServer]:
    """A server of the test's own, to stop, kill, suspend and start again."""
    if nats_server_program() is None:
        pytest.skip(MISSING)
    with NatsServer(tmp_path / "nats") as server:
        yield server


@pytest.fixture
def nats_cluster(tmp_path: Path) -> Iterator[NatsCluster]:
    """Three servers of the test's own."""
    if nats_server_program() is None:
        pytest.skip(MISSING)
    with NatsCluster(tmp_path) as cluster:
        yield cluster
