"""What is measured of a client at one moment, before it has names and labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from binance_streams_runtime.catalog.streams import StreamType
from binance_streams_runtime.client.client_engine import ClientEngine
from binance_streams_runtime.client.connect_limit import remaining_at
from binance_streams_runtime.client.health import Status, client_health
from binance_streams_runtime.client.stats import lag_of
from binance_streams_runtime.pipeline.delivery import DropSource
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.totals import Totals

CLIENT = "*"
"""Stands for a type of stream: the events in the client's own queue, which are of all types."""

ENDED = "(ended)"
"""Stands for a stream: those that have ended, whose counters are kept."""

StreamKey = tuple[str, ...]
"""The type of a stream, followed by its label if each stream is measured."""


class StreamFigures(Totals):
    """What is measured of the streams of one type, or of one stream."""

    __slots__ = ("age", "lag")

    def __init__(self) -> None:
        super().__init__()
        self.age: float | None = None
        """Seconds since the newest event; None if there was none."""
        self.lag: float | None = None
        """From that event's own time to its arrival, in seconds; None if it carries no time."""

    def add_event(self, route: Route, now: float, wall: float) -> None:
        """Note the last event of a stream; ``wall`` is the Unix time in seconds."""
        if route.last_received is None:
            return
        age = now - route.last_received
        if self.age is None or age < self.age:
            self.age, self.lag = age, lag_of(route.last_event, wall - age)


@dataclass
class Measurement:
    """A client at one moment. Times are in seconds."""

    per_stream: bool
    streams: dict[StreamKey, StreamFigures] = field(default_factory=dict)
    queued: Counter[StreamKey] = field(default_factory=Counter)
    dropped: dict[tuple[*StreamKey, str], int] = field(default_factory=dict)
    """By stream and policy."""
    confirmed: int = 0
    pending: int = 0
    drift: dict[str, int] = field(default_factory=dict)
    connections: Counter[str] = field(default_factory=Counter)
    connection_age: float | None = None
    reduced: int = 0
    reconnects: Counter[str] = field(default_factory=Counter)
    requests: Counter[tuple[str, str]] = field(default_factory=Counter)
    connect_attempts: int | None = None
    book_states: Counter[str] = field(default_factory=Counter)
    book_mismatches: int = 0
    book_resyncs: int = 0
    unread_bytes: int = 0
    notices_dropped: int = 0
    rest_requests: int = 0
    rest_weight: int = 0
    rest_pending: int = 0
    rest_weight_used: int = 0
    recordings: int = 0
    recorded: Mapping[str, int] = field(default_factory=dict)
    """What only increases, by the names of its statistics."""
    record_pending_bytes: int = 0
    record_lag: float | None = None
    status: Status = "ok"


def measure(client: ClientEngine[Any, Any], now: float, per_stream: bool) -> Measurement:
    """Measure a client at the monotonic time ``now``; only the driver may call it."""
    made = Measurement(per_stream)
    _measure_streams(client, made, now)
    _measure_queues(client, made)
    _measure_connections(client, made, now)
    engine = client._engine
    made.drift = {type.key: count for type, count in engine.drift().items()}
    made.book_states.update(feed.local.state for feed in engine.books)
    made.book_mismatches, made.book_resyncs = engine.books.mismatches, engine.books.resyncs
    made.unread_bytes = engine.unread.last_total()
    made.notices_dropped = client._notifier.notices_dropped
    made.rest_requests, made.rest_weight, made.rest_pending, used = (
        (0, 0, 0, 0) if client._rest is None else client._rest.stats()
    )
    # The server counts the weight of both together.
    made.rest_weight_used = used or client.accounts.weight_used()
    _measure_recordings(client, made)
    made.status = client_health(client, now).status
    return made


def _measure_streams(client: ClientEngine[Any, Any], made: Measurement, now: float) -> None:
    engine = client._engine
    router, wall = engine.router, engine.clock(now)
    streams, per_stream = made.streams, made.per_stream
    for route in router:
        key = route.stream.type.key
        place = (key, route.label) if per_stream else (key,)
        figures = streams.get(place)
        if figures is None:
            figures = streams[place] = StreamFigures()
        figures.add(route)
        figures.add_event(route, now, wall)
        if route.is_confirmed:
            made.confirmed += 1
        else:
            made.pending += 1
    for type, ended in router.ended.items():
        place = (type.key, ENDED) if per_stream else (type.key,)
        streams.setdefault(place, StreamFigures()).add(ended)


def _measure_queues(client: ClientEngine[Any, Any], made: Measurement) -> None:
    delivery = client._engine.delivery
    for route, sink in delivery.sinks():
        made.queued[_place(route, made, delivery.derived)] += len(sink)
    dropped: Counter[tuple[*StreamKey, str]] = Counter()
    for source, count in delivery.dropped_by.items():
        for place, share in _shares(source, count, client, made.per_stream):
            dropped[*place, source[2]] += share
    made.dropped = dict(dropped)


def _place(route: Route | None, made: Measurement, derived: dict[Route, str]) -> StreamKey:
    """Return what a queue is of."""
    if route is None:
        return (CLIENT, CLIENT) if made.per_stream else (CLIENT,)
    key = _key(route.stream.type, derived.get(route))
    return (key, route.label) if made.per_stream else (key,)


def _key(type: StreamType, what: str | None) -> str:
    """Return what stands for a type of stream: another word if events were made of its own."""
    return type.key if what is None else what.replace(" ", "_")


def _shares(
    source: DropSource, count: int, client: ClientEngine[Any, Any], per_stream: bool
) -> Iterator[tuple[StreamKey, int]]:
    """Yield what dropped events were of, with their number; the sum is ``count``."""
    type, what, policy = source
    if type is None:
        yield (CLIENT, CLIENT) if per_stream else (CLIENT,), count
        return
    key = _key(type, what)
    if not per_stream:
        yield (key,), count
        return
    engine = client._engine
    derived = engine.delivery.derived
    for route in engine.router if what is None else derived:
        if derived.get(route) != what:
            continue
        if route.dropped and route.stream.type is type and route.sink.overflow == policy:
            count -= route.dropped
            yield (key, route.label), route.dropped
    if count:
        yield (key, ENDED), count


def _measure_recordings(client: ClientEngine[Any, Any], made: Measurement) -> None:
    made.recorded = client.recordings.counts()
    found = [recording.stats() for recording in client.recordings.all]
    made.recordings = len(found)
    made.record_pending_bytes = sum(stats.bytes_pending for stats in found)
    made.record_lag = max((stats.seconds_behind for stats in found), default=None)


def _measure_connections(client: ClientEngine[Any, Any], made: Measurement, now: float) -> None:
    engine = client._engine
    for connection in engine.connections():
        made.connections[connection.state] += 1
        if connection.opened_at is not None and connection.state == "open":
            made.connection_age = max(made.connection_age or 0.0, now - connection.opened_at)
    made.reduced = len(engine.session.reduced())
    for counters in engine.counters():
        made.reconnects.update(counters.reconnects)
        made.requests.update(counters.requests)
    made.connect_attempts = remaining_at(client._settings.target.url, now)
