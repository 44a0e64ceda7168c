"""Subscriptions to messages as they are received."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from binance_streams import (
    Client,
    Disconnected,
    Gap,
    Message,
    ParameterError,
    RawMessage,
    Trade,
    UnknownStreamError,
    decode,
)
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.front_ends import FrontEnd
from tests.support.limits import in_time, wait_until

TRADES = "btcusdt@trade"


def test_messages_are_those_of_the_server_in_sequence(
    shared_simulator: Simulator, connect: Connect
) -> None:
    trades = connect(shared_simulator.url).raw(TRADES, maxsize=500)
    trades.wait(30)
    messages = [trades.get(30) for _ in range(20)]
    assert all(type(message.frame) is bytes for message in messages)
    events: list[Trade[Any]] = [decode(message.frame) for message in messages]
    assert [event.trade_id for event in events] == [
        events[0].trade_id + number for number in range(20)
    ]
    assert decode(messages[0].data, Trade) == events[0]
    assert isinstance(messages[0], RawMessage)
    assert messages[0].stream == TRADES
    stats = trades.stats()
    assert stats.messages >= 20
    assert stats.bytes >= sum(len(message.frame) for message in messages)
    assert stats.lag is not None


@pytest.mark.parametrize("name", ["!miniTicker@arr", "btcusdt@depth5", "btcusdt@kline_1s"])
def test_every_kind_of_sequence(shared_simulator: Simulator, connect: Connect, name: str) -> None:
    messages = connect(shared_simulator.url).raw(name)
    for _ in range(3):
        decode(messages.get(30).frame)


def test_notices_stand_among_the_messages(simulator: Simulator, connect: Connect) -> None:
    trades = connect(simulator.url).raw(TRADES)
    items = trades.with_notices()
    first = next(items)
    assert isinstance(first, RawMessage)
    simulator.skip_events(TRADES)
    notices = (item for item in items if not isinstance(item, RawMessage))
    assert isinstance(in_time(lambda: next(notices)), Gap)
    simulator.drop_connections()
    assert isinstance(in_time(lambda: next(notices)), Disconnected)


def test_a_callback_gets_messages(shared_simulator: Simulator, connect: Connect) -> None:
    got: list[RawMessage] = []
    connect(shared_simulator.url).raw(TRADES, on_event=got.append)
    wait_until(lambda: len(got) > 3)
    assert {message.stream for message in got} == {TRADES}


def test_the_client_gives_messages_with_the_events_of_other_streams(
    shared_simulator: Simulator, connect: Connect
) -> None:
    client = connect(shared_simulator.url)
    client.raw(TRADES)
    client.book_ticker("btcusdt")
    found: dict[str, Message[Any]] = {}
    for message in client:
        found[message.stream] = message
        if len(found) == 2:
            break
    assert isinstance(found.pop(TRADES).data, RawMessage)
    (other,) = found.values()
    assert not isinstance(other.data, RawMessage)


def test_a_stream_has_events_or_messages(
    shared_simulator: Simulator, connect: Connect, front_end: FrontEnd
) -> None:
    client = connect(shared_simulator.url)
    raw = client.raw(TRADES)
    assert client.raw(TRADES) is raw
    with pytest.raises(ParameterError, match=r"undecoded messages are not subscribed"):
        client.trade("btcusdt")
    raw.unsubscribe()
    trades = client.trade("btcusdt")
    with pytest.raises(ParameterError, match=r"events are not subscribed; unsubscribe\(\) first"):
        client.raw(TRADES)
    trades.unsubscribe()
    again = client.raw(TRADES)
    assert isinstance(again.get(30), RawMessage)


@pytest.mark.parametrize(
    ("name", "options", "error"),
    [
        ("btcusdt@nothing", {}, UnknownStreamError),
        ("A" * 60, {}, ParameterError),
        (TRADES, {"fill": True}, TypeError),
        (TRADES, {"max_idle": -1}, ParameterError),
        ("btcusdt@depth", {"overflow": "latest"}, ParameterError),
    ],
)
def test_what_is_not_allowed(
    shared_simulator: Simulator,
    connect: Connect,
    name: str,
    options: dict[str, Any],
    error: type[Exception],
) -> None:
    client = connect(shared_simulator.url)
    with pytest.raises(error) as raised:
        client.raw(name, **options)
    assert "A" * 60 not in str(raised.value)
    assert client.subscriptions == ()


def test_messages_have_no_columns(shared_simulator: Simulator, connect: Connect) -> None:
    trades = connect(shared_simulator.url).raw(TRADES)
    with pytest.raises(ParameterError, match=r"undecoded messages have no columns"):
        trades.frames("polars")


def test_a_book_may_use_the_same_stream(shared_simulator: Simulator, connect: Connect) -> None:
    client = connect(shared_simulator.url)
    updates = client.raw("btcusdt@depth@100ms")
    book = client.order_book("BTCUSDT", speed=100)
    book.wait(30)
    assert isinstance(updates.get(30), RawMessage)
    assert book.best_bid is not None


def test_a_recording_is_replayed_as_messages(
    shared_simulator: Simulator, connect: Connect, tmp_path: Path
) -> None:
    """Each once, byte for byte."""
    client = connect(shared_simulator.url)
    recording = client.record(tmp_path)
    trades = client.raw(TRADES)
    recorded = [trades.get(30).frame for _ in range(30)]
    recording.close()
    again = connect(f"replay:{tmp_path}?speed=max").raw(TRADES)
    assert [message.frame for message in again][: len(recorded)] == recorded


def test_a_message_is_its_payload() -> None:
    one = RawMessage(b'{"stream":"btcusdt@trade","data":{"t":1}}')
    other = RawMessage(b'{ "data":{"t":1}, "stream":"btcusdt@trade"}')
    assert one == other
    assert hash(one) == hash(other)
    assert (one.data, other.data, other.stream) == (b'{"t":1}', b'{"t":1}', TRADES)
    assert one != RawMessage(b'{"stream":"btcusdt@trade","data":{"t":2}}')
    assert one != b'{"t":1}'
    assert repr(one) == 'RawMessage(b\'{"stream":"btcusdt@trade","data":{"t":1}}\')'


def test_without_envelope_the_form_says_which_stream_it_is(
    simulator: Simulator, connect: Connect
) -> None:
    client: Client[Any] = connect(simulator.url)
    trades = client.raw(TRADES)
    trades.get(30)
    client.set_property("combined", False)
    messages = [trades.get(30) for _ in range(20)]
    assert {message.stream for message in messages} == {TRADES}
    assert decode(messages[-1].data, Trade).symbol == "BTCUSDT"
