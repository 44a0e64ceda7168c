"""What the user's code reads from each event: the same fields for all, in each library's form.

``by_key`` is for libraries that return dicts with the venue's letters. Seven fields of an aggregate
trade, six of a book ticker, the numbers and the outermost levels of a depth update, eleven of a
candle, and only the symbol in the mix, as its events differ. Of an order book the best levels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Read = Callable[[Any], object]


def _agg_trade(d: Any) -> object:
    return d["E"], d["s"], d["a"], d["p"], d["q"], d["T"], d["m"]


def _book_ticker(d: Any) -> object:
    return d["u"], d["s"], d["b"], d["B"], d["a"], d["A"]


def _depth(d: Any) -> object:
    bids, asks = d["b"], d["a"]
    best, worst = bids[0], asks[-1]
    return d["E"], d["s"], d["U"], d["u"], best[0], best[1], worst[0], worst[1]


def _kline(d: Any) -> object:
    k = d["k"]
    return (
        d["E"], d["s"], k["t"], k["i"], k["o"], k["h"], k["l"], k["c"], k["v"], k["n"], k["x"]
    )  # fmt: skip


def _mix(d: Any) -> object:
    return d["s"]


def _book(d: Any) -> object:
    (bid, bid_quantity), (ask, ask_quantity) = d["bids"][0], d["asks"][0]
    return bid, bid_quantity, ask, ask_quantity


by_key: dict[str, Read] = {
    "aggTrade": _agg_trade,
    "bookTicker": _book_ticker,
    "depth": _depth,
    "kline": _kline,
    "mix": _mix,
    "book": _book,
}


def text_read(text: str) -> object:
    """Return what reads a message that remains a text."""
    return len(text)


def time_in_text(text: str) -> int:
    """Return the time of sending in such a text."""
    start = text.index('"f":') + 4
    return int(text[start : text.index(",", start)])


def time_by_key(d: Any) -> int:
    """Return the time of sending in a dict with the venue's letters."""
    return int(d["f"])
