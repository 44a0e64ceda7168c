"""A real redis-server in a temporary folder, which tests may kill and start again."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.support.limits import LIMIT, wait_until
from tests.support.ports import free_ports

MISSING = "no redis-server on PATH: `make servers` installs it, or `apt-get install redis-server`"


class RedisServer:
    """A server that writes all that it is given to its disk before it answers."""

    def __init__(self, folder: Path, *options: str) -> None:
        """Start it; ``options`` are further ones of its command line."""
        path = shutil.which("redis-server")
        if path is None:
            pytest.skip(MISSING)
        self._command = [path, "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
        self._command += ["--appendonly", "yes", "--appendfsync", "always"]
        # A replica would wait for others that may join it.
        self._command += ["--repl-diskless-sync-delay", "0", *options]
        self._log = folder / "server.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.port = 0
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def connect(self, **options: Any) -> redis.Redis:
        """Connect to it with redis-py."""
        return redis.Redis(port=self.port, decode_responses=True, **options)

    def start(self) -> None:
        """Start it, on its old port if it had one; return when it answers."""
        for _ in range(100):
            port = self.port or free_ports(1)[0]
            with self._log.open("ab") as log:
                self.process = subprocess.Popen(
                    [*self._command, "--port", str(port)], stdout=log, stderr=log
                )
            if self._is_ready(self.process, port):
                self.port = port
                return
            # Somebody else has the port.
            self.kill()
            if "FATAL CONFIG" in self._log.read_text(encoding="utf-8"):
                break
        raise AssertionError(self._log.read_text(encoding="utf-8"))

    def kill(self) -> None:
        """End it as a power cut does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(LIMIT)
            self.process = None

    def _is_ready(self, process: subprocess.Popen[bytes], port: int) -> bool:
        with redis.Redis(port=port, retry=Retry(NoBackoff(), 0)) as client:

            def is_decided() -> bool:
                if process.poll() is not None:
                    return True
                try:
                    return bool(client.info("server")["process_id"])
                except redis.RedisError:
                    return False

            wait_until(is_decided)
            return process.poll() is None and client.info("server")["process_id"] == process.pid


@contextmanager
def redis_server(folder: Path, *options: str) -> Iterator[RedisServer]:
    """A server that ends with the block."""
    server = RedisServer(folder, *options)
    try:
        yield server
    finally:
        server.kill()
