"""A socket with one deadline over all that is done with it.

The last look comes after the deadline: what lies in the socket then came in time, however long this
process was stopped. (Python's own time-outs do not look again.)
"""

from __future__ import annotations

import selectors
import socket
import ssl
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

T = TypeVar("T")

_Selector: type[selectors.BaseSelector] = getattr(
    selectors, "PollSelector", selectors.SelectSelector
)


def time_left(deadline: float) -> float:
    """Seconds until ``deadline``, a time.monotonic(); TimeoutError if there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left


def wait_ready(sock: socket.socket, event: int, deadline: float) -> None:
    """Wait until ``sock`` can be read (or written); TimeoutError if it cannot by ``deadline``."""
    with _Selector() as selector:
        selector.register(sock, event)
        while True:
            left = deadline - time.monotonic()
            if selector.select(max(0.0, left)):
                return
            if left <= 0:
                raise TimeoutError("timed out")


def when_ready(
    sock: socket.socket,
    do: Callable[[], T],
    deadline: float,
    blocks_for: int = selectors.EVENT_READ,
) -> T:
    """What ``do()`` returns once the socket, which does not block, lets it."""
    while True:
        try:
            return do()
        except ssl.SSLWantReadError:
            event = selectors.EVENT_READ
        except ssl.SSLWantWriteError:
            event = selectors.EVENT_WRITE
        except BlockingIOError:
            event = blocks_for
        wait_ready(sock, event, deadline)


class Timed:
    """A socket, which does not block, of which all calls together end at ``deadline``."""

    def __init__(self, raw: socket.socket, deadline: float) -> None:
        self.raw = raw
        self._deadline = deadline

    def recv(self, size: int) -> bytes:
        return when_ready(self.raw, partial(self.raw.recv, size), self._deadline)

    def sendall(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            send = partial(self.raw.send, left)
            left = left[when_ready(self.raw, send, self._deadline, selectors.EVENT_WRITE) :]
