"""Every trade in a file, each once and in order, also those that a lost connection missed.

    python examples/lossless_trades.py [server [file]]

What was missed is fetched by REST before the next trade is delivered. If REST does not have it
either, or does not answer for a minute, a line of the file says which ids are missing.
"""

import contextlib
import sys
from pathlib import Path

from binance_streams import Client, Filled, Gap, Notice

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"
FILE = Path(sys.argv[2] if len(sys.argv) > 2 else "trades.csv")
SYMBOL = "BTCUSDT"


def main() -> None:
    """Append to the file until Ctrl-C."""
    # Text keeps every digit as it was sent.
    with Client(SERVER, numbers=str) as client, FILE.open("a", encoding="utf-8") as file:
        count = 0
        for item in client.trade(SYMBOL, fill=True).with_notices():
            if isinstance(item, Filled):
                print(f"{item.count} missed trades were fetched within {item.seconds:.2f} s")
            elif isinstance(item, Gap):
                print(f"{item.missing or 'unknown'} trades are missing: {item.reason}")
                print(f"# missing: {item.first_missing} to {item.last_missing}", file=file)
            elif not isinstance(item, Notice):
                print(item.trade_id, item.trade_time, item.price, item.quantity, sep=",", file=file)
                count += 1
                if count % 100 == 0:
                    file.flush()
                    print(f"{count} trades")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
