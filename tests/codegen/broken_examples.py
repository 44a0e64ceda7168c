"""Specs whose examples are not what is declared."""

from __future__ import annotations

from tests.codegen.rule import DEPTH, KLINE, TRADE, USER, Rule

RULES = {
    "example with a missing key": Rule(
        TRADE,
        '"q": "100",',
        "",
        [
            ('»{"e', ("missing key 'q' of Trade")),
        ],
    ),
    "example with a key too many": Rule(
        TRADE,
        '"q": "100",',
        '"q": "100", "z": 1,',
        [
            ('»"z', ("Trade has no key 'z'; declared: e, E, s, t, p, q, T, m, M, b, a")),
        ],
    ),
    "example with a number for a decimal": Rule(
        TRADE,
        '"q": "100",',
        '"q": 100,',
        [
            (
                "»100",
                (
                    "q: expected a decimal number in quotes, got 100; the type of a number without "
                    "quotes is number"
                ),
            ),
        ],
    ),
    "example with a fraction for a decimal": Rule(
        TRADE,
        '"q": "100",',
        '"q": 0.10,',
        [
            (
                "»0.10",
                (
                    "q: expected a decimal number in quotes, got 0.10; the type of a number "
                    "without quotes is number"
                ),
            ),
        ],
    ),
    "example with an empty text for a decimal": Rule(
        TRADE,
        '"q": "100",',
        '"q": "",',
        [
            (
                '»"",',
                (
                    "q: expected a decimal number in quotes, got ''; one that may be an empty text "
                    "is 'empty: true'"
                ),
            ),
        ],
    ),
    "example with a fraction for an id": Rule(
        TRADE,
        '"t": 12345,',
        '"t": 12345.5,',
        [
            (
                "»12345.5",
                (
                    "t: expected a whole number (id), got 12345.5; the type of a number with a "
                    "fraction is number"
                ),
            ),
        ],
    ),
    "example with a number in quotes": Rule(
        TRADE,
        "q: {name: quantity, type: decimal,",
        "q: {name: quantity, type: number,",
        [
            (
                '»"100"',
                (
                    "q: expected a number without quotes, got '100'; the type of a number in "
                    "quotes is decimal"
                ),
            ),
        ],
    ),
    "example with a text for an id": Rule(
        TRADE,
        '"t": 12345,',
        '"t": "12345",',
        [
            (
                '»"12345',
                (
                    "t: expected a whole number (id), got '12345'; a number in quotes is a "
                    "decimal, or a text if it names something"
                ),
            ),
        ],
    ),
    "example with a number for a flag": Rule(
        TRADE,
        '"m": true,',
        '"m": 1,',
        [
            ("»1,", ("m: expected true or false, got 1")),
        ],
    ),
    "example with null": Rule(
        TRADE,
        '"s": "BNBBTC"',
        '"s": null',
        [
            ("»null", ("s: expected a text (symbol), got null")),
        ],
    ),
    "example that is wrong deep inside": Rule(
        DEPTH,
        '["0.0027", "3"]',
        '["0.0027", 3]',
        [
            (
                "»3]",
                (
                    "quantity: expected a decimal number in quotes, got 3; the type of a number "
                    "without quotes is number"
                ),
            ),
        ],
    ),
    "example with a short level": Rule(
        DEPTH,
        '["0.0027", "3"]',
        '["0.0027"]',
        [
            ('»["0.0027', ("expected a list of price, quantity, got ['0.0027']")),
        ],
    ),
    "example with a foreign constant": Rule(
        TRADE,
        '"e": "trade"',
        '"e": "aggTrade"',
        [
            ('»"aggTrade', ("e: got 'aggTrade'; allowed: trade")),
        ],
    ),
    "example with the constant of another parameter": Rule(
        "streams/rolling_window_ticker.yaml",
        '"e": "1dTicker"',
        '"e": "4hTicker"',
        [
            ('»"4hTicker', ("e: got '4hTicker'; allowed: 1dTicker")),
        ],
    ),
    "example with a foreign choice": Rule(
        "streams/kline_timezone_offset.yaml",
        '"i": "1m"',
        '"i": "2m"',
        [
            (
                '»"2m',
                (
                    "i: expected one of 1s, 1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 6h, 8h, 12h, 1d, 3d, "
                    "1w, 1M, got '2m'"
                ),
            ),
        ],
    ),
    "example of another name": Rule(
        TRADE,
        "stream: bnbbtc@trade",
        "stream: bnbbtc@trades",
        [
            (
                "»bnbbtc@trades",
                ("stream: got 'bnbbtc@trades', but the parameters build 'bnbbtc@trade'"),
            ),
        ],
    ),
    "example in upper case": Rule(
        TRADE,
        "stream: bnbbtc@trade",
        "stream: BNBBTC@trade",
        [
            (
                "»BNBBTC@trade",
                (
                    "stream: got 'BNBBTC@trade', but the parameters build 'bnbbtc@trade'; a symbol "
                    "is sent in lower case, a text as its 'case' says"
                ),
            ),
        ],
    ),
    "example with a bad argument": Rule(
        KLINE,
        "stream: belbtc@kline_1m\n    parameters: {symbol: belbtc, interval: 1m}",
        "stream: belbtc@kline_1m\n    parameters: {symbol: bel/btc, interval: 2m}",
        [
            ("»bel/btc", ("'bel/btc' is no symbol")),
            (
                "»2m",
                (
                    "interval: got '2m'; allowed: 1s, 1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 6h, 8h, "
                    "12h, 1d, 3d, 1w, 1M"
                ),
            ),
        ],
    ),
    "example with a text that the pattern does not match": Rule(
        TRADE,
        "symbol: {type: symbol,",
        "symbol: {type: text, pattern: '[a-z]{2,5}', example: bnb,",
        [
            ("{symbol: »bnbbtc}", ("symbol: got 'bnbbtc'; allowed: what '[a-z]{2,5}' matches")),
        ],
    ),
    "example whose payload is a text": Rule(
        TRADE,
        '{"e": "trade", "E": 1672515782136, "s": "BNBBTC", "t": 12345, "p": "0.001", "q": "100",\n'
        '       "T": 1672515782136, "m": true, "M": true}',
        """'{"e": "trade"}'""",
        [
            (
                "»'{",
                (
                    'payload: expected a mapping or a list, got the text \'{"e": "trade"}\'; write '
                    "the JSON itself, without quotes and without '|'"
                ),
            ),
        ],
    ),
    "example with a number for a text": Rule(
        TRADE,
        "parameters: {symbol: bnbbtc}",
        "parameters: {symbol: 220930}",
        [
            ("»220930", ("220930 is no symbol; a text of digits needs quotes")),
        ],
    ),
    "example with an unknown argument": Rule(
        TRADE,
        "parameters: {symbol: bnbbtc}",
        "parameters: {symbol: bnbbtc, day: x}",
        [
            ("»day:", ("there is no parameter 'day'; declared: symbol")),
        ],
    ),
    "parameter in no example": Rule(
        TRADE,
        "    parameters: {symbol: bnbbtc}\n",
        "",
        [
            ("»symbol:", ("the parameter symbol is in no example")),
            ("»id: documented", ("missing parameter 'symbol'")),
        ],
    ),
    "examples of one name": Rule(
        KLINE,
        "id: without_trades",
        "id: documented",
        [
            ("»documented\n    stream: belbtc", ("id: two examples are called documented")),
        ],
    ),
    "example that is no list": Rule(
        "streams/all_mini_tickers.yaml",
        "shape: array\n",
        "",
        [
            (
                "»[",
                (
                    "expected an object (MiniTicker), got [{'e': '24hrMiniTicker', 'E': "
                    "1592594715455, 's': 'ETHBTC', …"
                ),
            ),
        ],
    ),
    "example with a list for a choice": Rule(
        KLINE,
        '"i": "1m", "f": 100,',
        '"i": [1m], "f": {},',
        [
            (
                "»[1m]",
                (
                    "i: expected one of 1s, 1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 6h, 8h, 12h, 1d, "
                    "3d, 1w, 1M, got ['1m']"
                ),
            ),
            ("»{},", ("f: expected a whole number (id), got {}")),
        ],
    ),
    "example with a list for the event type": Rule(
        USER,
        '{"e": "balanceUpdate",',
        '{"e": ["balanceUpdate"],',
        [
            ("  - »BalanceUpdate", ("BalanceUpdate is in no example")),
            (
                '»["balanceUpdate"]',
                (
                    "e: got ['balanceUpdate']; allowed: executionReport, outboundAccountPosition, "
                    "balanceUpdate, listStatus, externalLockUpdate, eventStreamTerminated, "
                    "listenKeyExpired, outboundAccountInfo"
                ),
            ),
        ],
    ),
}
