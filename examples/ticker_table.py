"""A table of the most traded symbols of the whole market, once a second.

    python examples/ticker_table.py [server]

``mini_ticker()`` without a symbol delivers all symbols that have changed, as a list.
"""

import contextlib
import sys

from binance_streams import Client, MiniTicker

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"
QUOTE = "USDT"
ROWS = 10


def main() -> None:
    """Print a new table for each event."""
    tickers: dict[str, MiniTicker[float]] = {}
    # Floats are enough for a table, and faster than exact decimals.
    with Client(SERVER, numbers=float) as client:
        for changed in client.mini_ticker():
            tickers |= {ticker.symbol: ticker for ticker in changed}
            listed = [ticker for ticker in tickers.values() if ticker.symbol.endswith(QUOTE)]
            listed.sort(key=lambda ticker: ticker.quote_volume, reverse=True)
            print(f"\n{len(tickers)} symbols; those with the largest volume in {QUOTE}:")
            for ticker in listed[:ROWS]:
                change = ticker.close / ticker.open - 1
                print(f"{ticker.symbol:12} {ticker.close:14.6g} {change:+9.2%}", end=" ")
                print(f"{ticker.quote_volume:18,.0f}")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
