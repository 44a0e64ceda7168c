"""What the tests of drafts share: drafting anew what is there, and completing a draft by rote."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from codegen.draft.document import draft_stream
from codegen.draft.messages import Message, read_text
from codegen.draft.names import Markets
from codegen.load import read_readable
from codegen.read.markets import chosen_markets
from codegen.read.queries import reached, users
from codegen.read.spec_model import Field, Spec, Stream
from codegen.read.yaml_source import load
from tests.codegen.conftest import ROOT

_SPOT = (
    *("agg_trade", "all_mini_tickers", "all_tickers", "avg_price", "block_trade", "book_ticker"),
    *("diff_book_depth", "kline", "kline_timezone_offset", "mini_ticker", "partial_book_depth"),
    *("reference_price", "rolling_window_ticker", "rolling_window_ticker_all_symbols", "ticker"),
    *("trade", "user_data"),
)
_SPOT_ALONE = ("avg_price", "block_trade", "kline_timezone_offset", "reference_price")
# Those that the shares of right guesses were counted with; a stream that is added changes none.
STREAMS = [
    *(("spot", key) for key in _SPOT),
    *(("binance_us", key) for key in _SPOT if key not in _SPOT_ALONE),
]


@cache
def specs() -> dict[str, Spec]:
    """The markets of this tree, with these streams."""
    schemas = ROOT / "spec" / "schema"
    return {
        market.name: _pinned(market.name, read_readable(market, schemas))
        for market in chosen_markets(ROOT, ["spot", "binance_us"])
    }


def _pinned(market: str, spec: Spec) -> Spec:
    spec.streams = [stream for stream in spec.streams if (market, stream.key) in STREAMS]
    files = {stream.place.document.file for stream in spec.streams}
    spec.structs = {
        name: struct
        for name, struct in spec.structs.items()
        if "/streams/" not in struct.place.document.file or struct.place.document.file in files
    }
    return spec


def markets_without(market: str, stream: Stream, others: bool = True) -> Markets:
    """The markets as they were before one stream was added to one of them."""
    spec = specs()[market]
    own = copy.copy(spec)
    own.streams = [each for each in spec.streams if each is not stream]
    gone = [
        name
        for name in reached(spec, stream.events)
        if all(user is stream for user in users(spec, name))
    ]
    own.structs = {name: each for name, each in spec.structs.items() if name not in gone}
    rest = {name: each for name, each in specs().items() if name != market}
    return Markets(market, own, rest if others else {})


def new_market() -> Markets:
    """A market that has nothing yet."""
    return Markets("usdm_futures", Spec(), {"spot": specs()["spot"]})


def draft(markets: Markets, messages: list[Message]) -> str:
    """The file of a stream, as it is drafted."""
    return draft_stream(markets, messages, "../stream.schema.json", "2026-11-26").content


def drafted_from(text: str, name: str, markets: Markets | None = None) -> str:
    """The file of a stream of which a text has messages."""
    messages = [
        Message(message.stream or name, message.payload, message.comments)
        for message in read_text(text, "messages")
    ]
    return draft(markets or new_market(), messages)


def read(content: str) -> dict[str, Any]:
    """The data of a draft."""
    document = load(content.encode(), "draft.yaml")
    assert document.problems == [], content
    data: dict[str, Any] = document.data
    return data


def lines_of(content: str, key: str) -> str:
    """The line of a key, whose indentation is that of a field."""
    found = re.search(rf'^ {{6}}"?{re.escape(key)}"?: .*$', content, re.MULTILINE)
    assert found is not None, content
    return found[0]


@dataclass(frozen=True)
class Compared:
    """A field as it was, and as it is drafted, with its line."""

    field: Field
    given: dict[str, Any]
    line: str

    @property
    def has_name(self) -> bool:
        # What one market ignores has a name in another one.
        return self.field.ignored or self.field.name == self.given.get("name")

    @property
    def has_type(self) -> bool:
        given = self.given.get("type", "")
        is_list = isinstance(given, dict)
        type = given["list"] if is_list else given
        is_constant = self.field.constant is not None
        return is_list == self.field.is_list and (type == self.field.type or is_constant)


def compared(market: str, stream: Stream, others: bool = True) -> Iterator[Compared]:
    """Draft a stream anew from its examples, and compare each field; others are reused whole."""
    spec = specs()[market]
    first = stream.examples[0].stream
    messages = [
        Message(each.stream, each.payload)
        for each in stream.examples
        if others or each.stream == first
    ]
    content = draft(markets_without(market, stream, others), messages)
    made = read(content).get("structs", {})
    for name, struct in made.items():
        known = _counterpart(spec, stream, struct["fields"])
        for field in () if known is None else known:
            if field.key in struct["fields"]:
                given = struct["fields"][field.key]
                start = content.index(f"\n  {name}:")
                yield Compared(field, given, lines_of(content[start:], field.key))


def _counterpart(spec: Spec, stream: Stream, fields: dict[str, Any]) -> tuple[Field, ...] | None:
    """The fields of the struct that was drafted: the one that has all its keys, and its event."""
    constant = fields.get("e", {}).get("constant")
    found = []
    for name in reached(spec, stream.events):
        known = {field.key: field for field in spec.structs[name].fields}
        is_event = "e" not in known or known["e"].constant == constant
        if not spec.structs[name].is_array and fields.keys() <= known.keys() and is_event:
            found.append(spec.structs[name].fields)
    return min(found, key=len, default=None)


def completed(content: str) -> str:
    """A draft with everything written that a person has to, by rote."""
    lines = []
    for number, line in enumerate(content.splitlines()):
        line = re.sub(r"\s*# TODO.*$", "", line)
        line = re.sub(r"\b(name: )TODO", rf"\1field_{number}", line)
        line = re.sub(r"\b((list|type): )TODO", r"\1text", line)
        line = re.sub(r'"TODO: [^"]*https address[^"]*"', "https://example.com/page", line)
        line = re.sub(r'"TODO: real-time, .*"', "real-time", line)
        line = line.replace("TODO: the market's name, such as ", "")
        line = re.sub(r'"TODO(?:: ([^"]*))?"|\bTODO\b', r'"Written: \1."', line)
        lines.append(line)
    return "\n".join(lines) + "\n"
