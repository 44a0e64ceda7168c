"""Observable instruments of OpenTelemetry."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from binance_streams_runtime.metrics.clients import Clients, Engine, engines_of, measured
from binance_streams_runtime.metrics.extra import load
from binance_streams_runtime.metrics.measurement import Measurement
from binance_streams_runtime.metrics.table import METRICS, Metric

if TYPE_CHECKING:
    from opentelemetry.metrics import CallbackOptions, Meter, Observation

_PREFIX = "binance_streams."

_UNITS = {"": "1", "bytes": "By", "seconds": "s"}


def instrument(clients: Clients, meter: Meter, *, per_stream: bool = False) -> None:
    """Make an observable instrument of ``meter`` for each metric of clients.

    The names are those of Prometheus without their suffixes: ``binance_streams.messages`` is
    ``binance_streams_messages_total``; labels are attributes. The clients are measured when the
    meter's reader collects, and never in between. Instruments cannot be removed: those of a closed
    client keep its last values.

    The other arguments are those of ``text``. Raises ParameterError as it does, and ImportError if
    opentelemetry-api is not installed: ``pip install 'binance-streams[metrics]'``.
    """
    api = load("opentelemetry.metrics", "opentelemetry-api")
    source = _Source(engines_of(clients), per_stream, api.Observation)
    for metric in METRICS:
        is_counter = metric.kind == "counter"
        make = meter.create_observable_counter if is_counter else meter.create_observable_gauge
        make(
            instrument_name(metric),
            callbacks=[source.callback(metric)],
            unit=_UNITS[metric.unit],
            description=metric.help,
        )


def instrument_name(metric: Metric) -> str:
    """Return the name of an instrument, whose kind and unit are not part of it."""
    if metric.kind == "counter":
        return _PREFIX + metric.name.removesuffix("_total")
    return _PREFIX + metric.name.removesuffix(f"_{metric.unit}")


class _Source:
    """Measures the clients once for all instruments of a collection."""

    def __init__(
        self,
        engines: list[tuple[str | None, Engine]],
        per_stream: bool,
        observation: type[Observation],
    ) -> None:
        self._engines = engines
        self._per_stream = per_stream
        self._observation = observation
        self._lock = threading.Lock()
        self._made: list[tuple[str | None, Measurement]] = []
        # Which instruments have read what was made; one that comes again begins a new collection.
        self._read: set[str] = set()

    def callback(self, metric: Metric) -> Callable[[CallbackOptions], Iterable[Observation]]:
        """Return what an instrument calls."""
        return lambda options: list(self._observe(metric))

    def _observe(self, metric: Metric) -> Iterator[Observation]:
        names = metric.label_names(self._per_stream)
        for client, made in self._measured(metric):
            given: dict[str, Any] = {} if client is None else {"client": client}
            for values, number in metric.read(made):
                attributes = given | dict(zip(names, values, strict=True))
                yield self._observation(number, attributes)

    def _measured(self, metric: Metric) -> list[tuple[str | None, Measurement]]:
        with self._lock:
            if not self._made or metric.name in self._read:
                self._made = [
                    (name, measured(engine, self._per_stream)) for name, engine in self._engines
                ]
                self._read.clear()
            self._read.add(metric.name)
            return self._made
