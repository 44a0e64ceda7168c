"""The five best levels of the order book on each side, ten times a second.

    python examples/top_of_book.py [server]

Each event is the whole top of the book; nothing has to be kept. For all levels see order_book.py.
"""

import contextlib
import sys
from typing import Final

from binance_streams import Client

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"
SYMBOL = "BTCUSDT"
LEVELS: Final = 5  # or 10, or 20


def main() -> None:
    """Print the levels side by side, and which side holds more."""
    with Client(SERVER) as client:
        for book in client.partial_book_depth(SYMBOL, level=LEVELS, speed=100):
            print(f"{SYMBOL} at update {book.last_update_id}")
            for bid, ask in zip(book.bids, book.asks, strict=False):
                print(f"{bid.quantity:>16} {bid.price:>16} | {ask.price:<16} {ask.quantity:<16}")
            bought = sum(level.quantity for level in book.bids)
            total = bought + sum(level.quantity for level in book.asks)
            print(f"bids hold {bought / total:.0%} of the quantity\n")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
