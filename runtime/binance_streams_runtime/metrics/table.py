"""Every metric: its name, what it means, and how it is read. All else follows from this table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from binance_streams_runtime.client.health import Status
from binance_streams_runtime.metrics.measurement import Measurement, StreamFigures
from binance_streams_runtime.order_book.values import BookState
from binance_streams_runtime.session.base_connection import ConnectionState

PREFIX = "binance_streams_"

Kind = Literal["counter", "gauge"]
Unit = Literal["", "bytes", "seconds"]
Sample = tuple[tuple[str, ...], float]
"""The values of a metric's labels, and its own."""


@dataclass(frozen=True)
class Metric:
    """One metric. A counter only increases, as long as its client lives."""

    name: str
    """Without the prefix."""
    kind: Kind
    help: str
    read: Callable[[Any], Iterable[Sample]]
    labels: tuple[str, ...] = ()
    """All but ``stream``, which follows ``stream_type`` if each stream is measured."""
    unit: Unit = ""

    @property
    def full_name(self) -> str:
        """The name with the prefix."""
        return PREFIX + self.name

    def label_names(self, per_stream: bool) -> tuple[str, ...]:
        """Return the names of the labels, in the order of their values."""
        if not per_stream or not self.is_by_stream:
            return self.labels
        first, *others = self.labels
        return first, "stream", *others

    @property
    def is_by_stream(self) -> bool:
        """Whether it can be measured of each stream."""
        return "stream_type" in self.labels and self.name != "drift_fields"


def _of_streams(read: Callable[[StreamFigures], float | None]) -> Callable[..., Iterator[Sample]]:
    def samples(made: Measurement) -> Iterator[Sample]:
        for place, figures in made.streams.items():
            value = read(figures)
            if value is not None:
                yield place, value

    return samples


def _one(read: Callable[[Measurement], float | None]) -> Callable[[Measurement], Iterator[Sample]]:
    def samples(made: Measurement) -> Iterator[Sample]:
        value = read(made)
        if value is not None:
            yield (), value

    return samples


def _recorded(name: str) -> Callable[[Measurement], Iterator[Sample]]:
    return _one(lambda made: made.recorded.get(name, 0))


def _states(names: Iterable[str], counts: Mapping[str, int]) -> Iterator[Sample]:
    """Yield all states, as one that nothing is in has a value too."""
    return (((name,), counts.get(name, 0)) for name in names)


_BY_TYPE = ("stream_type",)

# A closed connection is forgotten at once.
_CONNECTION_STATES = tuple(one for one in get_args(ConnectionState) if one != "closed")

_CLIENT = (
    Metric(
        "health",
        "gauge",
        "1 for the status of the client, 0 for the others.",
        lambda made: _states(get_args(Status), {made.status: 1}),
        ("status",),
    ),
    Metric(
        "streams",
        "gauge",
        "Streams that are subscribed to: confirmed by the server, or pending.",
        lambda made: [(("confirmed",), made.confirmed), (("pending",), made.pending)],
        ("state",),
    ),
    Metric(
        "unread_bytes",
        "gauge",
        "Memory of all events that wait to be taken, estimated.",
        _one(lambda made: made.unread_bytes),
        unit="bytes",
    ),
    Metric(
        "notices_dropped_total",
        "counter",
        "Notices dropped because on_notice was too slow.",
        _one(lambda made: made.notices_dropped),
    ),
)

_STREAMS = (
    Metric(
        "messages_total",
        "counter",
        "Messages received on streams.",
        _of_streams(lambda of: of.messages),
        _BY_TYPE,
    ),
    Metric(
        "bytes_total",
        "counter",
        "Bytes of these messages, without the framing.",
        _of_streams(lambda of: of.bytes),
        _BY_TYPE,
        "bytes",
    ),
    Metric(
        "last_event_age_seconds",
        "gauge",
        "Since the newest event of the type.",
        _of_streams(lambda of: of.age),
        _BY_TYPE,
        "seconds",
    ),
    Metric(
        "lag_seconds",
        "gauge",
        "From that event's own time to its arrival, by this machine's clock.",
        _of_streams(lambda of: of.lag),
        _BY_TYPE,
        "seconds",
    ),
    Metric(
        "queue_events",
        "gauge",
        "Events that wait to be taken.",
        lambda made: made.queued.items(),
        _BY_TYPE,
    ),
    Metric(
        "dropped_total",
        "counter",
        "Events dropped because a queue was full, by the policy of the queue.",
        lambda made: made.dropped.items(),
        ("stream_type", "policy"),
    ),
    Metric(
        "gaps_total",
        "counter",
        "Interruptions of the sequence that were not filled.",
        _of_streams(lambda of: of.gaps),
        _BY_TYPE,
    ),
    Metric(
        "missing_total",
        "counter",
        "Ids known to be missing in gaps that were not filled.",
        _of_streams(lambda of: of.missing),
        _BY_TYPE,
    ),
    Metric(
        "filled_total",
        "counter",
        "Missing events that were fetched by REST.",
        _of_streams(lambda of: of.filled),
        _BY_TYPE,
    ),
    Metric(
        "repeated_total",
        "counter",
        "Events that came again and were dropped.",
        _of_streams(lambda of: of.duplicates),
        _BY_TYPE,
    ),
    Metric(
        "late_total",
        "counter",
        "Events that came after later ones.",
        _of_streams(lambda of: of.late),
        _BY_TYPE,
    ),
    Metric(
        "undecodable_total",
        "counter",
        "Messages that did not match the spec.",
        _of_streams(lambda of: of.undecodable),
        _BY_TYPE,
    ),
    Metric(
        "drift_fields",
        "gauge",
        "Fields that the venue sends and the spec does not have.",
        lambda made: (((key,), count) for key, count in made.drift.items()),
        _BY_TYPE,
    ),
)

