"""Metrics of clients, for Prometheus and OpenTelemetry: see docs/metrics.md.

Copied by codegen; the runtime has the code. It is loaded only if it is used.
"""

from binance_streams_runtime.metrics_api import (
    CONTENT_TYPE,
    Collector,
    MetricsServer,
    async_text,
    instrument,
    serve_metrics,
    text,
)

__all__ = [
    "CONTENT_TYPE",
    "Collector",
    "MetricsServer",
    "async_text",
    "instrument",
    "serve_metrics",
    "text",
]
