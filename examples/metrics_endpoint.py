"""Metrics and health beside a program: for Prometheus, and for whatever restarts it.

    python examples/metrics_endpoint.py [server [address]]

Then: curl http://127.0.0.1:9090/metrics http://127.0.0.1:9090/health
"""

import contextlib
import sys
import time

from binance_streams import Client, metrics

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"
ADDRESS = sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1:9090"


def main() -> None:
    """Receive, and be measured, until Ctrl-C."""
    with Client(SERVER) as client, metrics.serve_metrics(client, ADDRESS) as server:
        print(f"http://{server.address}/metrics", flush=True)
        trades = client.agg_trade("btcusdt", max_idle=60)
        shown = 0.0
        for trade in trades:
            if time.monotonic() < shown + 1:
                continue
            shown = time.monotonic()
            health = client.health()
            print(f"{trade.price}  {health.status}  {'; '.join(health.reasons)}".rstrip())


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
