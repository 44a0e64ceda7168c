"""Metrics of clients, for Prometheus, OpenTelemetry and Grafana: see docs/metrics.md.

Copied by codegen; the runtime has the code. It is loaded only if it is used. As a program,
``python -m binance_streams.metrics``, it prints the dashboard.
"""

from binance_streams_runtime.metrics_api import (
    CONTENT_TYPE,
    Collector,
    MetricsServer,
    async_text,
    dashboard,
    instrument,
    serve_metrics,
    text,
)

__all__ = [
    "CONTENT_TYPE",
    "Collector",
    "MetricsServer",
    "async_text",
    "dashboard",
    "instrument",
    "serve_metrics",
    "text",
]

if __name__ == "__main__":
    print(dashboard(), end="")
