"""A collector for programs that have a registry of prometheus_client."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from binance_streams_runtime.metrics.clients import Clients, engines_of, measured
from binance_streams_runtime.metrics.extra import load
from binance_streams_runtime.metrics.measurement import Measurement
from binance_streams_runtime.metrics.table import METRICS, Metric

if TYPE_CHECKING:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    Family = CounterMetricFamily | GaugeMetricFamily


class Collector:
    """Gives a registry of prometheus_client the metrics of clients: ``REGISTRY.register(...)``.

    The clients are measured at each scrape, and never in between.
    """

    def __init__(self, clients: Clients, *, per_stream: bool = False) -> None:
        """Take the arguments of ``text``.

        Raises ParameterError as it does, and ImportError if prometheus_client is not installed:
        ``pip install 'binance-streams[metrics]'``.
        """
        self._core = load("prometheus_client.core", "prometheus_client")
        self._engines = engines_of(clients)
        self._per_stream = per_stream
        self._has_names = self._engines[0][0] is not None

    def describe(self) -> Iterable[Family]:
        """Return the names of all metrics, without measuring anything."""
        return [self._family(metric) for metric in METRICS]

    def collect(self) -> Iterable[Family]:
        """Measure the clients."""
        made = [(name, measured(engine, self._per_stream)) for name, engine in self._engines]
        return [self._filled(metric, made) for metric in METRICS]

    def _filled(self, metric: Metric, clients: list[tuple[str | None, Measurement]]) -> Family:
        family = self._family(metric)
        for name, made in clients:
            given = [] if name is None else [name]
            for values, number in metric.read(made):
                family.add_metric([*given, *values], number)
        return family

    def _family(self, metric: Metric) -> Family:
        names = metric.label_names(self._per_stream)
        labels = ["client", *names] if self._has_names else [*names]
        kind = "CounterMetricFamily" if metric.kind == "counter" else "GaugeMetricFamily"
        made: Family = getattr(self._core, kind)(metric.full_name, metric.help, labels=labels)
        return made
