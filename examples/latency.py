"""How long events take from the exchange to this program.

    python examples/latency.py [server]

Times are requested in microseconds. The figures are only as accurate as this machine's clock: if it
is not synchronized, they may even be negative.
"""

import contextlib
import statistics
import sys
import time

from binance_streams import Client

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"
SYMBOL = "BTCUSDT"
SAMPLE = 20  # events


def main() -> None:
    """Print the latencies of each sample in milliseconds."""
    with Client(SERVER, numbers=float, time_unit="microsecond") as client:
        latencies: list[float] = []
        for trade in client.trade(SYMBOL):
            latencies.append(time.time() * 1e3 - trade.event_time / 1e3)
            if len(latencies) == SAMPLE:
                median, best, worst = statistics.median(latencies), min(latencies), max(latencies)
                print(f"{SAMPLE} trades: median {median:.2f} ms, {best:.2f} to {worst:.2f} ms")
                latencies.clear()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
