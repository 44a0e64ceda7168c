"""Callbacks: nothing that a user's code does may stop a stream unseen."""

from __future__ import annotations

from asyncio import CancelledError
from decimal import Decimal
from typing import Any

import pytest

from binance_streams import (
    AggTrade,
    BookTicker,
    ConnectionLost,
    Message,
    ParameterError,
    Trade,
)
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.limits import in_time, wait_until
from tests.support.raw_server import Peer, RawServer
from tests.support.scripts import serving
from tests.support.watching import ids


def test_a_callback_gets_every_event_in_order(connect: Connect) -> None:
    seen: list[Trade[Decimal]] = []
    with RawServer(serving(1, 1000)) as server:
        subscription = connect(server.url).trade("BTCUSDT", on_event=seen.append)
        wait_until(lambda: len(seen) == 1000)
        assert ids(seen) == list(range(1, 1001))
        with pytest.raises(ParameterError):
            iter(subscription)


def test_the_clients_callback_gets_what_no_subscription_takes(
    connect: Connect, shared_simulator: Simulator
) -> None:
    all_seen: list[Message[Any]] = []
    own: list[Any] = []
    client = connect(shared_simulator.url, on_event=all_seen.append)
    client.trade("BTCUSDT", on_event=own.append)
    client.book_ticker("BTCUSDT")
    iterated = client.agg_trade("BTCUSDT")
    assert isinstance(in_time(lambda: next(iter(iterated))), AggTrade)
    wait_until(lambda: len(all_seen) > 20 and len(own) > 20)
    assert all(isinstance(event, Trade) for event in own)
    assert all(isinstance(message.data, (BookTicker, AggTrade)) for message in all_seen)
    with pytest.raises(ParameterError):
        iter(client)


@pytest.mark.parametrize("kind", [ValueError, CancelledError])
def test_what_a_callback_raises_is_reported_and_stops_nothing(
    connect: Connect, kind: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    assert_reported(connect, kind)
    wait_until(lambda: "in callback" in caplog.text and "Traceback" in caplog.text)


@pytest.mark.sync_only("in a callback in an event loop, they end the loop, as in any of its tasks")
@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt])
def test_what_would_end_a_thread_is_reported_and_stops_nothing(
    connect: Connect, kind: type[BaseException]
) -> None:
    assert_reported(connect, kind)


def assert_reported(connect: Connect, kind: type[BaseException]) -> None:
    errors: list[BaseException] = []
    seen: list[int] = []

    def callback(event: Trade[Decimal]) -> None:
        seen.append(event.trade_id)
        if event.trade_id % 2:
            raise kind(f"odd {event.trade_id}")

    with RawServer(serving(1, 10)) as server:
        connect(server.url, on_error=errors.append).trade("BTCUSDT", on_event=callback)
        wait_until(lambda: len(seen) == 10 and len(errors) == 5)
        assert seen == list(range(1, 11))
        assert {type(error) for error in errors} == {kind}
        assert [str(error) for error in errors] == ["odd 1", "odd 3", "odd 5", "odd 7", "odd 9"]


def test_an_on_error_that_raises_stops_nothing(connect: Connect) -> None:
    assert_goes_on(connect, RuntimeError)


@pytest.mark.sync_only("in a callback in an event loop, it ends the loop, as in any of its tasks")
def test_an_on_error_that_exits_stops_nothing(connect: Connect) -> None:
    assert_goes_on(connect, SystemExit)


def assert_goes_on(connect: Connect, kind: type[BaseException]) -> None:
    """Although ``on_error`` raises."""
    seen: list[int] = []

    def callback(event: Trade[Decimal]) -> None:
        seen.append(event.trade_id)
        raise ValueError

    def on_error(error: BaseException) -> None:
        raise kind

    with RawServer(serving(1, 10)) as server:
        connect(server.url, on_error=on_error).trade("BTCUSDT", on_event=callback)
        wait_until(lambda: len(seen) == 10)


def test_what_ends_a_stream_with_a_callback_is_reported(connect: Connect) -> None:
    errors: list[BaseException] = []
    seen: list[Any] = []
    with RawServer(serving(1, 3, then=Peer.leave)) as server:
        client = connect(server.url, on_error=errors.append, reconnect=False)
        client.trade("BTCUSDT", on_event=seen.append)
        wait_until(lambda: errors)
    assert len(seen) == 3
    assert isinstance(errors[0], ConnectionLost)
