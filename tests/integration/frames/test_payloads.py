"""JSON that is deep, huge, broken, or another than the spec's."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from binance_streams import Disconnected, Undecodable
from tests.support.clients import Connect
from tests.support.frames import frame, trade, trade_frame, wrapped
from tests.support.limits import LIMIT, in_time, wait_until
from tests.support.raw_server import Peer, RawServer
from tests.support.scripts import sending, serving
from tests.support.watching import Notices, ids, take

STREAM = "btcusdt@trade"
DIGITS = "9" * 200_000
DEEP = 100_000
LONGEST_LINE = 1000


def changed(**changes: Any) -> str:
    """A trade with other fields; None takes a field away."""
    fields = json.loads(trade(4))
    for key, value in changes.items():
        if value is None:
            del fields[key]
        else:
            fields[key] = value
    return json.dumps(fields)


def spliced(field: str, text: str) -> str:
    """A trade with this text, whatever it is, in the place of a field's value."""
    return changed(**{field: "~~"}).replace('"~~"', text)


PAYLOADS = {
    "nan-price": spliced("p", "NaN"),
    "infinity-price": spliced("p", "-Infinity"),
    "digits-of-an-id": spliced("t", DIGITS),
    "an-id-with-an-exponent": spliced("t", "1e400"),
    "deep-lists": spliced("p", "[" * DEEP + "]" * DEEP),
    "deep-objects": spliced("p", '{"a":' * DEEP + "1" + "}" * DEEP),
    "deep-without-end": "[" * DEEP,
    "lone-surrogate": spliced("s", '"\\ud800"'),
    "surrogates-in-the-wrong-order": spliced("s", '"\\udc00\\ud800"'),
    "half-an-escape": spliced("s", '"\\u12"'),
    "a-control-character": spliced("s", '"\n"'),
    "a-list": "[1,2,3]",
    "an-empty-list": "[]",
    "a-list-of-it": f"[{trade(4)}]",
    "a-number": "5",
    "a-text": '"text"',
    "null": "null",
    "true": "true",
    "an-empty-object": "{}",
    "nothing": "",
    "no-json": "}{",
    "trailing": trade(4) + "}",
    "missing-id": changed(t=None),
    "missing-price": changed(p=None),
    "missing-event": changed(e=None),
    "another-event": changed(e="kline"),
    "a-text-for-an-id": changed(t="4"),
    "a-fraction-for-an-id": changed(t=4.5),
    "a-number-for-a-flag": changed(m=1),
    "a-list-for-a-price": changed(p=["1"]),
    "an-object-for-a-symbol": changed(s={"a": 1}),
    "words-for-a-price": changed(p="much"),
    "nothing-for-a-price": changed(p=""),
    "null-for-a-quantity": spliced("q", "null"),
}


@pytest.mark.parametrize("is_first", [True, False], ids=["first", "later"])
@pytest.mark.parametrize("name", PAYLOADS)
def test_is_one_notice_and_the_stream_goes_on(
    connect: Connect, caplog: pytest.LogCaptureFixture, name: str, is_first: bool
) -> None:
    """Whether it is the first message of a stream, which is looked at more closely, or not."""
    message = wrapped(STREAM, PAYLOADS[name])
    before = 0 if is_first else 3
    data = frame(message) + trade_frame(4)
    notices = Notices()
    caplog.set_level(logging.INFO, "binance_streams")
    with RawServer(serving(1, before, then=sending(data))) as server:
        client = connect(server.url, on_notice=notices)
        subscription = client.trade("BTCUSDT")
        assert ids(take(iter(subscription), before + 1)) == [*range(1, before + 1), 4]
        (reported,) = notices.wait_for(Undecodable)
        assert reported.raw == message.encode()
        assert reported.stream in (STREAM, None)
        assert notices.of(Disconnected) == []
        assert subscription.stats().undecodable == (reported.stream is not None)
        client.close()
    # A thread of its own writes the log.
    wait_until(lambda: any("does not fit the spec" in line for line in caplog.messages))
    assert max(map(len, caplog.messages)) < LONGEST_LINE


