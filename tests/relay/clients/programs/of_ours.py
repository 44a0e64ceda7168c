"""This client: trades with what was missed, and an order book."""

from __future__ import annotations

import json
import sys
import threading
from typing import Any

from binance_streams import Client, Gap, Trade


def show(*line: Any) -> None:
    # At once, as several threads do, and print writes the end of a line by itself.
    sys.stdout.write(f"{json.dumps(line)}\n")
    sys.stdout.flush()


def show_trade(trade: Trade[str]) -> None:
    show("trade", trade.trade_id, trade.price, trade.quantity)


def show_gap(notice: object) -> None:
    if isinstance(notice, Gap):
        show("gap", notice.stream, notice.missing)


def show_book() -> None:
    for _ in book:
        view = book.top(10)
        if view.state == "synced":
            sides = [
                [[level.price, level.quantity] for level in side] for side in (view.bids, view.asks)
            ]
            show("book", view.update_id, *sides)


with Client(sys.argv[1], numbers=str, on_notice=show_gap) as client:
    client.trade("btcusdt", on_event=show_trade)
    book = client.order_book("BTCUSDT", depth=100)
    reader = threading.Thread(target=show_book)
    reader.start()
    sys.stdin.readline()
    show("answer", 3, sorted(client.list_subscriptions()))
    sys.stdin.readline()
reader.join()
