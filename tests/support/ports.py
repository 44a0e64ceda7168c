"""Ports for servers that are killed and started again."""

from __future__ import annotations

import random
import socket

# Below the ports that systems give to outgoing connections: one of a server that was killed is
# still free when it starts again.
_PORTS = (10_000, 32_000)


def free_ports(count: int) -> list[int]:
    """As many ports of loopback where nobody listens; drawn anew in each process and call."""
    drawn = random.SystemRandom()
    found: list[int] = []
    while len(found) < count:
        port = drawn.randrange(*_PORTS)
        with socket.socket() as tried:
            # As the server itself does: a port whose last connection has just ended is free.
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in found:
            found.append(port)
    return found
