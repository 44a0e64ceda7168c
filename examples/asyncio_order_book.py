"""asyncio: a local order book, and a task that acts on it only while it is right.

    python examples/asyncio_order_book.py [server]

Changes come in one task; any other one reads the book whenever it wants, without waiting.
"""

import asyncio
import contextlib
import sys
from decimal import Decimal

from binance_streams import AsyncClient, AsyncOrderBook

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"
SYMBOL = "BTCUSDT"


async def count_changes(book: AsyncOrderBook[Decimal]) -> None:
    """Print how often the best bid or ask changes."""
    changes = 0
    async for change in book:
        changes += change.best_changed
        if change.best_changed and changes % 20 == 0:
            print(f"the best bid or ask has changed {changes} times")


async def watch(book: AsyncOrderBook[Decimal]) -> None:
    """Print which side has more, half a second apart."""
    while True:
        await book.wait()  # until it is right, again after an interruption
        print(f"{SYMBOL} at {book.mid}: {book.imbalance(10):+.3f} more bid than asked for")
        await asyncio.sleep(0.5)


async def main() -> None:
    """Run both tasks until Ctrl-C."""
    async with AsyncClient(SERVER) as client:
        book = client.order_book(SYMBOL, speed=100, depth=500)
        await asyncio.gather(count_changes(book), watch(book))


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
