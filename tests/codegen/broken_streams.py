"""Specs of streams whose parts do not fit together."""

from __future__ import annotations

from tests.codegen.rule import DEPTH, KLINE, TRADE, USER, Rule

RULES = {
    "placeholder without a parameter": Rule(
        TRADE,
        "name: <symbol>@trade\n",
        "name: <symbol>@trade_<day>\n",
        [
            ("»<symbol", ("<day> has no parameter; declared: symbol")),
        ],
    ),
    "placeholder that does not end": Rule(
        TRADE,
        "name: <symbol>@trade\n",
        "name: <symbol>@trade<\n",
        [
            ("»<symbol", ("the brackets of a <parameter> do not match")),
        ],
    ),
    "parameter without a placeholder": Rule(
        KLINE,
        "name: <symbol>@kline_<interval>",
        "name: <symbol>@kline",
        [
            (
                "»interval: {type:",
                ("the parameter interval is in the stream's name 0 times; write <interval> once"),
            ),
        ],
    ),
    "parameter with type and choices": Rule(
        DEPTH,
        "level: {choices",
        "level: {type: symbol, choices",
        [
            ("»level: {type:", ("exactly one of 'type' and 'choices' is expected")),
        ],
    ),
    "values written alike": Rule(
        DEPTH,
        '100: "@100ms"}',
        '100: ""}',
        [
            ("»choices: {1000:", ("two values are written alike")),
        ],
    ),
    "two choices that build one name": Rule(
        DEPTH,
        "level: {choices: [5, 10, 20], default: 5",
        'level: {choices: {5: "5", 10: "5@100ms", 20: "20"}, default: 5',
        [
            (
                "»<symbol>@depth",
                (
                    "'a@depth5@100ms' can be read in two ways, as symbol 'a', level '5', speed "
                    "'@100ms' and as symbol 'a', level '5@100ms', speed '': between the two must "
                    "be what neither can hold"
                ),
            ),
        ],
    ),
    "more names than can be tried": Rule(
        DEPTH,
        "level: {choices: [5, 10, 20], default: 5",
        f"level: {{choices: {list(range(5, 2100))}, default: 5",
        [
            ("»<symbol>@depth", ("the choices of its parameters build more than 4096 names")),
        ],
    ),
    "two symbols without a text between": Rule(
        TRADE,
        "name: <symbol>@trade\nparameters:\n",
        "name: <symbol><quote>@trade\nparameters:\n  quote: {type: symbol, description: Asset.}\n",
        [
            (
                "»<symbol><quote>",
                (
                    "'aaa@trade' can be read in two ways, as symbol 'a', quote 'aa' and as symbol "
                    "'aa', quote 'a': between the two must be what neither can hold"
                ),
            ),
        ],
    ),
    "default that is no choice": Rule(
        DEPTH,
        "default: 5",
        "default: 7",
        [
            ("»7,", ("default: got 7; allowed: 5, 10, 20")),
        ],
    ),
    "parameter without default after one with": Rule(
        DEPTH,
        "default: 1000, ",
        "",
        [
            (
                "»speed: {choices:",
                ("the parameter speed needs a default, as one before it has one"),
            ),
        ],
    ),
    "speed by what is no parameter": Rule(
        KLINE,
        "by: interval",
        "by: period",
        [
            ("»period", ("by: there is no parameter 'period' with choices; allowed: interval")),
        ],
    ),
    "speed for what is no choice": Rule(
        KLINE,
        "1s: 1000ms",
        "2s: 1000ms",
        [
            (
                "»2s:",
                (
                    "interval cannot be '2s'; allowed: 1s, 1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 6h, "
                    "8h, 12h, 1d, 3d, 1w, 1M"
                ),
            ),
        ],
    ),
    "speed that is none": Rule(
        TRADE,
        "update_speed: real-time",
        "update_speed: fast",
        [
            (
                "»fast",
                (
                    "update_speed: got 'fast'; allowed: real-time, or a duration such as 100ms, "
                    "1s or 3m"
                ),
            ),
        ],
    ),
    "speed without a unit": Rule(
        TRADE,
        "update_speed: real-time",
        "update_speed: 1000",
        [
            (
                "»1000",
                (
                    "update_speed: expected a text or a mapping, got 1000; allowed: real-time, or "
                    "a duration such as 100ms, 1s or 3m"
                ),
            ),
        ],
    ),
    "speed with a fraction": Rule(
        TRADE,
        "update_speed: real-time",
        "update_speed: 0.5s",
        [
            (
                "»0.5s",
                (
                    "update_speed: got '0.5s'; allowed: real-time, or a duration such as 100ms, 1s "
                    "or 3m"
                ),
            ),
        ],
    ),
    "value without a speed": Rule(
        DEPTH,
        "update_speed: {by: speed, 100: 100ms, others: 1000ms}",
        "update_speed: {by: speed, 100: 100ms}",
        [
            ("»update_speed:", ("missing key 'others': the speed if speed is 1000")),
        ],
    ),
    "file called otherwise": Rule(
        TRADE,
        "stream: trade\n",
        "stream: trades\n",
        [
            ("»trades", ("stream: got 'trades', but the file is called trade.yaml")),
        ],
    ),
    "date that is none": Rule(
        TRADE,
        "checked: 2026-07-21",
        "checked: 2026-02-30",
        [
            ("»2026", ("checked: there is no date 2026-02-30")),
        ],
    ),
    "text for a date": Rule(
        TRADE,
        "checked: 2026-07-21",
        "checked: today",
        [
            ("»today", ("checked: got 'today'; allowed: a date such as 2026-07-21")),
        ],
    ),
    "retired without use": Rule(
        "streams/all_tickers.yaml",
        ", use: <symbol>@ticker or !miniTicker@arr",
        "",
        [
            ("»lifecycle:", ("a retired stream needs 'use': what to use instead")),
        ],
    ),
    "retired before deprecated": Rule(
        "streams/all_tickers.yaml",
        "retired: 2026-03-26",
        "retired: 2025-03-26",
        [
            ("»lifecycle:", ("since, deprecated, retired: the dates run backwards")),
        ],
    ),
    "event and events": Rule(
        TRADE,
        "event: Trade\n",
        "event: Trade\nevents: [Trade, Ticker]\n",
        [
            ("»events:", ("exactly one of 'event' and 'events' is expected")),
        ],
    ),
    "neither event nor events": Rule(
        TRADE,
        "event: Trade\n",
        "",
        [
            ("»stream: trade", ("exactly one of 'event' and 'events' is expected")),
        ],
    ),
    "events of the same type": Rule(
        USER,
        "constant: listenKeyExpired,",
        "constant: listStatus,",
        [
            (
                "  - »ListenKeyExpired",
                ("ListenKeyExpired and ListStatus have the same event type 'listStatus'"),
            ),
        ],
    ),
    "event that nothing distinguishes": Rule(
        USER,
        "e: {name: event_type, constant: listenKeyExpired,",
        "e: {name: event_type, type: text,",
        [
            (
                "  - »ListenKeyExpired",
                (
                    "ListenKeyExpired has no constant 'e' called event_type, which distinguishes "
                    "several events"
                ),
            ),
        ],
    ),
    "sequence of an unknown key": Rule(
        TRADE,
        "{id: t, step: 1}",
        "{id: x, step: 1}",
        [
            ("»x,", ("Trade has no key 'x'; allowed: E, t, T")),
        ],
    ),
    "sequence of a price": Rule(
        TRADE,
        "{id: t, step: 1}",
        "{monotonic: p}",
        [
            ("»p}", ("the key 'p' is no id or timestamp that is always there; allowed: E, t, T")),
        ],
    ),
    "sequence of no known form": Rule(
        TRADE,
        "{id: t, step: 1}",
        "{id: t, first: t}",
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
    "sequence of a list": Rule(
        "streams/all_tickers.yaml",
        "shape: array",
        "shape: array\nsequence: {monotonic: E}",
        [
            ("»sequence:", ("only a stream of single events of one kind has a sequence")),
        ],
    ),
    "parameter that every method has": Rule(
        "streams/rolling_window_ticker_all_symbols.yaml",
        "  windowSize: {type",
        "  id: {type",
        [
            ('»"!ticker_<windowSize', ("<windowSize> has no parameter; declared: id")),
            ("»id: {type:", ("the name id is reserved: every method has it already")),
            ("»id: {type:", ("the parameter id is in the stream's name 0 times; write <id> once")),
        ],
    ),
    "streams of one method that cannot be distinguished": Rule(
        TRADE,
        "method: trade\n",
        "method: agg_trade\n",
        [
            (
                "»agg_trade",
                (
                    "the method agg_trade of agg_trade and trade cannot be distinguished: one must "
                    "have exactly one parameter more, without a default, and the others must be the"
                    " same with defaults"
                ),
            ),
        ],
    ),
    "separator that may be within the symbol": Rule(
        TRADE,
        "name: <symbol>@trade\nparameters:\n",
        "name: <symbol>_<quote>@trade\nparameters:\n"
        "  quote: {type: text, pattern: '[a-z_]+', example: btc, description: Asset.}\n",
        [
            (
                "»<symbol>_<quote>",
                (
                    "'a__a@trade' can be read in two ways, as symbol 'a', quote '_a' and as symbol "
                    "'a_', quote 'a': between the two must be what neither can hold"
                ),
            ),
        ],
    ),
    "text without a pattern": Rule(
        TRADE,
        "symbol: {type: symbol,",
        "symbol: {type: text, example: bnbbtc,",
        [
            ("  »symbol: {type: text", ("missing key 'pattern': a text says what is allowed")),
        ],
    ),
    "text without an example": Rule(
        TRADE,
        "symbol: {type: symbol,",
        "symbol: {type: text, pattern: '[a-z]+',",
        [
            ("  »symbol: {type: text", ("missing key 'example': a text says what is allowed")),
        ],
    ),
    "pattern that lets everything in": Rule(
        TRADE,
        "symbol: {type: symbol,",
        "symbol: {type: text, pattern: '[a-z]+.*', example: bnbbtc,",
        [
            (
                "»'[a-z]+.*'",
                (
                    "pattern: got '[a-z]+.*'; at character 7: '.' is every character, also '/' and "
                    "'@'; name those that are allowed, such as [A-Za-z0-9], and write a dot as "
                    "'\\.'"
                ),
            ),
        ],
    ),
    "example that the pattern does not match": Rule(
        TRADE,
        "symbol: {type: symbol,",
        "symbol: {type: text, pattern: '[a-z]+', example: BNBBTC,",
        [
            ("example: »BNBBTC", ("example: got 'BNBBTC'; allowed: what '[a-z]+' matches")),
        ],
    ),
    "pattern of a symbol": Rule(
        TRADE,
        "symbol: {type: symbol,",
        "symbol: {type: symbol, pattern: '[a-z]+',",
        [
            ("»pattern", ("only a parameter of the type text has 'pattern'")),
        ],
    ),
    "two streams of one name": Rule(
        TRADE,
        "name: <symbol>@trade\n",
        "name: <symbol>@aggTrade\n",
        [
            ("»<symbol", ("'a@aggTrade' is a name of the stream agg_trade, too")),
            (
                "»bnbbtc@trade",
                ("stream: got 'bnbbtc@trade', but the parameters build 'bnbbtc@aggTrade'"),
            ),
        ],
    ),
}
