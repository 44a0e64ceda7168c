"""Several streams of several symbols, a task for each of them.

    python examples/asyncio_many_streams.py [server]

All of them share one client and its connections. An error in one task ends all of them, and closes
the client. One loop over the client gets all events, too: ``async for message in client``.
"""

import asyncio
import contextlib
import sys
from decimal import Decimal

from binance_streams import AsyncClient

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"
SYMBOLS = ("BTCUSDT", "ETHUSDT", "BNBUSDT")


async def show_trades(client: AsyncClient[Decimal], symbol: str) -> None:
    """Print each trade of a symbol."""
    async for trade in client.agg_trade(symbol):
        print(f"{symbol:10} trade   {trade.quantity} at {trade.price}")


async def show_candle(client: AsyncClient[Decimal], symbol: str) -> None:
    """Print the candle of a symbol as it changes."""
    async for event in client.kline(symbol, "1m"):
        kline = event.kline
        print(f"{symbol:10} candle  {kline.low} to {kline.high}, now {kline.close}")


async def main() -> None:
    """Run all tasks until Ctrl-C."""
    async with AsyncClient(SERVER) as client, asyncio.TaskGroup() as tasks:
        for symbol in SYMBOLS:
            tasks.create_task(show_trades(client, symbol))
            tasks.create_task(show_candle(client, symbol))


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
