"""Specs whose sequences are of no use, or that their own examples contradict."""

from __future__ import annotations

from tests.codegen.rule import TRADE, Rule

DEPTH = "streams/diff_book_depth.yaml"
TICKER = "streams/book_ticker.yaml"
LAST = '"m": true, "M": true}'
SECOND = """
  - id: second
    stream: bnbbtc@trade
    parameters: {symbol: bnbbtc}
    payload:
      {"e": "trade", "E": 1672515782136, "s": "BNBBTC", "t": %s, "p": "0.001", "q": "100",
       "T": 1672515782136, "m": true, "M": true}"""
UPDATE = """
  - id: second
    stream: bnbbtc@depth
    parameters: {symbol: bnbbtc, speed: 1000}
    payload:
      {"e": "depthUpdate", "E": 1672515782136, "s": "BNBBTC", "U": 160, "u": 170,
       "b": [], "a": []}"""

RULES = {
    "sequence per a number": Rule(
        TRADE,
        "sequence: {id: t, step: 1}",
        "sequence: {id: t, step: 1, per: p}",
        [
            (
                "per: »p",
                ("the key 'p' is no symbol, text, id or word that is always there; allowed: s, t"),
            ),
        ],
    ),
    "sequence per a key that is not there": Rule(
        TRADE,
        "sequence: {id: t, step: 1}",
        "sequence: {id: t, step: 1, per: x}",
        [
            ("per: »x", ("Trade has no key 'x'; allowed: s, t")),
        ],
    ),
    "sequence of nothing per symbol": Rule(
        TRADE,
        "sequence: {id: t, step: 1}",
        "sequence: {per: s}",
        [
            (
                "»sequence:",
                (
                    "sequence: expected {id, step}, {first, last, previous} or {monotonic, "
                    "repeats}, each also with per"
                ),
            ),
        ],
    ),
    "previous without the rest": Rule(
        TRADE,
        "sequence: {id: t, step: 1}",
        "sequence: {previous: t}",
        [
            (
                "»sequence:",
                (
                    "sequence: expected {id, step}, {first, last, previous} or {monotonic, "
                    "repeats}, each also with per"
                ),
            ),
        ],
    ),
    "sequence of all symbols together": Rule(
        TICKER,
        "name: <symbol>@bookTicker\nparameters:\n"
        '  symbol: {type: symbol, description: "The trading pair, in either case."}\n',
        'name: "!bookTicker"\n',
        [
            (
                "»sequence:",
                (
                    "a stream of all symbols has a sequence for each of them: say by which key, "
                    "such as {..., per: s}"
                ),
            ),
            (
                "stream: »bnbusdt@bookTicker",
                ("stream: got 'bnbusdt@bookTicker', but the parameters build '!bookTicker'"),
            ),
            ("»symbol: bnbusdt", ("there is no parameter 'symbol'; declared: none")),
        ],
    ),
    "sequence of another symbol": Rule(
        TRADE,
        '"s": "BNBBTC"',
        '"s": "ETHBTC"',
        [
            (
                '»"ETHBTC"',
                (
                    "s: 'ETHBTC' is none of the parameters; if the stream has several symbols, the "
                    "sequence must say by which key, such as {..., per: s}"
                ),
            ),
        ],
    ),
    "example whose last id is below its first": Rule(
        DEPTH,
        '"U": 161, "u": 163',
        '"U": 161, "u": 150',
        [
            (
                '"U": »161',
                ("U: got 161, but u is 150; the sequence says that U is first and u is last"),
            ),
        ],
    ),
    "example whose previous id is not below its first": Rule(
        DEPTH,
        "sequence: {first: U, last: u}",
        "sequence: {first: u, last: E, previous: u}",
        [
            (
                '"u": »160',
                ("u: got 160, but u is 160; the sequence says that u is previous and u is first"),
            ),
            (
                '"u": »163',
                ("u: got 163, but u is 163; the sequence says that u is previous and u is first"),
            ),
        ],
    ),
    "example whose id is below the one before": Rule(
        TRADE,
        LAST,
        LAST + SECOND % 12344,
        [
            (
                '"t": »12344',
                (
                    "t: got 12344 after 12345 in an example above; the sequence says that it never "
                    "falls"
                ),
            ),
        ],
    ),
    "example whose ids overlap": Rule(
        DEPTH,
        '       "b": [["0.0024", "10"]], "a": [["0.0026", "100"]]}',
        '       "b": [["0.0024", "10"]], "a": [["0.0026", "100"]]}' + UPDATE,
        [
            (
                '"U": »160',
                (
                    "U: got 160 after 157 in an example above; the sequence says that it is at "
                    "least 161 after an event whose u is 160"
                ),
            ),
        ],
    ),
}
