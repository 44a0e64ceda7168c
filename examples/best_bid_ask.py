"""The best bid and ask of one symbol, whenever one of the two prices changes.

    python examples/best_bid_ask.py [server]

The stream also reports changes of the quantities, which are many. A slow program wants the newest
quote rather than an old one, so only the newest waits (``overflow="latest"``).
"""

import contextlib
import sys

from binance_streams import Client

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"
SYMBOL = "BTCUSDT"


def main() -> None:
    """Print the quote and its spread in hundredths of a percent."""
    with Client(SERVER) as client:
        last = None
        for quote in client.book_ticker(SYMBOL, overflow="latest"):
            bid, ask = quote.best_bid_price, quote.best_ask_price
            if (bid, ask) != last:
                last = bid, ask
                spread = (ask - bid) / (ask + bid) * 2 * 10_000
                print(f"{quote.symbol}  bid {bid}  ask {ask}  spread {spread:.3f} bp")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
