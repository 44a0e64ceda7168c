"""Messages as the server sends them, taken where a recording takes them."""

from __future__ import annotations

import queue
from collections.abc import Sequence
from typing import Any

from binance_streams_cli.limits import Limits
from binance_streams_runtime.notices import Notice
from binance_streams_runtime.protocol.frames import Item
from binance_streams_runtime.protocol.rest import RestFailure

_WITH_STREAM = b'{"stream":'
_SLICE = 0.25

MOST_WAITING = 65_536
"""Messages that may wait for a slow pipe; more are dropped and counted."""


class RawMessages:
    """The messages of streams that a client receives, in their order."""

    def __init__(self, client: Any) -> None:
        """Take all messages of the client from now on."""
        self.dropped: int = 0
        """How many messages there was no room for."""
        self._waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        client._engine.command(lambda now, engine: engine.attach_tap(now, self))

    def next(self, limits: Limits) -> bytes | None:
        """Wait for a message; return None if something ends it."""
        # In slices: a signal that comes just before a wait begins does not interrupt it.
        while not limits.is_over:
            try:
                return self._waiting.get(timeout=_SLICE)
            except queue.Empty:
                continue
        return None

    def frames(
        self,
        now: float,
        connection: int,
        items: Sequence[Item],
        size: int,
        is_account: bool = False,
    ) -> None:
        """Keep the messages of streams; answers to requests are none."""
        for item in items:
            if isinstance(item, bytes) and item.startswith(_WITH_STREAM):
                if self._waiting.qsize() < MOST_WAITING:
                    self._waiting.put(item)
                else:
                    self.dropped += 1

    def notice(self, now: float, notice: Notice) -> None:
        """Do nothing: the client reports it."""

    def answer(
        self, now: float, request: str, status: int, body: bytes, snapshot_of: str | None = None
    ) -> None:
        """Do nothing: it is no message of a stream."""

    def failure(self, now: float, request: str, failure: RestFailure) -> None:
        """Do nothing: the client reports it."""

    def session(self, now: float, data: object) -> None:
        """Do nothing: it is no message."""
