"""Drafts of streams: what messages show is there, and what they do not is left to a person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from codegen.check.marks import MARK
from codegen.draft.document import draft_stream
from codegen.draft.messages import DraftError, Message
from codegen.draft.prose import description
from codegen.draft.text import flow, payload
from codegen.draft.words import MANY, Candidate
from codegen.read.spec_model import Stream
from codegen.read.yaml_source import load
from tests.codegen.conftest import ROOT, Tree, _reserved
from tests.codegen.drafts import (
    STREAMS,
    Compared,
    compared,
    completed,
    draft,
    drafted_from,
    lines_of,
    markets_without,
    new_market,
    read,
    specs,
)

FOREIGN = {
    "agg_trade.jsonl": "btcusdt@aggTrade",
    "all_force_orders.jsonl": "!forceOrder@arr",
    "asset_index.json": "!assetIndex@arr",
    "book_ticker.json": "bnbusdt@bookTicker",
    "composite_index.txt": "defiusdt@compositeIndex",
    "continuous_kline.txt": "btcusdt_perpetual@continuousKline_1m",
    "contract_info.txt": "!contractInfo",
    "depth.jsonl": "btcusdt@depth@500ms",
    "force_order.txt": "btcusdt@forceOrder",
    "index_price_kline.json": "btcusd@indexPriceKline_1m",
    "index_price.txt": "btcusd@indexPrice@1s",
    "mark_price.txt": "btcusdt@markPrice@1s",
    "open_interest.txt": "ETH@openInterest@221125",
    "option_pair.json": "option_pair",
    "option_ticker.txt": "BTC-220930-18000-C@ticker",
    "option_trade.txt": "BTC-200630-9000-P@trade",
    "order_trade_update.txt": "a1B2" * 16,
}


def foreign(file: str) -> str:
    """The draft of a stream of another market, of which the file has messages."""
    text = (ROOT / "tests" / "codegen" / "foreign_messages" / file).read_text(encoding="utf-8")
    return drafted_from(text, FOREIGN[file])


def all_compared(others: bool) -> Iterator[Compared]:
    for market, key in STREAMS:
        yield from compared(market, _stream(market, key), others)


@pytest.mark.parametrize(("market", "key"), STREAMS)
def test_a_stream_that_is_drafted_anew_has_the_same_keys(market: str, key: str) -> None:
    """Every key of its examples, the ignored ones included, and the same name and parameters."""
    stream = _stream(market, key)
    messages = [Message(example.stream, example.payload) for example in stream.examples]
    made = read(draft(markets_without(market, stream), messages))
    assert made["name"] == stream.name
    assert list(made.get("parameters", {})) == list(stream.parameters)
    assert made["examples"][0]["payload"] == stream.examples[0].payload
    for each, example in zip(made["examples"][:1], stream.examples, strict=False):
        assert each.get("parameters", {}) == {
            key: value.lower() if isinstance(value, str) and key == "symbol" else value
            for key, value in example.parameters.items()
        }


@pytest.mark.parametrize(
    ("others", "names", "types", "fields"),
    [
        # Of 195, 180 names and 187 types: most streams are in the other market as well.
        (True, 0.9, 0.95, 190),
        # Of 195, 105 names and 168 types: letters mean something else in every stream.
        (False, 0.5, 0.85, 190),
    ],
)
def test_most_fields_of_a_stream_that_is_drafted_anew_are_as_a_person_wrote_them(
    others: bool, names: float, types: float, fields: int
) -> None:
    found = list(all_compared(others))
    assert len(found) >= fields
    assert sum(each.has_name for each in found) >= names * len(found)
    assert sum(each.has_type for each in found) >= types * len(found)


def test_what_a_draft_guesses_wrong_is_left_to_a_person() -> None:
    """But for a trade's ID that looks like another trade's in every way."""
    wrong = [
        f"{each.field.place.document.file} {each.field.key}"
        for others in (True, False)
        for each in all_compared(others)
        if not each.has_name and MARK not in each.line
    ]
    assert set(wrong) == {"spec/spot/streams/block_trade.yaml t"}


@pytest.mark.parametrize("file", FOREIGN)
def test_a_draft_with_everything_written_has_no_problems(tree: Tree, file: str) -> None:
    """Of a stream of futures or options, added to another market."""
    made = foreign(file)
    key = read(made)["stream"]
    assert MARK in made
    tree.folder = tree.root / "spec" / "binance_us"
    for path in (tree.folder / "streams").iterdir():
        path.unlink()
    for name in ("types.yaml", "order_book.yaml"):
        (tree.folder / name).unlink(missing_ok=True)
    tree.add(f"streams/{key}.yaml", completed(made))
    assert tree.problems("binance_us") == []


def test_a_draft_as_it_is_has_nothing_but_what_is_left_to_a_person(tree: Tree) -> None:
    stream = _stream("spot", "avg_price")
    made = draft(markets_without("spot", stream), [_message(stream)])
    tree.add("streams/avg_price.yaml", made)
    assert tree.problems() != []
    assert all("still TODO" in problem for problem in tree.problems())
    assert len(tree.problems()) == made.count(MARK)


def _stream(market: str, key: str) -> Stream:
    return next(stream for stream in specs()[market].streams if stream.key == key)


def test_what_one_struct_says_of_a_field_does_not_replace_the_pages_comment() -> None:
    """What many say does."""
    field = next(field for field in specs()["spot"].structs["Trade"].fields if field.key == "E")
    said = [Candidate(field, f"Struct{number}", "spot", 1.0, False) for number in range(MANY)]
    assert description("Event time", said[0], said[:1]) == "Event time."
    assert description("Event time", said[0], said) == field.description


def test_names_and_descriptions_are_those_of_the_pages_comments() -> None:
    made = foreign("mark_price.txt")
    assert read(made)["structs"]["MarkPriceUpdate"]["fields"]["P"] == {
        "name": "estimated_settle_price",
        "type": "decimal",
        "description": "Estimated Settle Price, only useful in the last hour before the settlement "
        "starts.",
    }
    assert MARK not in lines_of(made, "T")


def test_a_page_that_says_something_else_than_similar_streams_is_followed_with_a_question() -> None:
    made = foreign("option_ticker.txt")
    assert lines_of(made, "v") == (
        "      v: {name: vega, type: decimal, description: Vega.}  # TODO: or base_volume as in "
        "Ticker?"
    )


def test_a_letter_that_means_several_things_is_a_question() -> None:
    made = drafted_from('{"e":"news","E":1562305380000,"s":"BTCUSDT","p":"1.5"}', "btcusdt@news")
    assert "# TODO: is it price as in " in lines_of(made, "p")
    assert "price_change as in " in lines_of(made, "p")


def test_a_letter_that_nobody_has_is_left_to_a_person() -> None:
    made = drafted_from('{"e":"news","E":1562305380000,"s":"BTCUSDT","y":"1.5"}', "btcusdt@news")
    assert lines_of(made, "y") == '      y: {name: TODO, type: decimal, description: "TODO"}'


def test_several_messages_show_what_can_be_missing_null_or_empty() -> None:
    lines = [
        {
            "stream": "btcusdt@news",
            "data": {"fundingRate": "0.1", "leverage": 5, "indexPrice": "1"},
        },
        {
            "stream": "btcusdt@news",
            "data": {"fundingRate": "", "leverage": None, "indexPrice": "1"},
        },
        {"stream": "btcusdt@news", "data": {"fundingRate": "0.2", "leverage": 5}},
    ]
    made = read(drafted_from("\n".join(map(json.dumps, lines)), ""))
    fields = made["structs"]["News"]["fields"]
    assert {key: [*field][2] for key, field in fields.items()} == {
        "fundingRate": "empty",
        "leverage": "nullable",
        "indexPrice": "optional",
    }
    assert [example["id"] for example in made["examples"]] == [
        "recorded",
        "funding_rate_empty",
        "without_index_price",
    ]


@pytest.mark.parametrize(
    ("value", "type"),
    [
        ('"1.50"', "decimal"),
        ("1.5", "number"),
        ("1562305380000", "timestamp"),
        ("1562305380000000", "timestamp"),
        ("4611781675939004417", "id"),
        ("12", "count"),
        ("true", "bool"),
        ('"word"', "text"),
        ('["a", "b"]', {"list": "text"}),
        ('[["0.1", "2"]]', {"list": "PriceLevel"}),
        ('{"inner": 1}', "NewsUnknownKey"),
        ('[{"inner": 1}]', {"list": "NewsUnknownKey"}),
        ('["word", 1]', "NewsUnknownKey"),
    ],
)
def test_the_type_follows_from_the_value(value: str, type: object) -> None:
    made = read(drafted_from(f'{{"unknownKey": {value}}}', "btcusdt@news"))
    assert made["structs"]["News"]["fields"]["unknownKey"]["type"] == type


@pytest.mark.parametrize("value", ["null", "[]", "{}", "[{}]", "[[]]", '[1, {"a": 1}]'])
def test_a_type_that_no_value_shows_is_left_to_a_person(value: str) -> None:
    made = read(drafted_from(f'{{"unknownKey": {value}}}', "btcusdt@news"))
    assert MARK in str(made["structs"]["News"]["fields"]["unknownKey"]["type"])


def test_what_is_no_time_beside_real_ones_is_no_time() -> None:
    """Though it is large enough for one on a page, such as 123456789."""
    made = drafted_from('{"e":"news","E":1562305380000,"s":"BTCUSDT","T":88624214}', "btcusdt@news")
    assert read(made)["structs"]["News"]["fields"]["T"]["type"] == "id"


def test_a_small_number_that_the_sequence_has_is_an_id() -> None:
    made = foreign("depth.jsonl")
    assert "sequence: {first: U, last: u, previous: pu}\n" in made
    assert lines_of(made, "pu") == '      pu: {name: TODO, type: id, description: "TODO"}'


def test_times_in_microseconds_become_milliseconds_in_examples() -> None:
    made = read(drafted_from('{"E": 1562305380000123, "n": 7}', "btcusdt@news"))
    assert made["examples"][0]["payload"] == {"E": 1562305380000, "n": 7}


@pytest.mark.parametrize(
    ("name", "key", "method", "struct"),
    [
        ("btcusdt@subscribe", "subscribe_events", "subscribe_events", "SubscribeEvents"),
        ("btcusdt@account", "account_events", "account_events", "AccountEvents"),
        ("btcusdt@class", "class_events", "class_events", "ClassEvents"),
        ("btcusdt@gap", "gap", "gap", "GapEvent"),
        ("btcusdt@x", "x", "x", "XEvent"),
        ("btcusdt@1", "stream_1", "stream_1", "Stream1"),
        ("!indexPrice@arr", "all_index_prices", "all_index_prices", "AllIndexPrices"),
        ("!miniTicker", "all_mini_tickers", "all_mini_tickers", "AllMiniTickers"),
        ("!news", "news", "news", "News"),
    ],
)
def test_what_a_stream_is_called_means_nothing_else(
    name: str, key: str, method: str, struct: str
) -> None:
    payload = [{"unknownKey": 1}] if name.endswith("@arr") else {"unknownKey": 1}
    made = draft_stream(
        new_market(), [Message(name, payload)], "schema", "2026-11-26", reserved=_reserved()
    )
    data = read(made.content)
    assert (made.key, data["method"], data["event"]) == (key, method, struct)


def test_a_key_that_is_a_keyword_is_not_its_fields_name() -> None:
    made = read(drafted_from('{"class": 1, "list": 2}', "btcusdt@news"))
    fields = made["structs"]["News"]["fields"]
    assert [field["name"] for field in fields.values()] == [MARK, MARK]


def test_long_lists_are_cut() -> None:
    items = [{"e": "x", "s": f"A{number}USDT"} for number in range(50)]
    made = drafted_from(json.dumps(items), "!x@arr")
    assert read(made)["examples"][0]["payload"] == items[:3]
    assert "# Long lists are cut." in made


def test_a_struct_that_the_market_has_is_used() -> None:
    stream = _stream("spot", "all_mini_tickers")
    made = read(draft(markets_without("spot", stream), [_message(stream)]))
    assert (made["event"], made["method"], "structs" in made) == (
        "MiniTicker",
        "mini_ticker",
        False,
    )


def _message(stream: Stream) -> Message:
    return Message(stream.examples[0].stream, stream.examples[0].payload)


def test_a_struct_of_another_streams_file_is_to_be_moved() -> None:
    spec = specs()["spot"]
    avg_price = _stream("spot", "avg_price")
    payload = avg_price.examples[0].payload
    markets = markets_without("spot", _stream("spot", "trade"))
    made = draft(markets, [Message("btcusdt@avgPrice@1s", payload)])
    assert (
        "event: AvgPrice  # TODO: move AvgPrice from spec/spot/streams/avg_price.yaml to "
        "types.yaml, as both streams have it\n"
    ) in made
    assert "AvgPrice" in spec.structs


def test_the_symbol_of_a_sequence_may_be_in_an_object() -> None:
    assert "\nsequence: {monotonic: E, per: o.s}\n" in foreign("all_force_orders.jsonl")


def test_a_listen_key_is_not_written_down() -> None:
    secret = "a1B2" * 16
    text = json.dumps({"stream": secret, "data": {"e": "listenKeyExpired", "listenKey": secret}})
    made = drafted_from(text, "")
    assert secret not in made
    assert read(made)["name"] == "<listen_key>"


def test_a_stream_that_is_there_is_refused() -> None:
    with pytest.raises(DraftError, match=r"is there already: spec/spot/streams/trade.yaml"):
        draft(markets_without("spot", _stream("spot", "ticker")), [Message("btcusdt@trade", {})])


def test_messages_of_several_streams_are_refused() -> None:
    with pytest.raises(DraftError, match="of several streams: btcusdt@news, btcusdt@y; choose one"):
        draft(new_market(), [Message("btcusdt@news", {}), Message("btcusdt@y", {})])


@pytest.mark.parametrize(
    "text",
    [
        *("plain", "1s", "a, b", "a: b", "a:b", "https://x.y/z", "#a", "a #b", "@a", "!a", "-a"),
        *("true", "null", "12", "1.5", "2026-11-26", "", " a", "a ", '"a"', "it's", 'a "b" c'),
        *("[a]", "{a}", "a?", "?", "<symbol>@x", "%a", "`a`", "a\\b", "ä"),
    ],
)
def test_a_text_is_read_as_it_was_written(text: str) -> None:
    """As a value and as a key, on a line of its own and between brackets."""
    document = load(f"a: {flow(text)}\nb: {flow({'c': [text], text: 1})}\n".encode(), "f")
    assert document.problems == []
    assert document.data["a"] == text
    assert document.data["b"]["c"] == [text]
    assert text in map(str, document.data["b"])


def test_a_payload_is_read_as_it_was_written() -> None:
    value: Any = {"a": [[], {}, [["1", "2"]] * 40], "b": {"c d": None, "e": True}, "f": -1}
    lines = list(payload(value, 4))
    assert max(map(len, lines)) <= 100
    document = load("\n".join(["payload:", *lines]).encode(), "f")
    assert (document.problems, document.data) == ([], {"payload": value})
