"""Markets whose order books or limits of requests are of no use, each by one rule."""

from __future__ import annotations

import re
from pathlib import Path

from tests.codegen.rule import Rule

BOOK = "order_book.yaml"
CONNECTION = "connection.yaml"

_spec = Path(__file__).resolve().parents[2] / "spec" / "spot" / CONNECTION
_limits = re.search(r"^rest:\n(?:  .*\n)+", _spec.read_text(encoding="utf-8"), re.MULTILINE)
assert _limits is not None
_LIMITS = _limits[0]

RULES = {
    "limits that do not ascend": Rule(
        BOOK,
        "{100: 5, 500: 25,",
        "{100: 5, 50: 25,",
        [
            ("»50:", "the limits do not ascend: got 50; at least 101 expected"),
        ],
    ),
    "weights that do not ascend": Rule(
        BOOK,
        "500: 25, 1000: 50",
        "500: 25, 1000: 20",
        [
            ("»20,", "the weights do not ascend: got 20; at least 25 expected"),
        ],
    ),
    "requests without limits": Rule(
        CONNECTION,
        _LIMITS,
        "",
        [
            (
                "»name: Binance Spot",
                (
                    "missing key 'rest': the limits of the requests of agg_trade, block_trade, "
                    "kline, kline_timezone_offset, trade, order_book"
                ),
            ),
        ],
    ),
    "paths elsewhere without any here": Rule(
        CONNECTION,
        "    rest: https://data-api.binance.vision\n",
        "",
        [
            ("»market_", "missing key 'rest': only a REST API of its own can lack paths"),
        ],
    ),
    "units of nothing": Rule(
        CONNECTION,
        "time_unit: {parameter: timeUnit, values: [MILLISECOND, MICROSECOND]}\n",
        "",
        [
            ("»time_", "the values of the header are those of 'time_unit', which is missing"),
        ],
    ),
    "book of no stream": Rule(
        BOOK,
        "stream: diff_book_depth",
        "stream: diff_book_dept",
        [
            (
                "»diff",
                (
                    "stream: there is no stream 'diff_book_dept', such as diff_book_depth, "
                    "partial_book_depth"
                ),
            ),
        ],
    ),
    "book of a list": Rule(
        BOOK,
        "stream: book_ticker",
        "stream: all_mini_tickers",
        [
            ("»all", "stream: all_mini_tickers does not consist of single events of one kind"),
        ],
    ),
    "book of a stream without ranges": Rule(
        BOOK,
        "stream: diff_book_depth",
        "stream: partial_book_depth",
        [
            (
                "»partial",
                (
                    "stream: partial_book_depth has no sequence {first, last} or {first, last, "
                    "previous}, which says how updates follow each other"
                ),
            ),
            (
                "»b, asks: a,",
                "bids: PartialBookDepth has no key 'b'; allowed: lastUpdateId, bids, asks",
            ),
            ("»a, ", "asks: PartialBookDepth has no key 'a'; allowed: lastUpdateId, bids, asks"),
            (" »E}", "event_time: the key 'E' is no timestamp that is always there; allowed: none"),
        ],
    ),
    "book whose bids are no levels": Rule(
        BOOK,
        "bids: b, asks: a, event_time",
        "bids: U, asks: a, event_time",
        [
            ("»U, ", "bids: the key 'U' is no list of prices and quantities"),
        ],
    ),
    "book whose asks are its bids": Rule(
        BOOK,
        "bids: b, asks: a, event_time: E}",
        "bids: b, asks: b, event_time: E}",
        [
            ("»b, event", "asks: b are the bids"),
        ],
    ),
    "book whose time is none": Rule(
        BOOK,
        "event_time: E",
        "event_time: u",
        [
            (" »u}", "event_time: the key 'u' is no timestamp that is always there; allowed: E"),
        ],
    ),
    "default of no parameter": Rule(
        BOOK,
        "defaults: {speed: 100}",
        "defaults: {pace: 100}",
        [
            ("»pace", "diff_book_depth has no parameter 'pace' with choices; allowed: speed"),
        ],
    ),
    "default of no choice": Rule(
        BOOK,
        "defaults: {speed: 100}",
        "defaults: {speed: 250}",
        [
            ("»250},", "speed: got 250; allowed: 1000, 100"),
        ],
    ),
    "snapshot without an id": Rule(
        BOOK,
        "{lastUpdateId: u,",
        "{lastUpdateId: null,",
        [
            ("»keys", "keys: no key of the answer stands for u"),
        ],
    ),
    "snapshot with a time": Rule(
        BOOK,
        "{lastUpdateId: u,",
        "{lastUpdateId: E,",
        [
            ("»keys", "keys: no key of the answer stands for u"),
            ("»E, ", "got 'E'; allowed: u, b, a, or null"),
        ],
    ),
    "snapshot with two ids": Rule(
        BOOK,
        "keys: {lastUpdateId: u,",
        "keys: {lastUpdateId: u, id: u,",
        [
            ("»u, bids", "u has its value from lastUpdateId already"),
        ],
    ),
    "verified by no id": Rule(
        BOOK,
        "update_id: u",
        "update_id: b",
        [
            ("id: »b", "update_id: the key 'b' is no id that is always there; allowed: u"),
        ],
    ),
    "verified by no price": Rule(
        BOOK,
        "bid_price: b",
        "bid_price: s",
        [
            (
                ": »s",
                ("bid_price: the key 's' is no decimal that is always there; allowed: b, B, a, A"),
            ),
        ],
    ),
    "verified by a stream of other things": Rule(
        BOOK,
        "stream: book_ticker\n  update_id: u",
        "stream: rolling_window_ticker\n  update_id: F",
        [
            (
                "»rolling",
                (
                    "stream: rolling_window_ticker needs windowSize, which diff_book_depth does "
                    "not have"
                ),
            ),
            (
                "price: »b",
                (
                    "bid_price: the key 'b' is no decimal that is always there; allowed: p, P, o,"
                    " h, l, c, w, v, q"
                ),
            ),
            (
                ": »B",
                (
                    "bid_quantity: the key 'B' is no decimal that is always there; allowed: p, P,"
                    " o, h, l, c, w, v, q"
                ),
            ),
            (
                "price: »a",
                (
                    "ask_price: the key 'a' is no decimal that is always there; allowed: p, P, o,"
                    " h, l, c, w, v, q"
                ),
            ),
            (
                ": »A",
                (
                    "ask_quantity: the key 'A' is no decimal that is always there; allowed: p, P,"
                    " o, h, l, c, w, v, q"
                ),
            ),
        ],
    ),
}
