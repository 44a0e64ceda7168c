"""Ports for servers that are killed and started again."""

from __future__ import annotations

import os
import random
import socket

# Below the ports that systems give to outgoing connections: one of a server that was killed is
# still free when it starts again. Nor may another worker draw it meanwhile, or this one again.
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_PORTS = range(10_000 + _WORKER, 32_000, _WORKERS)
_given: set[int] = set()


def free_ports(count: int) -> list[int]:
    """As many ports of loopback where nobody listens; drawn anew in each process and call."""
    drawn = random.SystemRandom()
    found: list[int] = []
    while len(found) < count:
        port = drawn.choice(_PORTS)
        if port in _given:
            continue
        with socket.socket() as tried:
            # As the server itself does: a port whose last connection has just ended is free.
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
        _given.add(port)
        found.append(port)
    return found
