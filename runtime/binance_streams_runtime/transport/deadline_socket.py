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

from binance_streams_runtime.protocol.http import Conversation

T = TypeVar("T")

_Selector: type[selectors.BaseSelector] = getattr(
    selectors, "PollSelector", selectors.SelectSelector
)


# Seconds for an answer to what could only be sent after the deadline.
_GRACE = 0.5


class Deadline:
    """A time.monotonic() that is put off, once, if a wait begins after it.

    The process was stopped then, before it could send what it is to wait for an answer to.
    """

    def __init__(self, at: float) -> None:
        self._at = at
        self._is_put_off = False

    def left(self) -> float:
        """Return the seconds until then, none or less if it is over."""
        return self._at - time.monotonic()

    def time_left(self) -> float:
        """Return the seconds until then; raises TimeoutError if there are none."""
        left = self.left()
        if left <= 0:
            raise TimeoutError("timed out")
        return left

    def begin_wait(self) -> None:
        if not self._is_put_off and self.left() <= 0:
            self._is_put_off = True
            self._at = time.monotonic() + _GRACE


def wait_ready(sock: socket.socket, event: int, deadline: Deadline) -> None:
    """Wait until ``sock`` can be read (or written); TimeoutError if it cannot by ``deadline``."""
    deadline.begin_wait()
    with _Selector() as selector:
        selector.register(sock, event)
        while True:
            left = deadline.left()
            if selector.select(max(0.0, left)):
                return
            if left <= 0:
                raise TimeoutError("timed out")


def when_ready(
    sock: socket.socket,
    do: Callable[[], T],
    deadline: Deadline,
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


class DeadlineSocket:
    """A socket, which does not block, of which all calls together end at ``deadline``."""

    def __init__(self, raw: socket.socket, deadline: Deadline) -> None:
        self.raw = raw
        self._deadline = deadline

    def recv(self, size: int) -> bytes:
        return when_ready(self.raw, partial(self.raw.recv, size), self._deadline)

    def sendall(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            send = partial(self.raw.send, left)
            left = left[when_ready(self.raw, send, self._deadline, selectors.EVENT_WRITE) :]

    def converse(self, conversation: Conversation[T]) -> T:
        """Say what a conversation says, read what it asks for; return what it returns."""
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
