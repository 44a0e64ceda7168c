"""Trades in batches, as rows for whatever takes many at once: a database, a data frame, a file.

    python examples/asyncio_batches.py [server]

A batch has at least one event, and at most ``max_items``. It comes ``max_wait`` seconds after its
first event at the latest, so a quiet market waits no longer than that.
"""

import asyncio
import contextlib
import sys

from binance_streams import AsyncClient

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"
SYMBOL = "BTCUSDT"


async def main() -> None:
    """Print the volume and the average price of each batch."""
    rows: list[tuple[int, float, float]] = []
    async with AsyncClient(SERVER, numbers=float) as client:
        async for batch in client.agg_trade(SYMBOL).batches(max_items=1000, max_wait=0.5):
            rows += [(trade.trade_time, trade.price, trade.quantity) for trade in batch]
            new = rows[-len(batch) :]
            volume = sum(quantity for _, _, quantity in new)
            average = sum(price * quantity for _, price, quantity in new) / volume
            print(f"{len(new)} trades, {volume:.5f} at {average:.2f}; {len(rows)} rows so far")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
