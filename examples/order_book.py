"""The whole order book of one symbol: a snapshot, and the changes of diff_book_depth upon it.

    python examples/order_book.py [server]

As the venue's documentation says: take a snapshot that reaches the first change, leave out the
changes that it holds already, apply the others. Where changes are missing, begin anew.
"""

import contextlib
import sys
import time
import urllib.request
from decimal import Decimal

import msgspec

from binance_streams import VENUE, Client, PartialBookDepth

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"
SYMBOL = "BTCUSDT"
# The simulator, whose address is a URL, serves snapshots where it serves streams.
REST = {server.name: server.rest_url for server in VENUE.servers}
URL = f"{REST.get(SERVER, SERVER.replace('ws', 'http', 1))}/api/v3/depth?limit=1000&symbol={SYMBOL}"


def snapshot() -> PartialBookDepth[Decimal]:
    """The book as the venue has it now."""
    time.sleep(1)  # so that it is not older than the change, and not asked for too often
    with urllib.request.urlopen(URL, timeout=10) as answer:
        return msgspec.json.decode(answer.read(), type=PartialBookDepth[Decimal])


def main() -> None:
    """Print the best bid and ask after each update."""
    last = -1
    with Client(SERVER) as client:
        for update in client.diff_book_depth(SYMBOL, speed=100):
            if update.first_update_id > last + 1:
                book = snapshot()
                print(f"snapshot at update {book.last_update_id}")
                last = book.last_update_id
                bids = {level.price: level.quantity for level in book.bids}
                asks = {level.price: level.quantity for level in book.asks}
            if update.first_update_id <= last + 1 <= update.last_update_id:
                last = update.last_update_id
                for side, changes in ((bids, update.bids), (asks, update.asks)):
                    side.update((level.price, level.quantity) for level in changes)
                    for level in changes:
                        if not level.quantity:
                            del side[level.price]
                print(f"update {last}: {max(bids)} / {min(asks)}, {len(bids) + len(asks)} levels")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
