"""What the generated modules ``metrics`` import from the runtime; see ``generated_api``.

Apart from it, so that programs that measure nothing do not load it.
"""

from binance_streams_runtime.metrics.text import CONTENT_TYPE, async_text, text

__all__ = ["CONTENT_TYPE", "async_text", "text"]
