"""What the parts of an engine say while the engine is recorded."""

from __future__ import annotations

from typing import Protocol

from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.protocol.frames import Item
from binance_streams_runtime.protocol.rest import RestRequest


class Recorder(Protocol):
    """Is notified of what has come and what was decided, in order, by the driver alone.

    Nothing is reported twice: whoever reads the recording decodes the frames and checks their
    sequence again. So only what cannot be seen from the frames is reported besides them.
    """

    def received(
        self,
        now: float,
        connection: int,
        items: list[Item],
        size: int,
        is_account: bool = False,
    ) -> None:
        """Note what has come on a connection in one read of ``size`` bytes, before it is used.

        ``is_account`` if it is a connection to the WebSocket API.
        """

    def held(
        self, connection: int, routes: list[Route], items: list[object], is_kept: bool
    ) -> None:
        """Note what was decoded on a connection in a handover, which decides when it arrives.

        Unless ``is_kept``, what does not arrive at once will not arrive at all.
        """

    def arrived(self, route: Route, item: object) -> None:
        """Note an item of a stream that arrives otherwise than by being received: marks, too."""

    def subscribed(self, name: str) -> None:
        """Note that a stream was subscribed to that was not subscribed."""

    def unsubscribed(self, name: str) -> None:
        """Note that a stream was unsubscribed from."""

    def fetched(self, now: float, request: RestRequest, result: object) -> None:
        """Note the result of a REST request."""
