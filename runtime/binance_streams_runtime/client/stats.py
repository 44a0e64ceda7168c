"""Statistics of a client: what it has received, dropped and missed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from binance_streams_runtime.engine import Engine
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.session.base_connection import BaseConnection, ConnectionState
from binance_streams_runtime.times import is_microseconds

if TYPE_CHECKING:
    from binance_streams_runtime.client.client_engine import ClientEngine


class StreamStats(Struct, frozen=True):
    """One stream. Times are in seconds, counts since the subscription was made."""

    stream: str
    messages: int
    bytes: int
    waiting: int
    """Unread events in the queue."""
    unread_bytes: int
    """Memory that they take, estimated."""
    dropped: int
    """Events dropped because the queue was full."""
    gaps: int
    """Interruptions of the sequence that were not filled."""
    missing: int
    """Ids known to be missing in them."""
    duplicates: int
    """Events that came again and were dropped."""
    late: int
    """Events that came after later ones, delivered or not; see ``Late``."""
    undecodable: int
    """Messages that did not match the spec."""
    seconds_since_last: float | None
    """Since the last new event, or None if there was none."""
    lag: float | None
    """From the last event's own time to its arrival, by this machine's wall clock; None if the
    events carry no time."""
    filled: int = 0
    """Missing events that were fetched by REST; see ``Filled``."""
    connections: int = 0
    """How many connections carry it now: up to the client's ``redundancy``."""


class ConnectionStats(Struct, frozen=True):
    """One connection. Times are in seconds."""

    connection: int
    state: ConnectionState
    streams: int
    messages: int
    """Messages received, including control frames and responses."""
    bytes: int
    seconds_open: float | None
    seconds_since_last: float | None
    retry_in: float | None = None
    """Until the next attempt to open it; None if none is pending."""
    reason: str | None = None
    """Why the previous connection ended or could not be opened; None for a first one."""


class Stats(Struct, frozen=True):
    """A client at one moment."""

    connections: tuple[ConnectionStats, ...]
    streams: Mapping[str, StreamStats]
    """By the name of the stream. The changes of an order book that wait, or were dropped, are those
    of ``order book of`` the stream of its updates."""
    dropped: int
    """Events dropped because the client's own queue was full."""
    reconnects: int
    """How often a connection was replaced by another one."""
    notices_dropped: int = 0
    """Notices dropped because ``on_notice`` was too slow."""
    unread_bytes: int = 0
    """Memory of all unread events, estimated, including the client's own queue."""
    rest_requests: int = 0
    """REST requests sent, for order books and missing events."""
    rest_weight: int = 0
    """The request weight of all of them, as documented."""
    rest_pending: int = 0
    """REST requests that wait for their turn, for request weight, or for their answer."""
    rest_weight_used: int = 0
    """The request weight that the server has counted in its current window (a minute) for this IP
    address, by this and all other programs, as far as it is known."""
    api_requests: int = 0
    """Requests sent to the WebSocket API, subscriptions to accounts included."""
    api_weight: int = 0
    """The request weight of all of them, as documented, and of their connections."""
    api_pending: int = 0
    """Requests that wait for request weight, or for their signature."""

    @property
    def messages(self) -> int:
        """Events received on all streams that are subscribed to now."""
        return sum(stream.messages for stream in self.streams.values())


def client_stats(client: ClientEngine[Any, Any], now: float) -> Stats:
    """Make the statistics of a client at the monotonic time ``now``."""
    engine = client._engine
    unix_now = engine.clock(now)
    routes = {route.label: route for route in engine.router}
    derived = engine.delivery.derived
    routes |= {f"{what} of {route.label}": route for route, what in derived.items()}
    rest = (0, 0, 0, 0) if client._rest is None else client._rest.stats()
    # The server counts the weight of both together.
    rest = *rest[:3], rest[3] or client.accounts.weight_used()
    return Stats(
        tuple(connection_stats(one, now) for one in engine.connections()),
        {name: stream_stats(engine, route, now, unix_now) for name, route in routes.items()},
        engine.delivery.client_dropped,
        engine.reconnects,
        client._notifier.notices_dropped,
        engine.unread.total(now),
        *(*rest, *client.accounts.stats()),
    )


def stream_stats(engine: Engine, route: Route, now: float, unix_now: float) -> StreamStats:
    """Make the statistics of one route at the monotonic time ``now``."""
    since = None if route.last_received is None else now - route.last_received
    return StreamStats(
        stream=route.label,
        messages=route.messages,
        bytes=route.bytes,
        waiting=len(route.sink),
        unread_bytes=engine.unread.bytes_of(now, route, route.sink),
        dropped=route.dropped,
        gaps=route.gaps,
        missing=route.missing,
        filled=route.filled,
        duplicates=route.duplicates,
        late=route.late,
        undecodable=route.undecodable,
        seconds_since_last=since,
        lag=None if since is None else lag_of(route.last_event, unix_now - since),
        connections=engine.carriers(route),
    )


def connection_stats(connection: BaseConnection, now: float) -> ConnectionStats:
    """Make the statistics of one connection at the monotonic time ``now``."""
    is_open = connection.opened_at is not None
    return ConnectionStats(
        connection=connection.number,
        state=connection.state,
        streams=connection.load,
        messages=connection.messages,
        bytes=connection.bytes,
        seconds_open=now - connection.opened_at if connection.opened_at is not None else None,
        seconds_since_last=now - connection.last_received if is_open else None,
        retry_in=max(0.0, connection.retry_at - now) if connection.state == "waiting" else None,
        reason=None if connection.failure is None else str(connection.failure),
    )


def lag_of(event: Any, received_at: float) -> float | None:
    """Return the seconds from an event's own time to its arrival, which is in Unix seconds."""
    event_time = getattr(event[-1] if isinstance(event, list) and event else event, "event_time", 0)
    if not event_time:
        return None
    try:
        return received_at - event_time / (1e6 if is_microseconds(event_time) else 1e3)
    except OverflowError:
        return None
