"""A program that records until it is killed, and prints what it has received.

Each line is the id of a trade and when its loop had it: seconds of the monotonic clock, which all
processes share.
"""

from __future__ import annotations

import os
import sys
import time

from binance_streams import Client


def main(url: str, folder: str, rotate: str) -> None:
    """Record trades."""
    with Client(url) as client, client.record(folder, rotate=rotate):
        for trade in client.trade("btcusdt"):
            # By the system at once, whatever becomes of this process.
            os.write(1, b"%d %d\n" % (trade.trade_id, time.monotonic() * 1000))


if __name__ == "__main__":
    main(*sys.argv[1:])