_CONNECTIONS = (
    Metric(
        "connections",
        "gauge",
        "Connections by state; waiting is until the next attempt.",
        lambda made: _states(_CONNECTION_STATES, made.connections),
        ("state",),
    ),
    Metric(
        "reduced_streams",
        "gauge",
        "Streams that fewer connections carry than the client's redundancy.",
        _one(lambda made: made.reduced),
    ),
    Metric(
        "reconnects_total",
        "counter",
        "Connections that were replaced, by what ended them.",
        lambda made: (((cause,), count) for cause, count in made.reconnects.items()),
        ("reason",),
    ),
    Metric(
        "connection_age_seconds",
        "gauge",
        "Age of the oldest open connection.",
        _one(lambda made: made.connection_age),
        unit="seconds",
    ),
    Metric(
        "requests_total",
        "counter",
        "Requests sent on connections, by method and by how they ended.",
        lambda made: made.requests.items(),
        ("method", "outcome"),
    ),
    Metric(
        "connect_attempts_remaining",
        "gauge",
        "Attempts to connect that this process may make at once; none for a server without limit.",
        _one(lambda made: made.connect_attempts),
    ),
)

_REST = (
    Metric(
        "book_state",
        "gauge",
        "Order books by state.",
        lambda made: _states(get_args(BookState), made.book_states),
        ("state",),
    ),
    Metric(
        "book_mismatch_total",
        "counter",
        "How often an order book differed from the server's best bid and ask.",
        _one(lambda made: made.book_mismatches),
    ),
    Metric(
        "book_resyncs_total",
        "counter",
        "How often an order book had to start over.",
        _one(lambda made: made.book_resyncs),
    ),
    Metric(
        "rest_requests_total",
        "counter",
        "REST requests sent, for order books and missing events.",
        _one(lambda made: made.rest_requests),
    ),
    Metric(
        "rest_weight_total",
        "counter",
        "The request weight of all of them.",
        _one(lambda made: made.rest_weight),
    ),
    Metric(
        "rest_pending",
        "gauge",
        "REST requests that wait for their turn, for request weight, or for their answer.",
        _one(lambda made: made.rest_pending),
    ),
    Metric(
        "rest_weight_used",
        "gauge",
        "Request weight that the server has counted for this IP address in its current window.",
        _one(lambda made: made.rest_weight_used),
    ),
)

_RECORDINGS = (
    Metric(
        "recordings",
        "gauge",
        "Recordings that are open.",
        _one(lambda made: made.recordings),
    ),
    Metric(
        "record_lines_total",
        "counter",
        "Lines recorded on disk.",
        _recorded("lines"),
    ),
    Metric(
        "record_bytes_total",
        "counter",
        "Bytes of these lines, before compression.",
        _recorded("bytes"),
        unit="bytes",
    ),
    Metric(
        "record_disk_bytes_total",
        "counter",
        "Bytes that they take on disk.",
        _recorded("bytes_on_disk"),
        unit="bytes",
    ),
    Metric(
        "record_lost_total",
        "counter",
        "Lines that were not recorded, as the disk was too slow, full or broken.",
        _recorded("lost_lines"),
    ),
    Metric(
        "record_pending_bytes",
        "gauge",
        "Bytes that wait to be recorded.",
        _one(lambda made: made.record_pending_bytes),
        unit="bytes",
    ),
    Metric(
        "record_lag_seconds",
        "gauge",
        "For how long the oldest of them has waited.",
        _one(lambda made: made.record_lag),
        unit="seconds",
    ),
)

GROUPS: dict[str, tuple[Metric, ...]] = {
    "Client": _CLIENT,
    "Streams": _STREAMS,
    "Connections": _CONNECTIONS,
    "Order books and REST": _REST,
    "Recordings": _RECORDINGS,
}
"""All metrics, by what they are about."""

METRICS: tuple[Metric, ...] = tuple(metric for group in GROUPS.values() for metric in group)
