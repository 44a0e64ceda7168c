"""The whole order book of one symbol: a snapshot, updated with the changes of diff_book_depth.

    python examples/order_book.py [server]

As the venue documents it: take a snapshot that reaches the first change, skip the changes that it
already contains, and apply the others. If changes are missing, or the venue's ids restart, start
over.
"""

import contextlib
import sys
import time
import urllib.request
from decimal import Decimal
from http.client import HTTPException

import msgspec

from binance_streams import VENUE, Client, PartialBookDepth

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"
SYMBOL = "BTCUSDT"
# The simulator, whose address is a URL, serves snapshots at the same port as streams.
REST = {server.name: server.rest_url or "" for server in VENUE.servers}
URL = f"{REST.get(SERVER, SERVER.replace('ws', 'http', 1))}/api/v3/depth?limit=1000&symbol={SYMBOL}"


def snapshot() -> PartialBookDepth[Decimal]:
    """Fetch the current book, and retry until that succeeds."""
    pause = 1  # the snapshot must not be older than the change, nor be fetched too often
    while True:
        time.sleep(pause)
        try:
            with urllib.request.urlopen(URL, timeout=10) as answer:
                return msgspec.json.decode(answer.read(), type=PartialBookDepth[Decimal])
        except (OSError, HTTPException, msgspec.DecodeError, ValueError, RecursionError) as error:
            # An HTTP status, a lost connection, or a text that is not a snapshot.
            pause = min(2 * pause, 60)
            print(f"no snapshot, trying again in {pause} s: {error}")


def main() -> None:
    """Print the best bid and ask after each update."""
    last = seen = -1  # the last update in the book, and the last one received
    taken = 0.0
    bids: dict[Decimal, Decimal] = {}
    asks: dict[Decimal, Decimal] = {}
    with Client(SERVER) as client:
        for update in client.diff_book_depth(SYMBOL, speed=100):
            has_restarted = update.first_update_id <= seen
            # Only updates that waited while the snapshot was fetched are older than it.
            is_ahead = update.last_update_id <= last and time.monotonic() > taken + 5
            seen = update.last_update_id
            if has_restarted or is_ahead or update.first_update_id > last + 1:
                book = snapshot()
                print(f"snapshot at update {book.last_update_id}")
                last, taken = book.last_update_id, time.monotonic()
                bids = {level.price: level.quantity for level in book.bids}
                asks = {level.price: level.quantity for level in book.asks}
            if update.first_update_id <= last + 1 <= update.last_update_id:
                last = update.last_update_id
                for side, changes in ((bids, update.bids), (asks, update.asks)):
                    for level in changes:
                        side[level.price] = level.quantity
                        if not level.quantity:
                            del side[level.price]
                best = f"{max(bids, default=None)} / {min(asks, default=None)}"
                print(f"update {last}: {best}, {len(bids) + len(asks)} levels")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
