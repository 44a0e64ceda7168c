"""What tests order of the streams: faults above all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, TypeVar

from binance_streams_simulator.faults import Faults
from binance_streams_simulator.hub import OrderBook, text_frame
from binance_streams_simulator.server import VenueServer

T = TypeVar("T")


class StreamControl(ABC):
    """The part of a simulator that controls its streams. Every method may be called anywhere."""

    def order_book(self, symbol: str, update_id: int | None = None) -> OrderBook:
        """Return the true book: the id of its last update, and all bids and asks, best first.

        Args:
            symbol: In upper or lower case.
            update_id: The book as it was after this update; None is now. The last 10,000 are known.

        Raises ValueError if the symbol or the update is unknown. It costs no request weight.
        """
        return self._do(lambda server: server.hub.order_book(symbol.upper(), update_id))

    def start_replay(self) -> None:
        """Start the replay now, even without listeners."""

        def start(server: VenueServer) -> None:
            if server.replay is not None:
                server.replay.start()

        self._do(start)

    def shutdown_notice(self) -> None:
        """Announce to every connection for streams that the server is about to go down.

        Raises ValueError if the market has no such notice.
        """
        self._do(VenueServer.notice_shutdown)

    def drop_connections(self, count: int | None = None) -> None:
        """Reset every TCP connection for streams, or only ``count`` of them."""

        def drop(server: VenueServer) -> None:
            for connection in list(server.connections)[:count]:
                connection.reset()

        self._do(drop)

    def close_connections(self, code: int = 1001, reason: str = "") -> None:
        """Close every connection for streams with a close frame."""
        self._do(lambda server: server.end_all(code, reason))

    def lag_connections(self, seconds: float, *, later: float = 0.0) -> None:
        """Delay the events of every open connection, but not responses and pings.

        Front ends of the venue are never equally up to date; this simulates one that lags.

        Args:
            seconds: How late the events of the connections are that are open now; 0 ends it.
            later: The same for connections that are opened from now on.

        Raises ValueError if either is below zero.
        """
        if seconds < 0 or later < 0:
            raise ValueError(f"a lag is 0 seconds or more, got {seconds} and {later}")
        self._do(lambda server: server.lag_connections(seconds, later))

    def mute(self) -> None:
        """Stop sending events; pings and responses continue."""
        self._order(is_muted=True)

    def unmute(self) -> None:
        """Send events again."""
        self._order(is_muted=False)

    def stall(self) -> None:
        """Stop sending anything on connections for streams, but keep them open."""
        self._order(is_stalled=True)

    def unstall(self) -> None:
        """Resume sending; what was due meanwhile is lost."""
        self._order(is_stalled=False)

    def refuse_connections(
        self, status: int | None = None, *, retry_after: int | None = None
    ) -> None:
        """Reject new connections for streams: with an HTTP status, or by a reset."""
        self._order(is_refusing=True, refusal_status=status, retry_after=retry_after)

    def accept_connections(self) -> None:
        """Accept new connections again."""
        self._order(is_refusing=False)

    def ignore_requests(self, count: int) -> None:
        """Ignore the next ``count`` control messages."""
        self._order(requests_to_ignore=count)

    def skip_events(self, stream: str, count: int = 1) -> None:
        """Skip the next ``count`` events of a stream."""
        self._do(lambda server: server.faults.events_to_skip.update({stream: count}))

    def repeat_events(self, stream: str, count: int = 1) -> None:
        """Send the next ``count`` events of a stream twice."""
        self._do(lambda server: server.faults.events_to_repeat.update({stream: count}))

    def empty_events(self, stream: str, count: int = 1) -> None:
        """Send the next ``count`` events of a stream with empty lists: updates without levels.

        Their ids are right, so only a comparison shows that a book lacks something.
        """
        self._do(lambda server: server.faults.events_to_empty.update({stream: count}))

    def send_raw(self, data: str | bytes) -> None:
        """Send to every connection: a text in a frame, or bytes exactly as they are."""
        frame = text_frame(data.encode()) if isinstance(data, str) else data

        def send(server: VenueServer) -> None:
            for connection in list(server.connections):
                connection.push(frame)
                connection.flush()

        self._do(send)

    def restart_ids(self, symbol: str) -> None:
        """Begin anew with a symbol: ids of trades and updates from 1, and other levels in the book.

        It is what a reset of the venue's test network does, but connections stay open. Raises
        ValueError if nobody has asked for the symbol.
        """
        self._do(lambda server: server.hub.market.restart(symbol.upper()))

    def _order(self, **changes: Any) -> None:
        def give(faults: Faults) -> None:
            for name, value in changes.items():
                setattr(faults, name, value)

        self._do(lambda server: give(server.faults))

    @abstractmethod
    def _do(self, work: Callable[[VenueServer], T]) -> T:
        """Run ``work`` in the server's thread and return what it returns."""
