"""The trades of one symbol, as they happen.

    python examples/one_stream.py [server]

``server`` is production by default; ``testnet``, ``demo`` or ``ws://127.0.0.1:9443`` work as well.
"""

import contextlib
import sys

from binance_streams import Client, to_datetime

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"
SYMBOL = "BTCUSDT"


def main() -> None:
    """Print each trade until Ctrl-C."""
    with Client(SERVER) as client:
        for trade in client.trade(SYMBOL):
            side = "sold" if trade.is_buyer_maker else "bought"
            when = to_datetime(trade.trade_time)
            print(f"{when:%H:%M:%S.%f}  {side} {trade.quantity} at {trade.price}")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
