"""Candles, each once, when it is closed and will not change any more.

    python examples/closed_klines.py [server]

The stream updates the current candle about once a second; only its last update says ``is_closed``.
"""

import contextlib
import sys

from binance_streams import Client, KlineInterval, to_datetime

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"
SYMBOL = "BTCUSDT"
INTERVAL: KlineInterval = "1s"  # an editor lists what is allowed


def main() -> None:
    """Print one line for each candle."""
    with Client(SERVER) as client:
        for event in client.kline(SYMBOL, INTERVAL):
            kline = event.kline
            if kline.is_closed:
                print(
                    f"{to_datetime(kline.open_time):%Y-%m-%d %H:%M:%S}",
                    f"open {kline.open} high {kline.high} low {kline.low} close {kline.close}",
                    f"volume {kline.base_volume} in {kline.trade_count} trades",
                )


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
