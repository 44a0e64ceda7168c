"""The best bid and ask of a local order book, whenever they change.

    python examples/order_book.py [server]

The book is kept up to date by itself: from a snapshot and the changes that follow. If changes are
missing it says so, and starts over.
"""

import contextlib
import sys

from binance_streams import Client, Notice

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"
SYMBOL = "BTCUSDT"


def main() -> None:
    """Print a line for each change, and what happens to the book."""
    with Client(SERVER) as client, client.order_book(SYMBOL, speed=100, depth=1000) as book:
        for item in book.with_notices():
            if isinstance(item, Notice):
                print(f"{type(item).__name__}: the book is {book.state} {book.reason}")
            elif item.best_changed:
                # Both sides at one moment, which may be later than the change.
                best = book.top(1)
                for bid, ask in zip(best.bids, best.asks, strict=False):
                    levels = f"{bid.price} {bid.quantity} / {ask.price} {ask.quantity}"
                    print(f"{SYMBOL} {best.state} at update {best.update_id}: {levels}")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
