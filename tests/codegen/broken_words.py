"""Specs whose structure, names or types are broken."""

from __future__ import annotations

from tests.codegen.rule import KLINE, TRADE, USER, Rule

RULES = {
    "unknown key": Rule(
        TRADE,
        "title: Trade",
        "titel: x\ntitle: Trade",
        [
            (
                "»titel:",
                (
                    "unknown key 'titel'; allowed: stream, title, summary, source, lifecycle, "
                    "category, method, name, parameters, update_speed, sequence, state, shape, "
                    "event, events, structs, examples, backfill"
                ),
            ),
        ],
    ),
    "unknown key of a field": Rule(
        TRADE,
        "{name: price, type: decimal,",
        "{name: price, typ: decimal,",
        [
            (
                "»typ:",
                (
                    "unknown key 'typ'; allowed: name, type, constant, nullable, optional, empty,"
                    " ignored, description"
                ),
            ),
        ],
    ),
    "duplicate key": Rule(
        TRADE,
        "method: trade\n",
        "method: trade\nmethod: trades\n",
        [
            ("»method: trades", ("duplicate key 'method'; first in line 6")),
        ],
    ),
    "missing key": Rule(
        TRADE,
        "title: Trade Streams\n",
        "",
        [
            ("»stream: trade", ("missing key 'title'")),
        ],
    ),
    "wrong type": Rule(
        TRADE,
        "title: Trade Streams",
        "title: [Trade Streams]",
        [
            ("»[Trade", ("title: expected a text, got a list")),
        ],
    ),
    "number for a text": Rule(
        TRADE,
        "title: Trade Streams",
        "title: 5",
        [
            ("title: »5", ("title: expected a text, got 5")),
        ],
    ),
    "text for a flag": Rule(
        TRADE,
        "M: {ignored: true",
        "M: {ignored: yes",
        [
            ("»yes", ("ignored: expected true or false, got the text 'yes'")),
        ],
    ),
    "fraction for a whole number": Rule(
        TRADE,
        "step: 1",
        "step: 1.0",
        [
            ("»1.0", ("step: expected a whole number, got the text '1.0'")),
        ],
    ),
    "value that is not listed": Rule(
        USER,
        "category: user",
        "category: private",
        [
            ("»private", ("category: got 'private'; allowed: market, user")),
        ],
    ),
    "empty text": Rule(
        TRADE,
        "title: Trade Streams",
        'title: ""',
        [
            ('»""', ("title: the text is empty")),
        ],
    ),
    "type that does not exist": Rule(
        "streams/avg_price.yaml",
        "average_price, type: decimal",
        "average_price, type: digits",
        [
            (
                "»digits",
                (
                    "there is no type 'digits'; allowed: decimal, number, timestamp, id, count, "
                    "bool, symbol, text, or a name declared under choices, enums or structs"
                ),
            ),
        ],
    ),
    "parameter type that does not exist": Rule(
        KLINE,
        "type: KlineInterval",
        "type: Interval",
        [
            (
                "»Interval",
                (
                    "there is no parameter type 'Interval'; allowed: symbol, text, listen_key, or "
                    "a name under choices in types.yaml, such as KlineInterval"
                ),
            ),
        ],
    ),
    "event that does not exist": Rule(
        "streams/ticker.yaml",
        "event: Ticker",
        "event: Tick",
        [
            (
                "event: »Tick",
                (
                    "there is no struct 'Tick'; allowed: a name declared under structs, here or in "
                    "types.yaml, such as Ticker, MiniTicker, BookTicker"
                ),
            ),
        ],
    ),
    "struct that holds itself": Rule(
        "types.yaml",
        "{name: kline, type: Kline, ",
        "{name: kline, type: KlineEvent, ",
        [
            ("»KlineEvent:", ("the struct KlineEvent holds itself")),
        ],
    ),
    "optional and nullable": Rule(
        "streams/reference_price.yaml",
        "nullable: true",
        "nullable: true, optional: true",
        [
            ("»optional:", ("a field cannot be both optional and nullable")),
        ],
    ),
    "optional and empty": Rule(
        TRADE,
        "p: {name: price, type: decimal,",
        "p: {name: price, type: decimal, empty: true, optional: true,",
        [
            ("empty: true, »optional:", ("a field cannot be both optional and empty")),
        ],
    ),
    "empty text that is no decimal": Rule(
        TRADE,
        "s: {name: symbol, type: symbol,",
        "s: {name: symbol, type: symbol, empty: true,",
        [
            ("»empty:", ("only a decimal can be empty")),
        ],
    ),
    "type and constant": Rule(
        TRADE,
        "constant: trade",
        "type: text, constant: trade",
        [
            ("»type: text", ("a field has either a type or a constant")),
        ],
    ),
    "neither type nor constant": Rule(
        TRADE,
        "constant: trade, ",
        "",
        [
            ("»e: {name:", ("missing key 'type' (or 'constant')")),
        ],
    ),
    "field without a name": Rule(
        TRADE,
        "{name: trade_time, ",
        "{",
        [
            ("»T:", ("missing key 'name'")),
        ],
    ),
    "ignored field with a name": Rule(
        TRADE,
        "M: {ignored: true",
        "M: {name: ignore, ignored: true",
        [
            ("»name: ignore", ("an ignored field has no 'name'")),
        ],
    ),
    "constant with an unknown parameter": Rule(
        "types.yaml",
        "constant: <windowSize>Ticker",
        "constant: <size>Ticker",
        [
            ("»<size", ("<size> is no parameter with choices of a stream that has it")),
        ],
    ),
    "struct that nobody uses": Rule(
        "types.yaml",
        "structs:\n",
        "structs:\n  Spare:\n    summary: Nothing.\n    fields:\n"
        "      a: {name: a, type: id, description: Nothing.}\n",
        [
            ("»Spare:", ("Spare is used by no stream")),
        ],
    ),
    "set that nobody uses": Rule(
        "types.yaml",
        "  WindowSize:\n",
        "  Spare: {summary: Nothing., values: [a]}\n  WindowSize:\n",
        [
            ("»Spare:", ("Spare is used by no stream")),
        ],
    ),
    "word that is no name": Rule(
        "types.yaml",
        "BUY: The order buys.",
        "1BUY: The order buys.",
        [
            (
                "»1BUY",
                (
                    "the name '1BUY' is not a letter, then letters, digits and '_'; a field "
                    "of other words is a text"
                ),
            ),
        ],
    ),
    "list within a list": Rule(
        TRADE,
        "p: {name: price, type: decimal,",
        "p: {name: price, type: {list: {list: decimal}},",
        [
            (
                "{list: »{list: decimal}}",
                (
                    "list: expected a text, got a mapping; allowed: the name of a type; a list "
                    "within a list is a struct with 'array: true'"
                ),
            ),
        ],
    ),
    "words of one member": Rule(
        "types.yaml",
        "      BUY: The order buys.\n",
        "      BUY: The order buys.\n      buy: The same.\n",
        [
            ("»buy: The same.", ("buy and BUY would both be the member BUY")),
        ],
    ),
    "keyword as a field": Rule(
        TRADE,
        "name: price,",
        "name: from,",
        [
            ("»from", ("the name 'from' is a Python keyword")),
        ],
    ),
    "soft keyword as a field": Rule(
        TRADE,
        "name: price,",
        "name: match,",
        [
            ("»match", ("the name 'match' is a Python keyword")),
        ],
    ),
    "dunder as a field": Rule(
        TRADE,
        "name: price,",
        "name: __import__,",
        [
            (
                "»__import__",
                (
                    "name: got '__import__'; allowed: lower-case words joined by '_', such as "
                    "agg_trade"
                ),
            ),
        ],
    ),
    "field called as what structs are made with": Rule(
        TRADE,
        "name: price,",
        "name: field,",
        [
            (
                "»field,",
                ("the name field is reserved: generated structs use it for something else"),
            ),
        ],
    ),
    "fields that collide": Rule(
        TRADE,
        "name: quantity,",
        "name: price,",
        [
            (
                "»price, type: decimal, description: Quantity",
                ("the name price collides with the one of key 'p'"),
            ),
        ],
    ),
    "keyword as a method": Rule(
        TRADE,
        "method: trade\n",
        "method: import\n",
        [
            ("»import", ("the name 'import' is a Python keyword")),
        ],
    ),
    "method of the client": Rule(
        TRADE,
        "method: trade\n",
        "method: close\n",
        [
            ("»close", ("the method close collides with a member of the clients")),
        ],
    ),
    "method that the client's body needs": Rule(
        TRADE,
        "method: trade\n",
        "method: overload\n",
        [
            (
                "»overload",
                ("the name overload is reserved: the generated client uses it for itself"),
            ),
        ],
    ),
    "method that hides what annotations say": Rule(
        TRADE,
        "method: trade\n",
        "method: list\n",
        [
            ("»list", ("the name list is reserved: the generated client uses it for itself")),
        ],
    ),
    "parameter that is an option of every method": Rule(
        TRADE,
        "name: <symbol>@trade\nparameters:\n  symbol:",
        "name: <maxsize>@trade\nparameters:\n  maxsize:",
        [
            ("»maxsize: {", ("the name maxsize is reserved: every method has it already")),
            ("»maxsize: {", ("the parameter maxsize is in no example")),
            ("»parameters: {symbol: bnbbtc}", ("missing parameter 'maxsize'")),
            ("»symbol: bnbbtc", ("there is no parameter 'symbol'; declared: maxsize")),
        ],
    ),
    "text with a comma without quotes": Rule(
        TRADE,
        "description: Price.}",
        "description: Price, of course.}",
        [
            (
                "»of course.",
                (
                    "unknown key 'of course.'; allowed: name, type, constant, nullable, optional, "
                    "empty, ignored, description (a text with a comma inside {...} needs quotes)"
                ),
            ),
        ],
    ),
    "step that is too large": Rule(
        TRADE,
        "{id: t, step: 1}",
        "{id: t, step: 9999999999}",
        [
            ("»9999999999", ("step: got 9999999999; at most 1000000 expected")),
        ],
    ),
}
