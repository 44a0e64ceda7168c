"""What the generated asyncio clients import from the runtime; see ``generated_api``.

Apart from it, so that programs without asyncio do not import asyncio.
"""

from binance_streams_runtime.asyncio.account import BaseAsyncAccount
from binance_streams_runtime.asyncio.candle_window import AsyncCandleWindow
from binance_streams_runtime.asyncio.client import BaseAsyncClient
from binance_streams_runtime.asyncio.order_book import AsyncOrderBook
from binance_streams_runtime.asyncio.recording import AsyncRecording
from binance_streams_runtime.asyncio.subscription import AsyncCandleSubscription, AsyncSubscription

__all__ = [
    "AsyncCandleSubscription",
    "AsyncCandleWindow",
    "AsyncOrderBook",
    "AsyncRecording",
    "AsyncSubscription",
    "BaseAsyncAccount",
    "BaseAsyncClient",
]
