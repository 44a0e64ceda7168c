"""Several NATS servers that hold the same, on one machine."""

from __future__ import annotations

import urllib.error
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from tests.support.limits import wait_until
from tests.support.nats_log import StoredMessage, delete_streams, read_messages, run_connected
from tests.support.nats_server import NatsServer
from tests.support.ports import free_ports

T = TypeVar("T")


class NatsCluster:
    """Servers that hold everything several times, on one machine."""

    def __init__(self, folder: Path, size: int = 3, *, settings: str = "") -> None:
        ports = free_ports(3 * size)
        routes = ports[2 * size :]
        listed = ", ".join(f'"nats://127.0.0.1:{port}"' for port in routes)
        self.servers = [
            NatsServer(
                folder / f"nats{number + 1}",
                name=f"nats{number + 1}",
                ports=(ports[2 * number], ports[2 * number + 1]),
                settings=f"cluster {{ name: cluster, listen: 127.0.0.1:{routes[number]}, "
                f"routes: [{listed}] }}\n{settings}",
            )
            for number in range(size)
        ]

    @property
    def urls(self) -> list[str]:
        """Where each of its servers listens."""
        return [server.url for server in self.servers]

    @property
    def url(self) -> str:
        """All of them in one URL: ``nats://host:port,host:port,host:port``."""
        return "nats://" + ",".join(f"127.0.0.1:{server.port}" for server in self.servers)

    def start(self) -> None:
        """Start all, and wait until they have a leader."""
        for server in self.servers:
            server.start(wait=False)
        wait_until(self.is_ready)

    def is_ready(self) -> bool:
        """Whether all run, agree on who leads, and are as far as each other."""
        leaders = [self._leader_by(server) for server in self.servers]
        return (
            "" not in leaders
            and len({*leaders}) == 1
            and all(server.is_healthy() for server in self.servers)
        )

    def meta_leader(self) -> NatsServer | None:
        """The server that leads JetStream itself, if the running ones agree."""
        running = [server for server in self.servers if server.process is not None]
        leaders = {self._leader_by(server) for server in running}
        found = [server for server in running if {server.name} == leaders]
        return found[0] if found else None

    def leader(self, stream: str) -> NatsServer | None:
        """The server that leads a JetStream stream; None while there is none."""
        for server in self.servers:
            if server.process is None:
                continue
            try:
                accounts = server.monitor("/jsz?streams=true").get("account_details", ())
            except (OSError, ValueError, urllib.error.URLError):
                continue
            for details in (one for account in accounts for one in account["stream_detail"]):
                if details["name"] == stream:
                    found = details["cluster"].get("leader", "")
                    return next((one for one in self.servers if one.name == found), None)
        return None

    def run(self, work: Callable[[Any], Awaitable[T]]) -> T:
        """Return what ``work`` returns for a connection of nats-py of its own."""
        return run_connected(self.urls, work)

    def messages(self, subject: str) -> list[StoredMessage]:
        """What the log holds of a subject, which may have wildcards, by nats-py alone."""
        return self.run(lambda connection: read_messages(connection, subject))

    def delete_streams(self) -> None:
        """Delete all that JetStream holds."""
        self.run(delete_streams)

    def stop(self) -> None:
        """End all servers."""
        for server in self.servers:
            server.kill()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _leader_by(self, server: NatsServer) -> str:
        try:
            meta = server.monitor("/jsz").get("meta_cluster") or {}
        except (OSError, ValueError, urllib.error.URLError):
            return ""
        leader: str = meta.get("leader", "") if meta.get("cluster_size") else ""
        return leader
