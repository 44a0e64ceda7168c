"""Metrics of programs around a client: a relay, a collector. Read from what these count."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from binance_streams_runtime.client.health import Health
from binance_streams_runtime.metrics.table import Metric, Sample


def _of(attribute: str) -> Callable[[Any], Iterator[Sample]]:
    get = attrgetter(attribute)

    def samples(stats: Any) -> Iterator[Sample]:
        yield (), get(stats)

    return samples


def _counter(name: str, help: str, attribute: str, unit: Any = "") -> Metric:
    return Metric(name, "counter", help, _of(attribute), unit=unit)


def _gauge(name: str, help: str, attribute: str, unit: Any = "") -> Metric:
    return Metric(name, "gauge", help, _of(attribute), unit=unit)


def _lag(stats: Any) -> Iterator[Sample]:
    oldest = stats.publisher.oldest
    yield (), 0.0 if oldest is None else max(0.0, (time.time_ns() - oldest) / 1e9)


RELAY = (
    _gauge("relay_clients", "Clients that are connected.", "clients"),
    _counter(
        "relay_clients_accepted_total", "Clients that have ever connected.", "clients_accepted"
    ),
    _counter(
        "relay_clients_dropped_total",
        "Clients that were cut off because they did not read what they had subscribed to.",
        "clients_dropped",
    ),
    _counter("relay_violations_total", "How often a client exceeded a limit.", "violations"),
    _gauge("relay_streams", "Streams that are subscribed to upstream.", "streams"),
    _counter(
        "relay_messages_received_total",
        "Messages that came from upstream, each once.",
        "messages_received",
    ),
    _counter(
        "relay_messages_sent_total",
        "Messages that were written to clients, or wait for one that is slow.",
        "messages_sent",
    ),
    _counter(
        "relay_messages_conflated_total",
        "Messages that a slow client does not get because a newer one replaced them.",
        "messages_conflated",
    ),
    _counter(
        "relay_bytes_sent_total",
        "Bytes of the messages that were written to clients.",
        "bytes_sent",
        "bytes",
    ),
    _counter(
        "relay_gaps_total",
        "Interruptions upstream in which messages of a stream were missed.",
        "gaps",
    ),
    _counter(
        "relay_snapshots_total",
        "Order books that were answered from the relay's own, without request weight.",
        "snapshots",
    ),
    _counter(
        "relay_requests_forwarded_total",
        "Requests of the REST API that were passed on upstream.",
        "requests_forwarded",
    ),
)
"""Of ``RelayStats``."""

COLLECTOR = (
    Metric(
        "collector_streams",
        "gauge",
        "Streams that are collected: confirmed by the server, or pending.",
        lambda stats: [
            (("confirmed",), stats.confirmed),
            (("pending",), stats.streams - stats.confirmed),
        ],
        ("state",),
    ),
    _counter("collector_received_total", "Messages that came from the server.", "received"),
    _counter(
        "collector_gaps_total",
        "Interruptions in which this collector missed messages of a stream.",
        "gaps",
    ),
    _counter(
        "collector_snapshots_total",
        "Snapshots of order books that were taken for the log.",
        "snapshots",
    ),
    _counter("collector_restarts_total", "How often it began anew after a standstill.", "restarts"),
    Metric(
        "collector_log_connected",
        "gauge",
        "1 while the log can be reached, else 0.",
        lambda stats: [((), int(stats.publisher.state == "open"))],
    ),
    _counter(
        "collector_submitted_total", "Messages that were to be stored.", "publisher.submitted"
    ),
    _counter(
        "collector_stored_total",
        "Those that the log has acknowledged, also if it had them already.",
        "publisher.stored",
    ),
    _counter(
        "collector_duplicates_total",
        "Those of them that the log had already, from another collector.",
        "publisher.duplicates",
    ),
    _counter(
        "collector_retried_total",
        "How often a message had to be published again.",
        "publisher.retried",
    ),
    _counter(
        "collector_not_stored_total",
        "Messages that were dropped, as the log did not take them in time, or never will.",
        "publisher.not_stored",
    ),
    _gauge(
        "collector_pending", "Messages that the log has not acknowledged yet.", "publisher.pending"
    ),
    _gauge("collector_pending_bytes", "Bytes of these.", "publisher.pending_bytes", "bytes"),
    Metric(
        "collector_lag_seconds",
        "gauge",
        "For how long the oldest of them has waited.",
        _lag,
        unit="seconds",
    ),
)
"""Of ``CollectorStats``."""

PROGRAMS: dict[str, tuple[Metric, ...]] = {"Relay": RELAY, "Collector": COLLECTOR}
"""All of them, by the program."""


@dataclass(frozen=True)
class Program:
    """A program whose metrics are served with those of its client."""

    metrics: tuple[Metric, ...]
    stats: Callable[[], Any]
    """Returns what the metrics are read from; called by whoever drives the client."""
    reasons: Callable[[Any], Iterable[str]] = lambda stats: ()
    """Returns what is wrong with the program, a sentence for each kind, from the same."""

    def judged(self, health: Health, stats: Any) -> Health:
        """Return the health of the program, given that of its client."""
        reasons = tuple(self.reasons(stats))
        if not reasons:
            return health
        status = "degraded" if health.status == "ok" else health.status
        return Health(status, (*health.reasons, *reasons))
