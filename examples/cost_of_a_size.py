"""What it would cost to buy or sell some quantity at once, each second.

    python examples/cost_of_a_size.py [server [quantity]]

The answer is computed from the levels of a local order book, exactly. If it does not know enough of
them, the answer says so instead of giving the price of a part.
"""

import contextlib
import sys
import time
from decimal import Decimal
from typing import Final, Literal

from binance_streams import Client, OrderBook

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"
QUANTITY = Decimal(sys.argv[2] if len(sys.argv) > 2 else "2.5")
SYMBOL = "BTCUSDT"
SIDES: Final[tuple[Literal["buy", "sell"], ...]] = ("buy", "sell")


def show(book: OrderBook[Decimal], side: Literal["buy", "sell"]) -> None:
    """Print what a market order would get, compared with the middle of the best bid and ask."""
    fill, mid = book.cost(side, QUANTITY), book.mid
    if fill.average_price is None or mid is None:
        print(f"{side}: the book is empty")
    elif not fill.is_complete:
        print(f"{side}: only {fill.quantity} of {QUANTITY} are in the {fill.levels} known levels")
    else:
        slippage = abs(fill.average_price / mid - 1) * 10_000
        price = f"{fill.average_price:.8f} each, {slippage:.2f} bp from the middle"
        print(f"{side} {fill.quantity} for {fill.cost:.2f}: {price}, {fill.levels} levels")


def main() -> None:
    """Print both sides, as long as the book is right."""
    with Client(SERVER) as client:
        book = client.order_book(SYMBOL, speed=100, depth=5000)
        while True:
            book.wait()  # until it is right, again after an interruption
            for side in SIDES:
                show(book, side)
            time.sleep(1)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
