"""A strategy, live or on a recording: the same function, the same orders.

    python examples/replay_a_strategy.py [server [folder]]
    python examples/replay_a_strategy.py 'replay:rec?speed=max'

Live, it is recorded in ``folder`` until Ctrl-C. Needs pip install 'binance-streams[record]' below
Python 3.14.
"""

import contextlib
import sys
from collections import deque
from decimal import Decimal

from binance_streams import AggTrade, BookTicker, Client, to_datetime

SERVER = sys.argv[1] if len(sys.argv) > 1 else "production"
FOLDER = sys.argv[2] if len(sys.argv) > 2 else "rec"
SYMBOL = "BTCUSDT"
FAST, SLOW = 20, 100


def strategy(client: Client) -> None:
    """Hold what rises: the average of few trades is above that of many."""
    client.agg_trade(SYMBOL, fill=True)
    client.book_ticker(SYMBOL)
    prices: deque[Decimal] = deque(maxlen=SLOW)
    quote: BookTicker[Decimal] | None = None
    is_holding = False
    for message in client:  # both streams, in the order in which they came
        match message.data:
            case BookTicker() as quote:
                pass
            case AggTrade() as trade:
                prices.append(trade.price)
                fast, slow = sum([*prices][-FAST:]) / FAST, sum(prices) / SLOW
                if quote is None or len(prices) < SLOW or (fast > slow) == is_holding:
                    continue
                is_holding = not is_holding
                what = (
                    f"buy  {quote.best_ask_price}" if is_holding else f"sell {quote.best_bid_price}"
                )
                # The time of the event: the clock of this machine is not that of a recording.
                print(f"{to_datetime(trade.trade_time):%H:%M:%S.%f}  {what}")
            case _:
                pass


def main() -> None:
    """Run the strategy to the end of the recording, or record it."""
    with Client(SERVER) as client, contextlib.ExitStack() as stack:
        if not SERVER.startswith("replay:"):
            stack.enter_context(client.record(FOLDER))
        strategy(client)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
