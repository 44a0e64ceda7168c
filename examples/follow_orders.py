"""One's own open orders, right after any interruption.

    python examples/follow_orders.py [server]

It places no order: a key that may only read is enough. The environment says which one, never the
source: BINANCE_API_KEY with BINANCE_KEY_FILE (the PEM file of an Ed25519 key) or
BINANCE_SECRET_FILE (a file with the secret of an HMAC key).
"""

import contextlib
import os
import sys

from binance_streams import Client, Ed25519Key, ExecutionReport, Gap, HmacKey, SigningKey

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"


def key() -> SigningKey:
    """Return the key that the environment names."""
    api_key = os.environ["BINANCE_API_KEY"]
    if "BINANCE_KEY_FILE" in os.environ:
        return Ed25519Key.from_file(api_key, os.environ["BINANCE_KEY_FILE"])
    return HmacKey.from_file(api_key, os.environ["BINANCE_SECRET_FILE"])


def main() -> None:
    """Print all open orders, then each change; all again if something may have been missed."""
    with Client(SERVER) as client:
        for state, item in client.account(key()).follow():
            if item is None or isinstance(item, Gap):
                print("open orders:", len(state.open_orders))
                for order in state.open_orders.values():
                    print(f"  {order.symbol} {order.side} {order.quantity:f} at {order.price:f}")
            elif isinstance(item, ExecutionReport):
                filled = f"{item.cumulative_filled_quantity:f} of {item.quantity:f} filled"
                print(f"{item.symbol} {item.side} {item.order_status}, {filled}", end="; ")
                print("open orders:", len(state.open_orders))


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