@pytest.mark.parametrize("number", [2**63, 2**70])
def test_an_id_beyond_64_bits_does_not_silence_the_stream(connect: Connect, number: int) -> None:
    """It would make all that follows look as if it had come before."""
    data = frame(wrapped(STREAM, spliced("t", str(number)))) + trade_frame(4)
    with RawServer(serving(1, 3, then=sending(data))) as server:
        subscription = connect(server.url).trade("BTCUSDT")
        wait_until(lambda: subscription.stats().messages + subscription.stats().undecodable == 5)
        assert subscription.stats().undecodable == 1
        assert ids(take(iter(subscription), 4)) == [1, 2, 3, 4]


WHOLE = {
    "no-json": "no json",
    "empty": "",
    "a-number": "5",
    "null": "null",
    "an-empty-object": "{}",
    "a-list": "[1]",
    "deep": "[" * DEEP,
    "deep-objects": '{"a":' * DEEP,
    "digits": DIGITS,
    "stream-is-a-number": '{"stream":5,"data":{}}',
    "stream-is-a-list": '{"stream":["btcusdt@trade"],"data":{}}',
    "lone-surrogate-in-the-name": '{"stream":"\\ud800","data":{}}',
    "an-unknown-event": '{"e":"news","E":1}',
    "id-is-a-list": '{"id":[1],"result":null}',
}


@pytest.mark.parametrize("name", WHOLE)
def test_whole_messages(connect: Connect, caplog: pytest.LogCaptureFixture, name: str) -> None:
    message = WHOLE[name]
    notices = Notices()
    with RawServer(serving(1, 3, then=sending(frame(message) + trade_frame(4)))) as server:
        client = connect(server.url, on_notice=notices)
        assert ids(take(iter(client.trade("BTCUSDT")), 4)) == [1, 2, 3, 4]
        (reported,) = notices.wait_for(Undecodable)
        assert reported.raw == message.encode()
        assert notices.of(Disconnected) == []
        client.close()
    # A thread of its own writes the log.
    wait_until(lambda: caplog.records)
    assert max(len(record.getMessage()) for record in caplog.records) < LONGEST_LINE


def test_what_is_deep_beside_the_data_costs_at_most_its_message(connect: Connect) -> None:
    """Whether it is reported, or read, as from Python 3.14 on: what follows it is read."""
    message = f'{{"stream":"{STREAM}","x":{"[" * DEEP}{"]" * DEEP},"data":{trade(4)}}}'
    notices = Notices()
    with RawServer(serving(1, 3, then=sending(frame(message) + trade_frame(4)))) as server:
        trades = connect(server.url, on_notice=notices).trade("BTCUSDT")
        assert ids(take(iter(trades), 4)) == [1, 2, 3, 4]
        wait_until(lambda: trades.stats().messages + len(notices.of(Undecodable)) == 5)
        assert notices.of(Disconnected) == []


@pytest.mark.parametrize(
    "more", ["NaN", DIGITS, "1e999", "[" * 5000 + "]" * 5000, '"\\ud800"'],
    ids=["nan", "digits", "exponent", "deep", "surrogate"],
)  # fmt: skip
def test_an_unknown_field_costs_at_most_its_message(connect: Connect, more: str) -> None:
    """Whether such an event is read or reported as undecodable: what follows it is read."""
    payload = trade(4)[:-1] + f',"new":{more}}}'
    notices = Notices()
    data = frame(wrapped(STREAM, payload)) * 2 + trade_frame(5)
    with RawServer(serving(1, 0, then=sending(data))) as server:
        subscription = connect(server.url, on_notice=notices).trade("BTCUSDT")
        wait_until(lambda: subscription.stats().messages + subscription.stats().undecodable == 3)
        events: list[Any] = []
        while not events or events[-1].trade_id != 5:
            events.append(in_time(lambda: subscription.get(LIMIT)))
        assert ids(events) in ([4, 5], [5])


def test_binary_messages(connect: Connect) -> None:
    def handle(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        peer.send(frame(wrapped(STREAM, trade(1)), 2) + trade_frame(2))
        peer.drain()

    notices = Notices()
    with RawServer(handle) as server:
        client = connect(server.url, on_notice=notices)
        assert client.trade("BTCUSDT").get(LIMIT).trade_id == 2
        (reported,) = notices.wait_for(Undecodable)
        assert reported.raw == wrapped(STREAM, trade(1)).encode()
