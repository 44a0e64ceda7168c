"""A program for the old connector (binance-connector); only the imports have changed.

    python examples/compat.py [URL]

The constructor, the methods and the callbacks are the old ones, and messages are the texts as sent.
It reconnects by itself. docs/migrating.md shows how to get from here to the typed client.
"""

import contextlib
import json
import logging
import sys
import time

from binance_streams.compat import SpotWebsocketStreamClient, config_logging

URL = sys.argv[1] if len(sys.argv) > 1 else "wss://stream.binance.com:9443"
SYMBOL = "BTCUSDT"

config_logging(logging, logging.WARNING)


def on_message(_: SpotWebsocketStreamClient, text: str) -> None:
    """Print trades, and any other message as text."""
    message = json.loads(text)
    if message.get("e") == "aggTrade":
        print(f"{message['s']} {message['q']} at {message['p']}")
    else:
        print(text)


def main() -> None:
    """Subscribe, and let it run."""
    client = SpotWebsocketStreamClient(stream_url=URL, on_message=on_message)
    try:
        client.agg_trade(symbol=SYMBOL)
        while True:
            time.sleep(60)
    finally:
        client.stop()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
