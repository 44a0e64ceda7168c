"""Waiting no longer than one wants: timeouts, and waits that are cancelled.

    python examples/asyncio_timeouts.py [server]

A wait that ends early takes no event with it: the next one gets the next event, so every trade is
counted once, however often the program has other things to do.
"""

import asyncio
import contextlib
import sys

from binance_streams import AsyncClient

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"
SYMBOL = "BTCUSDT"
PATIENCE = 0.01  # seconds


async def main() -> None:
    """Print the trades, and how often the program did something else between two of them."""
    async with AsyncClient(SERVER) as client:
        trades = client.agg_trade(SYMBOL)
        await trades.wait(10)
        idle = 0
        while True:
            try:
                async with asyncio.timeout(PATIENCE):
                    trade = await trades.get()
            except TimeoutError:
                idle += 1
            else:
                print(f"trade {trade.aggregate_trade_id}: {trade.price}, after {idle} waits")
                idle = 0


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
