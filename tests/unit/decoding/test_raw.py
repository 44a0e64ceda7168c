"""Messages as they were received: what they are equal to, and what is decoded of them."""

from __future__ import annotations

import pickle
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from binance_streams import CATALOG
from binance_streams_runtime.catalog.streams import Identified, PerKey, Step
from binance_streams_runtime.decoding.raw import RawDecoder, RawMessage

TRADE = b'{"e":"trade","E":1,"s":"BTCUSDT","t":7}'


def frame_of(stream: str, payload: bytes) -> bytes:
    return b'{"stream":"' + stream.encode() + b'","data":' + payload + b"}"


def decode(stream: str, payload: bytes) -> Any:
    return RawDecoder(CATALOG.resolve(stream)).wrapped(frame_of(stream, payload)).data


def test_a_message_has_its_bytes_and_its_payload() -> None:
    message = decode("btcusdt@trade", TRADE)
    assert message.frame == frame_of("btcusdt@trade", TRADE)
    assert (message.stream, message.data) == ("btcusdt@trade", TRADE)
    assert (message.trade_id, message.event_time) == (7, 1)
    assert repr(message).startswith("RawMessage(")


def test_two_are_equal_if_their_payloads_are() -> None:
    message = decode("btcusdt@trade", TRADE)
    spaced = RawMessage(b'{ "stream":"btcusdt@trade", "data": ' + TRADE + b"}")
    assert (message == spaced, hash(message) == hash(spaced)) == (True, True)
    assert message != decode("btcusdt@trade", TRADE.replace(b"7", b"8"))
    assert (message == TRADE) is False


def test_a_pickled_copy_has_the_bytes() -> None:
    message = decode("btcusdt@trade", TRADE)
    copy = pickle.loads(pickle.dumps(message))
    assert (type(copy), copy.frame) == (RawMessage, message.frame)


@pytest.mark.parametrize(
    ("stream", "payload", "numbers"),
    [
        (
            "btcusdt@depth@100ms",
            b'{"E":1,"U":3,"u":5}',
            {"event_time": 1, "first_update_id": 3, "last_update_id": 5},
        ),
        ("btcusdt@bookTicker", b'{"u":9}', {"update_id": 9}),
    ],
)
def test_the_numbers_of_the_sequence_are_decoded(
    stream: str, payload: bytes, numbers: dict[str, int]
) -> None:
    message = decode(stream, payload)
    assert {name: getattr(message, name) for name in numbers} == numbers


def test_a_message_without_its_numbers_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="`t`"):
        decode("btcusdt@trade", b'{"e":"trade","E":1,"s":"BTCUSDT"}')


@pytest.mark.parametrize("stream", ["!miniTicker@arr", "btcusdt@trade"])
def test_what_is_not_utf_8_is_refused(stream: str) -> None:
    payload = b'[{"s":"\xff"}]' if stream[0] == "!" else TRADE.replace(b"BTCUSDT", b"\xff")
    with pytest.raises(UnicodeDecodeError):
        decode(stream, payload)


class Count(msgspec.Struct):
    """An event of a stream with a sequence a symbol; its count may be missing."""

    symbol: str = msgspec.field(name="s")
    count: int = msgspec.field(name="c", default=0)


def test_the_numbers_of_a_sequence_for_each_key_are_decoded_with_the_key() -> None:
    stream = CATALOG.resolve("btcusdt@trade")
    type = replace(stream.type, events=(Count,), sequence=PerKey("symbol", Step("count", 1)))
    decode = RawDecoder(replace(stream, type=type)).wrapped
    for payload, count in ((b'{"s":"A","c":4}', 4), (b'{"s":"A"}', 0)):
        message = decode(frame_of("btcusdt@trade", payload)).data
        assert (message.symbol, message.count) == ("A", count)


def test_of_events_that_are_identified_by_more_nothing_but_the_time_is_decoded() -> None:
    stream = CATALOG.resolve("btcusdt@trade")
    type = replace(stream.type, sequence=Identified({}))
    message = RawDecoder(replace(stream, type=type)).wrapped(frame_of("btcusdt@trade", TRADE)).data
    assert message.event_time == 1
    assert not hasattr(message, "trade_id")


def test_an_array_is_passed_on_whole() -> None:
    assert decode("!miniTicker@arr", b'[{"s":"A"}]').data == b'[{"s":"A"}]'
    assert decode("!miniTicker@arr", '[{"s":"ü"}]'.encode()).data == '[{"s":"ü"}]'.encode()


def test_a_payload_without_envelope_gets_one() -> None:
    stream = CATALOG.resolve("btcusdt@trade")
    payload = TRADE[:-1] + b',"p":"0.1","q":"1","T":1,"m":true,"M":true}'
    message = RawDecoder(stream).bare(payload)
    assert (message.stream, message.data) == ("btcusdt@trade", payload)


def test_a_payload_of_another_type_gets_no_envelope() -> None:
    with pytest.raises(msgspec.DecodeError):
        RawDecoder(CATALOG.resolve("btcusdt@trade")).bare(b'{"u":1}')


def test_nothing_is_packed_or_decoded_in_parts() -> None:
    decoder = RawDecoder(CATALOG.resolve("btcusdt@trade"))
    assert decoder.packer is None
    assert not decoder.has_event("trade")
    with pytest.raises(msgspec.DecodeError):
        decoder.decode_partial(b"{}")
