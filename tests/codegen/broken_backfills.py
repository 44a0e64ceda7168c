"""Streams whose missed events cannot be fetched as they say, each by one rule."""

from __future__ import annotations

from tests.codegen.rule import KLINE, TRADE, Rule

AGG_TRADE = "streams/agg_trade.yaml"

RULES = {
    "query of no parameter": Rule(
        AGG_TRADE,
        "query: {symbol: <symbol>}",
        "query: {symbol: <pair>}",
        [
            ("»<pair", "symbol: agg_trade has no parameter 'pair'; allowed: symbol"),
        ],
    ),
    "query of half a parameter": Rule(
        AGG_TRADE,
        "query: {symbol: <symbol>}",
        "query: {symbol: a<symbol>}",
        [
            ("»a<symbol", "symbol: got 'a<symbol>'; allowed: a <parameter>, or a constant"),
        ],
    ),
    "query of what is asked for anyway": Rule(
        AGG_TRADE,
        "query: {symbol: <symbol>}",
        "query: {symbol: <symbol>, fromId: 1}",
        [
            ("»fromId: 1", "fromId is the query parameter of the limit, the start or the end"),
        ],
    ),
    "limit that is the start": Rule(
        AGG_TRADE,
        "start: {fromId: a}",
        "limit: fromId\n  start: {fromId: a}",
        [
            (
                "»backfill",
                "limit, start and end need query parameters of their own; got fromId, fromId",
            ),
        ],
    ),
    "start with a time": Rule(
        AGG_TRADE,
        "start: {fromId: a}",
        "start: {startTime: T}",
        [
            (
                " »T}",
                (
                    "startTime: the key 'T' is no id of the sequence; allowed: a; a stream of "
                    "candles needs 'candle'"
                ),
            ),
        ],
    ),
    "start with an id of something else": Rule(
        AGG_TRADE,
        "start: {fromId: a}",
        "start: {fromId: f}",
        [
            (" »f}", "fromId: the key 'f' is no id of the sequence; allowed: a"),
        ],
    ),
    "start with two parameters": Rule(
        AGG_TRADE,
        "start: {fromId: a}",
        "start: {fromId: a, startTime: T}",
        [
            ("»{fromId", "start: has 2 entries; at most 1 expected"),
        ],
    ),
    "candles that start with no time": Rule(
        KLINE,
        "start: {startTime: k.t}",
        "start: {startTime: k.o}",
        [
            ("»k.o}", "startTime: the key 'k.o' is no time of a candle; allowed: E, k.t, k.T"),
        ],
    ),
    "times without candles": Rule(
        KLINE,
        "  candle: {close_time: k.T, is_closed: k.x}\n",
        "",
        [
            (
                "»k.t}",
                (
                    "startTime: the key 'k.t' is no id of the sequence; allowed: none; a stream "
                    "of candles needs 'candle'"
                ),
            ),
        ],
    ),
    "candle without its end": Rule(
        KLINE,
        "candle: {close_time: k.T, is_closed: k.x}",
        "candle: {close_time: k.o, is_closed: k.n}",
        [
            (
                "»k.o, is",
                (
                    "close_time: the key 'k.o' is no timestamp that is always there; allowed: E, "
                    "k.t, k.T"
                ),
            ),
            ("»k.n}", "is_closed: the key 'k.n' is no bool that is always there; allowed: k.x"),
        ],
    ),
    "row with a key of no field": Rule(
        AGG_TRADE,
        "row: {a: a, p: p,",
        "row: {a: a, p: x,",
        [
            ("»x, ", "AggTrade has no key 'x'; allowed: E, s, a, p, q, f, l, T, m"),
            ("»others", "nothing says what p is: no key of the row, nor one of 'others'"),
        ],
    ),
    "row with an ignored key": Rule(
        AGG_TRADE,
        "m: m, M: null}",
        "m: m, M: M}",
        [
            (" »M}", "AggTrade has no key 'M'; allowed: E, s, a, p, q, f, l, T, m"),
        ],
    ),
    "row with a constant": Rule(
        AGG_TRADE,
        "m: m, M: null}",
        "m: m, M: e}",
        [
            (
                " »e}",
                (
                    "e is a constant, which nothing else can give; allowed: E, s, a, p, q, f, l, "
                    "T, m"
                ),
            ),
        ],
    ),
    "row with an object": Rule(
        KLINE,
        "row: [k.t, k.o,",
        "row: [k, k.o,",
        [
            (
                "»k, ",
                (
                    "k is an object; allowed: E, s, k.t, k.T, k.s, k.i, k.f, k.L, k.o, k.c, k.h, "
                    "k.l, k.v, k.n, k.x, k.q, k.V, k.Q"
                ),
            ),
            ("»others: {", "nothing says what k.t is: no key of the row, nor one of 'others'"),
        ],
    ),
    "row with a value twice": Rule(
        AGG_TRADE,
        "m: m, M: null}",
        "m: m, M: a}",
        [
            ("M: »a", "a has its value from a already"),
        ],
    ),
    "row with two fields of one name": Rule(
        KLINE,
        (
            "k.Q, null]\n"
            "  # A row does not say which trades are in it.\n"
            "  others: {E: k.T, s: <symbol>, k.s: <symbol>, "
        ),
        "k.Q, s, k.s]\n  others: {E: k.T, ",
        [
            ("»k.s", "k.s and s would both be called symbol"),
        ],
    ),
    "list with a place that is left out": Rule(
        KLINE,
        "row: [k.t, k.o,",
        "row: [k.t, null, k.o,",
        [
            ("»null,", "only the last places of a list can be null"),
        ],
    ),
    "nothing for a field": Rule(
        AGG_TRADE,
        "others: {E: T, s: <symbol>}",
        "others: {E: T}",
        [
            ("»others", "nothing says what s is: no key of the row, nor one of 'others'"),
        ],
    ),
    "nothing for any field": Rule(
        TRADE,
        "  others: {E: T, s: <symbol>}\n",
        "",
        [
            ("»row", "nothing says what E is: no key of the row, nor one of 'others'"),
            ("»row", "nothing says what s is: no key of the row, nor one of 'others'"),
        ],
    ),
    "others of no field": Rule(
        AGG_TRADE,
        "others: {E: T,",
        "others: {x: T, E: T,",
        [
            ("»x: ", "AggTrade has no key 'x'; allowed: E, s, a, p, q, f, l, T, m"),
        ],
    ),
    "others of the row's": Rule(
        AGG_TRADE,
        "others: {E: T,",
        "others: {p: q, E: T,",
        [
            ("»p: q", "p has its value from the row already"),
        ],
    ),
    "others of no key": Rule(
        AGG_TRADE,
        "others: {E: T,",
        "others: {E: X,",
        [
            ("»X, ", "E: no row has the key 'X'; allowed: a, p, q, f, l, T, m"),
        ],
    ),
    "others of another type": Rule(
        AGG_TRADE,
        "others: {E: T,",
        "others: {E: p,",
        [
            ("»p, s", "E: p is no timestamp"),
        ],
    ),
    "others of no parameter": Rule(
        AGG_TRADE,
        "s: <symbol>}\n",
        "s: <pair>}\n",
        [
            ("»<pair", "s: got '<pair>'; allowed: <symbol>"),
        ],
    ),
    "others of a parameter of another type": Rule(
        KLINE,
        "k.i: <interval>",
        "k.i: <symbol>",
        [
            ("»<symbol>, k.f", "k.i: <symbol> is no KlineInterval"),
        ],
    ),
    "number instead of a symbol": Rule(
        AGG_TRADE,
        "s: <symbol>}\n",
        "s: 5}\n",
        [
            (" »5}", "s: got 5; its type is symbol"),
        ],
    ),
    "truth instead of a time": Rule(
        AGG_TRADE,
        "others: {E: T,",
        "others: {E: true,",
        [
            ("»true, s", "E: got true; its type is timestamp"),
        ],
    ),
    "backfill without a sequence": Rule(
        TRADE,
        "sequence: {id: t, step: 1}\n",
        "",
        [
            (
                "»backfill",
                (
                    "only a stream with a sequence of its own has a backfill: missed events are "
                    "those that the sequence lacks"
                ),
            ),
        ],
    ),
    "page of a request below no address": Rule(
        AGG_TRADE,
        ("page: rest-api.md, anchor: compressedaggregate-trades-list, checked: 2026-07-21"),
        ("page: rest-api.md, anchor: compressedaggregate-trades-list, checked: 2026-13-21"),
        [
            ("»2026-13", "checked: there is no date 2026-13-21"),
        ],
    ),
    "answer without a key": Rule(
        TRADE,
        '"price": "4.00000100", "qty"',
        '"qty"',
        [
            ('»{"id', "missing key 'price' of TradeRow"),
        ],
    ),
    "answer with another key": Rule(
        TRADE,
        '"isBestMatch": true',
        '"isBestMatch": true, "new": 1',
        [
            (
                '»"new',
                (
                    "TradeRow has no key 'new'; declared: id, price, qty, quoteQty, time, "
                    "isBuyerMaker, isBestMatch"
                ),
            ),
        ],
    ),
    "answer of a shorter list": Rule(
        KLINE,
        ', "28.46694368", "0"]]',
        "]]",
        [
            (
                "»[1499040000000",
                (
                    "expected a list of open_time, open, high, low, close, base_volume, "
                    "close_time, quote_volume, trade_count, taker_buy_base_volume, "
                    "taker_buy_quote_volume, 11, got [1499040000000, '0.01634790', '0.80000000', "
                    "'0.01575800', '0…"
                ),
            ),
        ],
    ),
    "answer with fewer events": Rule(
        TRADE,
        '"isBuyerMaker": true, "isBestMatch": true}]',
        (
            '"isBuyerMaker": true, "isBestMatch": true},\n'
            '         {"id": 28458, "price": "4", "qty": "12", "quoteQty": "48",\n'
            '          "time": 1499865549590, "isBuyerMaker": true, "isBestMatch": true}]'
        ),
        [
            ("»- {", "events: got 1 of 2 rows"),
        ],
    ),
    "event with an ignored key": Rule(
        TRADE,
        '"T": 1499865549590, "m": true',
        '"T": 1499865549590, "m": true, "M": true',
        [
            (
                '1499865549590, "m": true, »"',
                "Trade has no key 'M'; declared: e, E, s, t, p, q, T, m",
            ),
        ],
    ),
    "struct with the name of rows": Rule(
        TRADE,
        "event: Trade\nstructs:\n  Trade:",
        "event: TradeRow\nstructs:\n  TradeRow:",
        [
            (
                "»backfill:",
                "the name TradeRow collides with TradeRow (spec/spot/streams/trade.yaml:14)",
            ),
        ],
    ),
}
