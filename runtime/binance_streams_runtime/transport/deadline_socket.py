"""A socket with one deadline for all operations together.

The socket is checked once more after the deadline: what it holds then came in time, however long
this process was stopped. (Python's own timeouts do not check again.)
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from binance_streams_runtime.protocol.http import Conversation

T = TypeVar("T")

Selector: type[selectors.BaseSelector] = getattr(
    selectors, "PollSelector", selectors.SelectSelector
)
"""What waits for a few sockets for a moment, without a descriptor of its own."""


# Seconds for a response to what could only be sent after the deadline.
_GRACE = 0.5


class Deadline:
    """A deadline in time.monotonic(), extended once if a wait begins after it.

    In that case the process was stopped before it could send what it waits for a response to.
    """

    def __init__(self, at: float) -> None:
        self._at = at
        self._is_extended = False

    def restart(self, at: float) -> None:
        """Set another deadline, for all that wait by this one."""
        self._at = at
        self._is_extended = False

    def left(self) -> float:
        """Return the seconds until the deadline, 0 or less if it is over."""
        return self._at - time.monotonic()

    def time_left(self) -> float:
        """Return the seconds until the deadline; raise TimeoutError if it is over."""
        left = self.left()
        if left <= 0:
            raise TimeoutError("timed out")
        return left

    def begin_wait(self) -> None:
        """Extend the deadline, once, if it is over already."""
        if not self._is_extended and self.left() <= 0:
            self._is_extended = True
            self._at = time.monotonic() + _GRACE


def wait_ready(sock: socket.socket, event: int, deadline: Deadline) -> None:
    """Wait until ``sock`` is readable (or writable); raise TimeoutError after ``deadline``."""
    deadline.begin_wait()
    with Selector() as selector:
        selector.register(sock, event)
        while True:
            left = deadline.left()
            if selector.select(max(0.0, left)):
                return
            if left <= 0:
                raise TimeoutError("timed out")


def is_readable(sock: socket.socket) -> bool:
    """Return whether reading from ``sock`` would not have to wait: it has data, or has ended."""
    with Selector() as selector:
        selector.register(sock, selectors.EVENT_READ)
        return bool(selector.select(0))


def when_ready(
    sock: socket.socket,
    do: Callable[[], T],
    deadline: Deadline,
    event: int = selectors.EVENT_READ,
) -> T:
    """Return what ``do()`` returns as soon as the non-blocking socket is ready for it."""
    while True:
        try:
            return do()
        except BlockingIOError:
            wait_ready(sock, event, deadline)


class DeadlineSocket:
    """A non-blocking socket with one ``deadline`` for all calls together."""

    def __init__(self, raw: socket.socket, deadline: Deadline) -> None:
        self.raw = raw
        self._deadline = deadline

    def recv(self, size: int) -> bytes:
        """Return at most ``size`` bytes, ``b""`` at the end of the stream."""
        return when_ready(self.raw, partial(self.raw.recv, size), self._deadline)

    def sendall(self, data: bytes) -> None:
        """Send all of ``data``."""
        left = memoryview(data)
        while left:
            send = partial(self.raw.send, left)
            left = left[when_ready(self.raw, send, self._deadline, selectors.EVENT_WRITE) :]

    def converse(self, conversation: Conversation[T]) -> T:
        """Send and read what a conversation yields; return what it returns."""
        answer: bytes | None = None
        try:
            while True:
                step = next(conversation) if answer is None else conversation.send(answer)
                if isinstance(step, int):
                    answer = self.recv(step)
                else:
                    self.sendall(step)
                    answer = b""
        except StopIteration as end:
            result: T = end.value
            return result
