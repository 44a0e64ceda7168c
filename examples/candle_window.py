"""The last hundred candles, from history and stream: an average that is right from the start.

    python examples/candle_window.py [server]

Candles that a lost connection misses are fetched, so the window has no gaps.
"""

import contextlib
import sys
from decimal import Decimal

from binance_streams import Client, Kline

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"
COUNT = 100


def average(candles: tuple[Kline[Decimal], ...]) -> Decimal:
    """Return the average close."""
    return sum((candle.close for candle in candles), Decimal()) / len(candles)


def main() -> None:
    """Print it whenever a candle has closed, until Ctrl-C."""
    with Client(SERVER) as client:
        window = client.kline("btcusdt", "1s").window(COUNT)
        window.wait(30)
        print(f"average of {len(window)} candles: {average(window.candles):.4f}")
        for change in window:
            if change.is_closed:
                distance = change.candle.close / average(window.candles) - 1
                print(f"close {change.candle.close}, {distance:+.3%} from the average")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
