"""From bytes to events: the fast path, the slow path, what cannot be read, and back."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_streams import (
    CATALOG,
    VENUE,
    AggTrade,
    MiniTicker,
    ParameterError,
    PriceLevel,
    Trade,
    Undecodable,
    UndecodableError,
    UnknownStreamError,
    decode,
    encode,
)
from binance_streams._examples import EXAMPLES
from binance_streams_runtime.catalog.streams import Catalog, Stream
from binance_streams_runtime.decoding import json as decoding
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.router import Router
from binance_streams_runtime.protocol.replies import Reply
from tests.support.frames import trade, wrapped

ALL = [(key, example) for key, examples in EXAMPLES.items() for example in examples]
NUMBERS: tuple[Any, ...] = (Decimal, float, str)


class Routed:
    """A router with the routes of some names, and what it said."""

    def __init__(self, *names: str, numbers: Any = Decimal) -> None:
        self.notices: list[Undecodable] = []
        self.others: list[Any] = []
        self.router = Router(VENUE.shutdown_event, self.notices.append)
        self.routes = {}
        for name in names:
            stream = CATALOG.resolve(name)
            route = Route(stream, decoder_of(stream.type, numbers), EventQueue())
            self.routes[name] = route
            self.router.add(route)

    def take(self, *messages: bytes | str) -> list[tuple[str, Any]]:
        """The events of these messages, each with its stream."""
        self.router.decode(
            [text.encode() if isinstance(text, str) else text for text in messages], self.others
        )
        batch = self.router.collect()
        taken = list(zip(batch.routes, batch.items, strict=True))
        self.notices += [event for _, event in taken if isinstance(event, Undecodable)]
        return [
            (route.stream.name, event)
            for route, event in taken
            if not isinstance(event, Undecodable)
        ]


@pytest.mark.parametrize("numbers", NUMBERS, ids=lambda numbers: numbers.__name__)
@pytest.mark.parametrize(("key", "example"), ALL, ids=lambda value: getattr(value, "id", value))
def test_every_example_takes_the_fast_path(key: str, example: Any, numbers: Any) -> None:
    routed = Routed(example.stream, numbers=numbers)
    routed.router._decode_slow = lambda *_: pytest.fail("slow")  # type: ignore[method-assign]
    ((name, event),) = routed.take(example.message)
    assert name == example.stream
    assert event == decode(example.payload, example.stream, numbers)
    assert CATALOG.resolve(name).type.key == key


@pytest.mark.parametrize(
    "message",
    [
        pytest.param('{ "stream" : "btcusdt@trade" , "data" : %s }', id="blanks"),
        pytest.param('\n{"stream":"btcusdt@trade","data":%s}\n', id="lines"),
        pytest.param('{"data":%s,"stream":"btcusdt@trade"}', id="other-order"),
        pytest.param('{"stream":"btcusdt\\u0040trade","data":%s}', id="escaped"),
        pytest.param('{"stream":"btcusdt@trade","new":[{}],"data":%s,"more":0}', id="new-keys"),
        pytest.param('{"new":"x","stream":"btcusdt@trade","data":%s}', id="new-key-first"),
        pytest.param('{"stre\\u0061m":"btcusdt@trade","data":%s}', id="escaped-key"),
    ],
)  # fmt: skip
def test_other_spellings_of_the_envelope_mean_the_same(message: str) -> None:
    routed = Routed("btcusdt@trade", "btcusdt@aggTrade")
    ((name, event),) = routed.take(message.replace("%s", trade(5)))
    assert (name, event.trade_id) == ("btcusdt@trade", 5)
    assert routed.notices == []


@pytest.mark.parametrize("name", ["币安人生usdt@trade", "这是测试币456@trade"])
def test_names_beyond_ascii(name: str) -> None:
    symbol = name.partition("@")[0].upper()
    routed = Routed(name)
    escaped = json.dumps({"stream": name, "data": json.loads(trade(1, symbol))})
    events = routed.take(wrapped(name, trade(1, symbol)), escaped)
    assert [(stream, event.symbol) for stream, event in events] == [(name, symbol)] * 2


def test_names_that_begin_alike_are_distinguished() -> None:
    routed = Routed(
        "btcusdt@depth", "btcusdt@depth5", "btcusdt@depth5@100ms", "btcusdt@depth@100ms"
    )
    book = '{"lastUpdateId":1,"bids":[["1.0","2.0"]],"asks":[]}'
    depth = '{"e":"depthUpdate","E":1,"s":"BTCUSDT","U":1,"u":2,"b":[],"a":[]}'
    messages = [
        wrapped(name, book if "depth5" in name else depth) for name in reversed(routed.routes)
    ]
    assert [name for name, _ in routed.take(*messages)] == list(reversed(routed.routes))


def test_late_messages_of_streams_that_were_left_are_passed_over() -> None:
    routed = Routed("btcusdt@trade")
    assert routed.take(wrapped("ethusdt@trade", trade(1))) == []
    assert routed.notices == []


# Bare payloads


def test_bare_payloads_go_where_they_fit() -> None:
    routed = Routed("btcusdt@trade", "ethusdt@trade", "!miniTicker@arr", "btcusdt@depth5")
    ticker = EXAMPLES["mini_ticker"][0].payload
    events = routed.take(
        trade(1, "ETHUSDT"),
        trade(2, "BTCUSDT"),
        b"[" + ticker + b"," + ticker + b"]",
        '{"lastUpdateId":1,"bids":[["1.0","2.0"]],"asks":[]}',
    )
    assert [name for name, _ in events] == [
        "ethusdt@trade",
        "btcusdt@trade",
        "!miniTicker@arr",
        "btcusdt@depth5",
    ]
    assert all(isinstance(event, MiniTicker) for event in events[2][1])


def test_bare_payloads_that_fit_two_streams_are_reported() -> None:
    routed = Routed("btcusdt@depth5", "ethusdt@depth5")
    assert routed.take('{"lastUpdateId":1,"bids":[],"asks":[]}') == []
    assert "btcusdt@depth5, ethusdt@depth5" in routed.notices[0].reason


# What cannot be read


BAD = [
    pytest.param("[" * 100_000 + "]" * 100_000, id="deep-list"),
    pytest.param('{"e":' * 100_000, id="deep-object"),
    pytest.param(trade(1).replace('"t":1', '"t":' + "9" * 200_000), id="huge-number"),
    pytest.param(trade(1).replace('"t":1', '"t":"1"'), id="id-as-text"),
    pytest.param(trade(1).replace('"t":1', '"t":1.5'), id="id-as-fraction"),
    pytest.param(trade(1).replace('"t":1', '"t":null'), id="id-null"),
    pytest.param(trade(1).replace('"t":1,', ""), id="id-missing"),
    pytest.param(trade(1).replace('"t":1', '"t":NaN'), id="nan"),
    pytest.param(trade(1).replace('"t":1', '"t":Infinity'), id="infinity"),
    pytest.param(trade(1).replace('"e":"trade"', '"e":"aggTrade"'), id="other-event"),
    pytest.param(trade(1).replace('"m":true', '"m":"yes"'), id="bool-as-text"),
    pytest.param(trade(1).replace('"1.00000000"', '"one"'), id="price-no-number"),
    pytest.param(trade(1).replace('"1.00000000"', "true"), id="price-bool"),
    pytest.param(trade(1).replace('"1.00000000"', '""'), id="price-empty"),
    pytest.param(trade(1).replace('"1.00000000"', '"1e99999999999999999999"'), id="price-beyond"),
    pytest.param(trade(1).replace("BTCUSDT", "\\ud800"), id="lone-surrogate"),
    pytest.param(trade(1).replace("BTCUSDT", "a\nb"), id="raw-newline"),
    pytest.param("[]", id="list"),
    pytest.param("5", id="number"),
    pytest.param('"x"', id="text"),
    pytest.param("null", id="null"),
    pytest.param("{}", id="empty"),
    pytest.param("", id="nothing"),
    pytest.param(trade(1)[:-1], id="cut"),
]


@pytest.mark.parametrize("payload", BAD)
def test_a_bad_payload_is_reported_and_the_next_one_is_read(payload: str) -> None:
    routed = Routed("btcusdt@trade")
    message = wrapped("btcusdt@trade", payload)
    ((_, event),) = routed.take(message, wrapped("btcusdt@trade", trade(2)))
    assert event.trade_id == 2
    (notice,) = routed.notices
    assert (notice.stream, notice.raw) == ("btcusdt@trade", message.encode())
    with pytest.raises(UndecodableError) as caught:
        decode(message, "btcusdt@trade")
    assert len(str(caught.value)) < 1000


def test_bytes_that_are_no_utf_8_are_reported() -> None:
    routed = Routed("btcusdt@trade")
    good = wrapped("btcusdt@trade", trade(2)).encode()
    for bad in (
        good.replace(b"BTCUSDT", b"\xff"),
        b"\xff\xfe",
        good.replace(b"BTC", b"\xed\xa0\x80"),
    ):
        ((_, event),) = routed.take(bad, good)
        assert event.trade_id == 2
        assert routed.notices[-1].raw == bad
        with pytest.raises(UndecodableError):
            decode(bad, "btcusdt@trade")


@pytest.mark.parametrize("numbers", [Decimal, str])
@pytest.mark.parametrize("value", ['"t":"1"', '"t":1.0', '"t":1e3', '"t":true', '"t":null'])
def test_an_id_is_an_int_and_nothing_else(numbers: Any, value: str) -> None:
    with pytest.raises(UndecodableError):
        decode(trade(1).replace('"t":1', value), "btcusdt@trade", numbers)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_router(data: bytes) -> None:
    routed = Routed("btcusdt@trade", "!miniTicker@arr")
    routed.take(data, b'{"stream":"btcusdt@trade"' + data, b'{"result":' + data)
    assert [name for name, _ in routed.take(wrapped("btcusdt@trade", trade(1)))] == [
        "btcusdt@trade"
    ]


_json = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=10,
)


@given(
    st.dictionaries(
        st.sampled_from(["stream", "data", "id", "result", "code", "msg", "error", "e", "E", "s"]),
        _json,
    )
)
def test_no_answer_breaks_the_router(message: dict[str, Any]) -> None:
    routed = Routed("btcusdt@trade")
    routed.take(json.dumps(message))
    for reply in routed.others:
        assert isinstance(reply, Reply)
        assert reply.event_time is None or isinstance(reply.event_time, int)


# decode and encode by hand


def test_decode_takes_text_bytes_and_both_envelopes() -> None:
    payload = EXAMPLES["user_data"][0].payload
    key = EXAMPLES["user_data"][0].stream
    bare = decode(payload, key)
    assert decode(payload.decode(), key) == bare
    assert decode(b'{"subscriptionId":0,"event":' + payload + b"}", key) == bare
    assert decode(wrapped("btcusdt@trade", trade(1))).trade_id == 1
    assert isinstance(decode(trade(1), "btcusdt@trade"), Trade)


def test_decode_says_what_it_lacks() -> None:
    with pytest.raises(ParameterError):
        decode(trade(1))
    with pytest.raises(UnknownStreamError):
        decode(trade(1), "BTCUSDT@trade")
    with pytest.raises(UnknownStreamError):
        decode(wrapped("nonsense", trade(1)))
    with pytest.raises(ParameterError):
        decode(trade(1), "btcusdt@trade", int)
    with pytest.raises(UndecodableError):
        decode("\ud800", "btcusdt@trade")


@pytest.mark.parametrize("numbers", NUMBERS)
def test_decode_takes_the_type_of_the_event(numbers: Any) -> None:
    by_name = decode(trade(1), "btcusdt@trade", numbers)
    payload = trade(1).encode()
    for message in (
        trade(1),
        payload,
        payload.replace(b"{", b"{ ", 1),
        wrapped("btcusdt@trade", trade(1)),
        b'{"data":' + payload + b',"stream":"btcusdt@trade"}',
        b'{"event":' + payload + b"}",
    ):
        event = decode(message, Trade, numbers)
        assert event == by_name
        assert type(event.price) is numbers


def test_decode_of_another_type_of_event_is_reported() -> None:
    with pytest.raises(UndecodableError, match="AggTrade: Invalid enum value 'trade'"):
        decode(trade(1), AggTrade)
    with pytest.raises(ParameterError, match="allowed: the message's own 'btcusdt@trade'"):
        decode(wrapped("btcusdt@trade", trade(1)), AggTrade)
    with pytest.raises(UndecodableError, match="MiniTicker: Expected `object`, got `array`"):
        decode(EXAMPLES["all_mini_tickers"][0].payload, MiniTicker)


@pytest.mark.parametrize("given", [PriceLevel, Trade[float], int, 5, [Trade], Trade | AggTrade])
def test_decode_refuses_what_is_no_type_of_event(given: Any) -> None:
    for message in (trade(1), wrapped("btcusdt@trade", trade(1))):
        with pytest.raises(ParameterError, match=r"^stream: got .*; allowed: "):
            decode(message, given)


def test_decode_finds_out_once_what_a_name_means(monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = Catalog(CATALOG.types)
    resolved: list[str] = []
    resolve = catalog.resolve

    def counted(name: str) -> Stream:
        resolved.append(name)
        return resolve(name)

    monkeypatch.setattr(catalog, "resolve", counted)
    for number in range(3):
        assert decoding.decode(trade(number), catalog, "btcusdt@trade").trade_id == number
        assert decoding.decode(wrapped("btcusdt@trade", trade(1)), catalog).trade_id == 1
    assert resolved == ["btcusdt@trade"]


def test_decode_does_not_remember_names_without_end() -> None:
    for number in range(decoding.REMEMBERED + 10):
        decoding.decode(trade(1), CATALOG, f"{number}@trade")
    assert decoding._type_of.cache_info().currsize <= decoding.REMEMBERED


@pytest.mark.parametrize(
    "digits", ["0.00000000", "0.00000001", "1E-8", "100000000000", "1.10", "-0.0"]
)
def test_encode_writes_plain_digits(digits: str) -> None:
    event = decode(trade(1).replace("1.00000000", digits), "btcusdt@trade")
    text = json.loads(encode(event))["p"]
    assert "E" not in text
    assert Decimal(text) == Decimal(digits)
    if "E" not in digits:
        assert text == digits


def test_floats_are_read_exactly_as_float_reads_them() -> None:
    event = decode(trade(1).replace("1.00000000", "0.1"), "btcusdt@trade", float)
    assert event.price == 0.1
    assert not math.isnan(event.quantity)


def test_a_name_that_is_not_the_messages_own_is_refused() -> None:
    example = EXAMPLES["agg_trade"][0]
    with pytest.raises(ParameterError, match=f"allowed: the message's own '{example.stream}'"):
        decode(example.message, "ethusdt@aggTrade")


@pytest.mark.parametrize(
    "message", [None, 5, 10**15, {}, [1, 2], object()], ids=lambda message: type(message).__name__
)
def test_what_is_no_message_is_refused(message: Any) -> None:
    """A number above all, of which bytes() would make as many zeros."""
    with pytest.raises(ParameterError, match=r"^message: got .*; allowed: one message, as bytes"):
        decode(message, Trade)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, bytes.decode])
def test_a_message_may_be_any_kind_of_bytes_or_text(kind: Any) -> None:
    raw = b'{"e":"trade","E":1,"s":"A","t":1,"p":"1","q":"1","T":1,"m":false,"M":true}'
    assert decode(kind(raw), Trade) == decode(raw, "a@trade")


def test_of_an_array_only_what_does_not_fit_is_lost() -> None:
    routed = Routed("!miniTicker@arr")
    good = json.loads(EXAMPLES["all_mini_tickers"][0].payload)[0]
    fits = json.dumps(good)
    (taken,) = routed.take(wrapped("!miniTicker@arr", f'[{fits},{{"e":5}},{fits}]'))
    name, events = taken
    assert (name, len(events)) == ("!miniTicker@arr", 2)
    (notice,) = routed.notices
    assert notice.raw == b'{"e":5}'


def test_of_an_array_without_anything_that_fits_nothing_is_delivered() -> None:
    routed = Routed("!miniTicker@arr")
    assert routed.take(wrapped("!miniTicker@arr", '[{"e":5},[]]')) == []
    assert [notice.raw for notice in routed.notices] == [b'{"e":5}', b"[]"]


def test_what_is_no_array_at_all_is_undecodable_as_a_whole() -> None:
    routed = Routed("!miniTicker@arr")
    message = wrapped("!miniTicker@arr", '{"e":5}')
    assert routed.take(message) == []
    assert [notice.raw for notice in routed.notices] == [message.encode()]


def test_a_route_that_was_never_there_can_be_removed() -> None:
    routed = Routed("btcusdt@trade")
    routed.router.remove("ethusdt@trade")
    assert [name for name, _ in routed.take(wrapped("btcusdt@trade", trade(4)))] == [
        "btcusdt@trade"
    ]
