"""Callbacks in a program of asyncio: functions and coroutine functions.

    python examples/asyncio_callbacks.py [server]

A ``def`` is called in the event loop. An ``async def`` is awaited: the next event of its stream
waits until it has ended, and the other streams do not. An error in one is logged with its traceback
and passed to ``on_error``; the stream continues.
"""

import asyncio
import contextlib
import sys
from decimal import Decimal

from binance_streams import AggTrade, AsyncClient, KlineEvent

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"
SYMBOL = "BTCUSDT"
LARGE = Decimal(100)  # USDT


async def on_trade(trade: AggTrade[Decimal]) -> None:
    """Report large trades to somebody who takes his time."""
    if trade.price * trade.quantity >= LARGE:
        await asyncio.sleep(0.01)
        print(f"large trade: {trade.quantity} at {trade.price}")


def on_kline(event: KlineEvent[Decimal]) -> None:
    """Print how far the price has moved within the candle."""
    kline = event.kline
    print(f"this minute: {(kline.close - kline.open) / kline.open:+.4%}")


def on_error(error: BaseException) -> None:
    """Print the error of a callback."""
    print(f"a callback failed: {error!r}")


async def main() -> None:
    """Wait while the callbacks do the work."""
    async with AsyncClient(SERVER, on_error=on_error) as client:
        client.agg_trade(SYMBOL, on_event=on_trade)
        client.kline(SYMBOL, "1m", on_event=on_kline)
        await client.run_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
