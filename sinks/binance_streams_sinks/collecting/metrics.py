"""The metrics and the health of a collector, beside those of its client."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from binance_streams_runtime.client.health import RECENT
from binance_streams_runtime.metrics.programs import COLLECTOR, Program
from binance_streams_runtime.metrics.server import MetricsServer, serve_program
from binance_streams_sinks.collecting.values import CollectorStats

BEHIND = 10.0
"""Seconds for which a message may wait to be stored."""


def serve(
    client: Callable[[], Any], address: str | int, stats: Callable[[], CollectorStats]
) -> MetricsServer:
    """Serve what a collector counts, and what its client does at the moment, until it is closed.

    Raises ParameterError for an address that is not allowed, and OSError that names it if it cannot
    be listened at.
    """
    return serve_program(client, address, Program(COLLECTOR, stats, CollectorHealth().reasons))


class CollectorHealth:
    """Says what is wrong with a collector, and remembers what was."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        unix_time: Callable[[], int] = time.time_ns,
    ) -> None:
        """``clock`` is in seconds, ``unix_time`` in nanoseconds."""
        self._clock = clock
        self._unix_time = unix_time
        self._not_stored = 0
        self._lost_at: float | None = None

    def reasons(self, stats: CollectorStats) -> Iterator[str]:
        """Yield a sentence for each kind of trouble."""
        publisher = stats.publisher
        if stats.has_namesake:
            yield f"another collector of the log has the name {stats.name}, too"
        if publisher.state != "open":
            yield f"nothing is stored, as the log is {publisher.state}: {publisher.reason or '-'}"
        elif publisher.oldest is not None:
            behind = (self._unix_time() - publisher.oldest) / 1e9
            if behind > BEHIND:
                yield f"the log is {behind:.0f} s behind: {publisher.pending} messages are pending"
        if publisher.not_stored > self._not_stored:
            self._not_stored, self._lost_at = publisher.not_stored, self._clock()
        if self._lost_at is not None and self._clock() - self._lost_at <= RECENT:
            yield (
                f"messages could not be stored in the last {RECENT:g} s, "
                f"{publisher.not_stored} since the start"
            )
