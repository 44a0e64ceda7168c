"""binance-streams' order book: a loop over its changes, and the best levels after each of them."""

from __future__ import annotations

import os
from typing import Any

from benchmarks.books.progress import Progress
from benchmarks.contend import Task
from benchmarks.contenders.ours_reads import NUMBERS
from binance_streams import BookMismatch, Client, Gap, Notice


def best(book: Any) -> object:
    """Return what is read of a book."""
    bid, ask = book.best_bid, book.best_ask
    return bid.price, bid.quantity, ask.price, ask.quantity


def only_right(notice: Notice) -> None:
    """End the process if updates were missed or the book was wrong.

    It may have to start over while it is shallow, as this market is faster than any other.
    """
    if isinstance(notice, (Gap, BookMismatch)):
        print(f"LOST the book: {notice}", flush=True)
        os._exit(1)


def run(task: Task) -> None:
    """Set the address; that of REST follows from it."""
    progress = Progress(task, best)
    client = Client(task.base, numbers=NUMBERS[task.variant], on_notice=only_right)
    book = client.order_book("BTCUSDT", verify=False)
    task.meter.ready()
    for change in book:
        progress(change.update_id, book)
        if task.meter.is_finished:
            break
    task.meter.report()
