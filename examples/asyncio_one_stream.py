"""The trades of one symbol in a program of asyncio.

    python examples/asyncio_one_stream.py [server]

A subscription exists at once; only its events are awaited. It delivers the same events as the one
of ``Client``, and so do all other methods.
"""

import asyncio
import contextlib
import sys

from binance_streams import AsyncClient, to_datetime

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"
SYMBOL = "BTCUSDT"


async def main() -> None:
    """Print each trade until Ctrl-C."""
    async with AsyncClient(SERVER) as client:
        async for trade in client.trade(SYMBOL):
            side = "sold" if trade.is_buyer_maker else "bought"
            when = to_datetime(trade.trade_time)
            print(f"{when:%H:%M:%S.%f}  {side} {trade.quantity} at {trade.price}")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
