"""``on_message`` gets the text of each message, exactly as it was sent, in its order."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from binance_streams import UndecodableError
from tests.compat.conftest import Make, Recorder
from tests.support.frames import CONTINUATION, TEXT, frame, wrapped
from tests.support.limits import LIMIT, in_time, wait_until
from tests.support.raw_server import Peer, RawServer

NAME = "btcusdt@trade"

# Payloads in every legal dress, and some that are no payload at all.
PAYLOADS = [
    '{"e":"trade","E":1,"s":"BTCUSDT","t":1,"p":"0.10"}',
    '{ "e" : "trade",\n\t"E":2 }',
    '{"s":"这是测试币456","note":"\\u00e9 \\" } {"}',
    '{"p":0.10000000000000000000001,"n":1e2}',
    "[1, 2,3]",
    '"a text"',
    "null",
]
# What carries such a payload, in other forms than the usual one.
ENVELOPES = [
    '{{"stream":"{name}","data":{payload}}}',
    '{{"data":{payload},"stream":"{name}"}}',
    ' {{ "stream" : "{name}" , "data" : {payload} }} ',
    '{{"stream":"{name}","data":{payload},"more":{{"data":1}}}}',
    '{{"stream":"btcusdt\\u0040trade","data":{payload}}}',
]


def serve(*messages: str | bytes) -> Callable[[Peer], None]:
    """Confirm one subscription, then send these."""

    def handle(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        peer.send(b"".join(frame(message) for message in messages))
        peer.drain()

    return handle


def received(
    make: Make, recorder: Recorder, count: int, *messages: str, **options: Any
) -> list[str]:
    """What comes after the answer to the subscription."""
    with RawServer(serve(*messages)) as server:
        client = make(server.url, recorder, **options)
        client.trade("BTCUSDT")
        wait_until(lambda: len(recorder.texts) >= count + 1)
        in_time(client.stop)
    assert json.loads(recorder.texts[0])["result"] is None
    return recorder.texts[1:]


@pytest.mark.parametrize("envelope", ENVELOPES)
def test_bare_form_is_the_payload_to_the_character(
    make: Make, recorder: Recorder, envelope: str
) -> None:
    messages = [envelope.format(name=NAME, payload=payload) for payload in PAYLOADS]
    assert received(make, recorder, len(messages), *messages) == PAYLOADS
    assert recorder.errors == []


@pytest.mark.parametrize("envelope", ENVELOPES)
def test_combined_form_is_the_message_to_the_character(
    make: Make, recorder: Recorder, envelope: str
) -> None:
    messages = [envelope.format(name=NAME, payload=payload) for payload in PAYLOADS]
    assert received(make, recorder, len(messages), *messages, is_combined=True) == messages


@pytest.mark.parametrize("is_combined", [False, True])
def test_what_no_stream_knows_is_shown_as_it_is(
    make: Make, recorder: Recorder, is_combined: bool
) -> None:
    """Texts that are no JSON, bare payloads, answers to nobody: the old client showed them all."""
    messages = [
        "", "}{", "not JSON", '{"e":"trade","t":5}', "[1,2]", "7", '{"result":null,"id":99}',
        '{"code":2,"msg":"Invalid request: unknown"}', '{"stream":7,"data":1}',
        '{"result":null,"id":[1]}', "[" * 100_000,
    ]  # fmt: skip
    shown = received(make, recorder, len(messages), *messages, is_combined=is_combined)
    assert shown == messages
    assert recorder.errors == []


@pytest.mark.parametrize("is_combined", [False, True])
def test_other_streams_come_in_the_chosen_form(
    make: Make, recorder: Recorder, is_combined: bool
) -> None:
    """Such as what was on its way when a stream was unsubscribed."""
    payload = '{"e":"trade", "t":1}'
    messages = [wrapped("ethusdt@trade", payload), wrapped("!serverShutdown", '{"e":"x","E":1}')]
    shown = received(make, recorder, 2, *messages, is_combined=is_combined)
    # Behind them may come the answer on the connection that is to take over.
    assert shown[:2] == (messages if is_combined else [payload, '{"e":"x","E":1}'])


def test_server_shutdown_is_shown_and_heeded(make: Make, recorder: Recorder) -> None:
    """A second connection takes over: nothing comes twice, and on_open is not called again."""
    shutdown = wrapped("!serverShutdown", '{"e":"serverShutdown","E":1770123456789}')
    has_second = threading.Event()

    def handle(peer: Peer) -> None:
        peer.shake()
        is_first = len(server.peers) == 1
        peer.confirm()
        if is_first:
            peer.send(frame(shutdown))
            # With this it has delivered what the second one delivers first, and may go.
            assert has_second.wait(LIMIT)
            peer.send(frame(wrapped(NAME, '{"t":1}')))
            query = peer.read_request()
            assert query["method"] == "LIST_SUBSCRIPTIONS"
            peer.send(frame(json.dumps({"result": [NAME], "id": query["id"]})))
        else:
            has_second.set()
            peer.send(frame(wrapped(NAME, '{"t":1}')) + frame(wrapped(NAME, '{"t":2}')))
        peer.drain()

    with RawServer(handle) as server:
        client = make(server.url, recorder)
        client.subscribe(NAME)
        wait_until(lambda: '{"t":2}' in recorder.texts)
        in_time(client.stop)
    answers = [text for text in recorder.texts if "result" in text]
    assert [text for text in recorder.texts if text not in answers] == [
        '{"e":"serverShutdown","E":1770123456789}', '{"t":1}', '{"t":2}',
    ]  # fmt: skip
    # The runtime's own query is not shown.
    assert len(answers) == 2
    assert NAME not in "".join(answers)
    assert recorder.names() == ["on_open", "on_close"]


def test_answers_have_their_place_among_the_messages(make: Make, recorder: Recorder) -> None:
    """Even if one read returns all of them; and their text is the server's own."""

    def handle(peer: Peer) -> None:
        peer.shake()
        first = peer.confirm()["id"]
        second, third = peer.read_request()["id"], peer.read_request()["id"]
        peer.send(
            frame(wrapped(NAME, "1"))
            + frame(f'{{ "id":{second}, "result" : null}}')
            + frame(wrapped(NAME, "2"))
            + frame(f'{{"error":{{"code":2,"msg":"no"}},"id":{third}}}')
            + frame(wrapped(NAME, "3"))
        )
        ids.extend([first, second, third])
        peer.drain()

    ids: list[object] = []
    with RawServer(handle) as server:
        client = make(server.url, recorder)
        client.subscribe(NAME, id=11)
        client.subscribe("ethusdt@trade", id=12)
        client.subscribe("bnbusdt@trade", id=13)
        wait_until(lambda: len(recorder.texts) == 6)
        in_time(client.stop)
    assert ids == [11, 12, 13]
    assert recorder.texts == [
        '{"result": null, "id": 11}', "1", '{ "id":12, "result" : null}', "2",
        '{"error":{"code":2,"msg":"no"},"id":13}', "3",
    ]  # fmt: skip


