"""Callbacks instead of loops: a function for each stream, and one for their errors.

    python examples/callbacks.py [server]

They run one at a time in a thread of the client's own, while the program waits for Ctrl-C. An
error in one is logged with its traceback and passed to ``on_error``; the stream continues.
"""

import contextlib
import sys
from decimal import Decimal

from binance_streams import AggTrade, Client, KlineEvent

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"
SYMBOL = "BTCUSDT"
LARGE = Decimal(100)  # USDT


def on_trade(trade: AggTrade[Decimal]) -> None:
    """Print large trades."""
    if trade.price * trade.quantity >= LARGE:
        print(f"large trade: {trade.quantity} at {trade.price}")


def on_kline(event: KlineEvent[Decimal]) -> None:
    """Print how far the price has moved within the candle."""
    kline = event.kline
    print(f"this minute: {(kline.close - kline.open) / kline.open:+.4%}")


def on_error(error: BaseException) -> None:
    """Print the error of a callback."""
    print(f"a callback failed: {error!r}")


def main() -> None:
    """Wait while the callbacks do the work."""
    with Client(SERVER, on_error=on_error) as client:
        client.agg_trade(SYMBOL, on_event=on_trade)
        client.kline(SYMBOL, "1m", on_event=on_kline)
        client.run_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
