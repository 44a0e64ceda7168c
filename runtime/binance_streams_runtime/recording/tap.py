"""What an engine reports of everything that it receives and decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from binance_streams_runtime.notices import Notice
from binance_streams_runtime.protocol.frames import Item
from binance_streams_runtime.protocol.rest import RestFailure


class Tap(Protocol):
    """Called by whoever drives the engine, in the order in which things happen.

    ``now`` is in seconds of the engine's clock. Nothing that is handed over changes later.
    """

    def frames(
        self,
        now: float,
        connection: int,
        items: Sequence[Item],
        size: int,
        is_account: bool = False,
    ) -> None:
        """Take what one read of ``size`` bytes has completed, before anything comes of it.

        ``is_account`` if the connection is one to the WebSocket API.
        """

    def notice(self, now: float, notice: Notice) -> None:
        """Take a notice."""

    def answer(
        self, now: float, request: str, status: int, body: bytes, snapshot_of: str | None = None
    ) -> None:
        """Take the answer to a REST request, whose ``request`` is the path with the query.

        ``snapshot_of`` is the stream's name to record it by, if it is an order book.
        """

    def failure(self, now: float, request: str, failure: RestFailure) -> None:
        """Take the failure of a REST request."""

    def session(self, now: float, data: object) -> None:
        """Take what the session decided; ``data`` is anything that msgspec writes as JSON."""
