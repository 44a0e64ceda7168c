"""Order books of the hundred most traded symbols, in one client.

    python examples/many_books.py [server]

They share the connection and the venue's request weight: each begins with a snapshot of a hundred
levels, and all of them are there within seconds.
"""

import contextlib
import sys
import time
from itertools import islice

from binance_streams import Client, OrderBook

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"
QUOTE = "USDT"
BOOKS = 100


def most_traded(client: Client[float]) -> list[str]:
    """Return the symbols with the largest volume among those that change within a few seconds."""
    volumes: dict[str, float] = {}
    tickers = client.mini_ticker()
    for changed in islice(tickers, 3):
        volumes |= {ticker.symbol: ticker.quote_volume for ticker in changed}
    tickers.unsubscribe()
    listed = [symbol for symbol in volumes if symbol.endswith(QUOTE)]
    return sorted(listed, key=volumes.__getitem__, reverse=True)[:BOOKS]


def main() -> None:
    """Print each second how many books are right, and the widest spreads."""
    with Client(SERVER, numbers=float) as client:
        books: list[OrderBook[float]] = [
            client.order_book(symbol, speed=100, depth=100) for symbol in most_traded(client)
        ]
        while True:
            spreads = {
                book.symbol: book.spread / book.mid * 10_000
                for book in books
                if book.state == "synced" and book.spread is not None and book.mid
            }
            print(f"{len(spreads)} of {len(books)} books are synced; the widest spreads in bp:")
            for symbol in sorted(spreads, key=spreads.__getitem__, reverse=True)[:5]:
                print(f"  {symbol:12} {spreads[symbol]:8.2f}")
            time.sleep(1)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
