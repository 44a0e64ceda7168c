"""What an account holds, once.

    python examples/balances.py [server]

It places no order: a key that may only read is enough. The environment says which one, never the
source: BINANCE_API_KEY with BINANCE_KEY_FILE (the PEM file of an Ed25519 key) or
BINANCE_SECRET_FILE (a file with the secret of an HMAC key).
"""

import contextlib
import os
import sys

from binance_streams import Client, Ed25519Key, HmacKey, SigningKey

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"


def key() -> SigningKey:
    """Return the key that the environment names."""
    api_key = os.environ["BINANCE_API_KEY"]
    if "BINANCE_KEY_FILE" in os.environ:
        return Ed25519Key.from_file(api_key, os.environ["BINANCE_KEY_FILE"])
    return HmacKey.from_file(api_key, os.environ["BINANCE_SECRET_FILE"])


def main() -> None:
    """Print all balances that are not zero."""
    with Client(SERVER) as client:
        state = client.account(key()).state(timeout=60)
    for asset, balance in state.balances.items():
        if balance.free or balance.locked:
            print(f"{asset:<8} free {balance.free:f}  locked {balance.locked:f}")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
