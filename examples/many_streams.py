"""Several streams of several symbols in one loop, distinguished by the type of their events.

    python examples/many_streams.py [server]

The loop gets every event that no callback and no loop over a single stream consumes.
"""

import contextlib
import sys

from binance_streams import AggTrade, BookTicker, Client, KlineEvent

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"
SYMBOLS = ("BTCUSDT", "ETHUSDT", "BNBUSDT")


def main() -> None:
    """Print one line for each event, in order of arrival."""
    with Client(SERVER) as client:
        for symbol in SYMBOLS:
            client.agg_trade(symbol)
            client.book_ticker(symbol)
            client.kline(symbol, "1m")

        for message in client:
            match message.data:
                case AggTrade(symbol=symbol, price=price, quantity=quantity):
                    print(f"{symbol:10} trade   {quantity} at {price}")
                case BookTicker(symbol=symbol, best_bid_price=bid, best_ask_price=ask):
                    print(f"{symbol:10} quote   {bid} / {ask}")
                case KlineEvent(symbol=symbol, kline=kline):
                    print(f"{symbol:10} candle  {kline.low} to {kline.high}, now {kline.close}")
                case _:
                    pass


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
