"""Real Redis servers: one that tests share, and others that they may break."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.redis_server import RedisServer
from tests.support.redis_server import redis_server as running


@pytest.fixture(scope="session")
def shared_redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with running(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def redis_server(shared_redis_server: RedisServer) -> Iterator[RedisServer]:
    """A server of which only the data change."""
    yield shared_redis_server
    with shared_redis_server.connect() as client:
        client.flushall()


@pytest.fixture
def own_redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A server to kill, to start again, or to configure."""
    with running(tmp_path) as server:
        yield server