def test_fragments_and_non_ascii_make_one_text(make: Make, recorder: Recorder) -> None:
    text = wrapped("币安人生usdt@trade", '{"s":"币安人生USDT"}')
    data = text.encode()

    def handle(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        peer.send(frame(data[:20], TEXT, final=False) + frame(data[20:], CONTINUATION))
        peer.drain()

    with RawServer(handle) as server:
        client = make(server.url, recorder, is_combined=True)
        client.trade("币安人生USDT")
        wait_until(lambda: len(recorder.texts) == 2)
        in_time(client.stop)
    assert recorder.texts[1] == text


@pytest.mark.parametrize("is_combined", [False, True])
def test_what_is_no_utf8_is_an_error_and_costs_nothing_else(
    make: Make, recorder: Recorder, is_combined: bool
) -> None:
    """The old client ended with the first such message."""
    bad = b'{"stream":"btcusdt@trade","data":"\xff"}'
    good = wrapped(NAME, "2")
    with RawServer(serve(bad, b"\xfe", good)) as server:
        client = make(server.url, recorder, is_combined=is_combined)
        client.subscribe(NAME)
        wait_until(lambda: len(recorder.texts) == 2 and len(recorder.errors) == 2)
        in_time(client.stop)
    assert recorder.texts[1] == (good if is_combined else "2")
    assert [type(error) for error in recorder.errors] == [UndecodableError] * 2
