"""What the generated modules ``metrics`` import from the runtime; see ``generated_api``.

Apart from it, so that programs that measure nothing do not load it.
"""

from binance_streams_runtime.metrics.dashboard import dashboard
from binance_streams_runtime.metrics.opentelemetry import instrument
from binance_streams_runtime.metrics.prometheus import Collector
from binance_streams_runtime.metrics.server import MetricsServer, serve_metrics
from binance_streams_runtime.metrics.text import CONTENT_TYPE, async_text, text

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
