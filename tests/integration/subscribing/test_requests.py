"""Subscribing, unsubscribing and asking the server: ids, refusals, names, warnings."""

from __future__ import annotations

import threading
import warnings
from typing import Any

import pytest

from binance_streams import (
    ACTION_SUBSCRIBE,
    ACTION_UNSUBSCRIBE,
    Client,
    ClientClosed,
    ParameterError,
    RetiredStreamWarning,
)
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.front_ends import FrontEnd
from tests.support.limits import LIMIT, MS, failure, in_time, wait_until


def requests_of(simulator: Simulator, method: str) -> list[Any]:
    return [request for request in simulator.received if request["method"] == method]


def test_wait_returns_once_the_server_has_confirmed(connect: Connect, simulator: Simulator) -> None:
    subscription = connect(simulator.url).trade("BTCUSDT")
    in_time(subscription.wait)
    assert subscription.state == "confirmed"
    assert simulator.subscriptions == [{"btcusdt@trade"}]
    in_time(subscription.wait)


def test_ids_reach_the_server_as_they_are(connect: Connect, simulator: Simulator) -> None:
    client = connect(simulator.url)
    in_time(client.trade("BTCUSDT", id=1).wait)
    in_time(client.agg_trade("BTCUSDT", id="abc").wait)
    in_time(lambda: client.list_subscriptions(id=2**63 - 1))
    in_time(lambda: client.get_property("combined", id=-5))
    client.unsubscribe("btcusdt@trade", id=0)
    wait_until(lambda: len(simulator.received) == 5)
    assert [request["id"] for request in simulator.received] == [1, "abc", 2**63 - 1, -5, 0]


@pytest.mark.parametrize("id", [True, 1.0, 2**63, "", "a" * 37, "a-b", "é", b"x", [1]])
def test_ids_that_the_venue_does_not_take_are_refused(
    connect: Connect, shared_simulator: Simulator, id: Any
) -> None:
    client = connect(shared_simulator.url)
    for call in (
        lambda: client.trade("BTCUSDT", id=id),
        lambda: client.list_subscriptions(id=id),
        lambda: client.get_property("combined", id=id),
        lambda: client.unsubscribe("btcusdt@trade", id=id),
    ):
        with pytest.raises(ParameterError):
            call()
    assert client.subscriptions == ()


def test_an_id_in_use_is_refused_and_free_again_later(
    connect: Connect, simulator: Simulator
) -> None:
    # The handshake may fall into the stall, and is answered at the next attempt only.
    client = connect(simulator.url, connect_timeout=500 * MS)
    simulator.stall()
    first = client.trade("BTCUSDT", id=7)
    with pytest.raises(ParameterError):
        client.agg_trade("BTCUSDT", id=7)
    simulator.unstall()
    assert [subscription.name for subscription in client.subscriptions] == ["btcusdt@trade"]
    # Whether the first was confirmed or lost its answer, its id is free in the end.
    wait_until(lambda: can_use(client, 7), timeout=LIMIT)
    del first


def can_use(client: Client[Any], id: int) -> bool:
    try:
        client.agg_trade("BTCUSDT", id=id)
    except ParameterError:
        return False
    return True


def test_the_same_name_is_the_same_subscription(connect: Connect, simulator: Simulator) -> None:
    client = connect(simulator.url)
    first = client.trade("BTCUSDT")
    assert client.trade("btcusdt") is first
    assert client.subscribe("btcusdt@trade") is first
    with pytest.raises(ParameterError):
        client.trade("BTCUSDT", maxsize=5)
    in_time(first.wait)
    assert len(requests_of(simulator, "SUBSCRIBE")) == 1


def test_unsubscribing_ends_the_iteration_and_reaches_the_server(
    connect: Connect, simulator: Simulator
) -> None:
    client = connect(simulator.url)
    by_action, by_name, by_itself = (
        client.trade("BTCUSDT"),
        client.agg_trade("BTCUSDT"),
        client.book_ticker("BTCUSDT"),
    )
    for subscription in client.subscriptions:
        in_time(subscription.wait)
    client.trade("btcusdt", action=ACTION_UNSUBSCRIBE)
    client.unsubscribe("btcusdt@aggTrade")
    by_itself.unsubscribe()
    for ended in (by_action, by_name, by_itself):
        in_time(lambda ended=ended: list(ended))  # type: ignore[misc]
        assert ended.state == "ended"
        assert isinstance(failure(lambda ended=ended: ended.get(LIMIT)), ClientClosed)  # type: ignore[misc]
    wait_until(lambda: simulator.subscriptions == [set()])
    assert client.subscriptions == ()


def test_unsubscribing_twice_or_what_never_was_has_no_effect(
    connect: Connect, simulator: Simulator
) -> None:
    client = connect(simulator.url)
    subscription = client.trade("BTCUSDT")
    in_time(subscription.wait)
    for _ in range(3):
        subscription.unsubscribe()
        client.unsubscribe("btcusdt@trade")
    client.unsubscribe("ethusdt@trade")
    ended = client.trade("ETHUSDT", action="UNSUBSCRIBE")
    assert in_time(lambda: list(ended)) == []
    wait_until(lambda: simulator.subscriptions == [set()])
    assert in_time(client.list_subscriptions) == []
    assert len(requests_of(simulator, "UNSUBSCRIBE")) == 1


def test_subscribing_again_gives_a_new_subscription(connect: Connect, simulator: Simulator) -> None:
    client = connect(simulator.url)
    first = client.trade("BTCUSDT")
    in_time(first.wait)
    for _ in range(20):
        first.unsubscribe()
        second = client.trade("BTCUSDT", action=ACTION_SUBSCRIBE)
        assert second is not first
        first = second
    in_time(first.wait)
    assert in_time(lambda: first.get(LIMIT)).symbol == "BTCUSDT"
    assert simulator.subscriptions == [{"btcusdt@trade"}]
    assert simulator.violations == []


def test_asking_from_many_threads(connect: Connect, simulator: Simulator) -> None:
    client = connect(simulator.url)
    in_time(client.trade("BTCUSDT").wait)
    answers: list[object] = []

    def ask(number: int) -> None:
        answers.append(client.get_property("combined", id=number))

    threads = [threading.Thread(target=ask, args=(number,), daemon=True) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
    assert answers == [True] * 8
    assert simulator.violations == []


def test_asking_opens_a_connection(connect: Connect, simulator: Simulator) -> None:
    assert in_time(connect(simulator.url).list_subscriptions) == []
    assert simulator.connection_attempts == 1


def test_bare_messages_are_understood_once_combined_is_false(
    connect: Connect, simulator: Simulator
) -> None:
    client = connect(simulator.url)
    trades, tickers = client.trade("BTCUSDT"), client.mini_ticker()
    in_time(trades.wait)
    in_time(tickers.wait)
    in_time(lambda: client.set_property("combined", False))
    assert in_time(lambda: client.get_property("combined")) is False
    before = trades.stats().messages, tickers.stats().messages
    wait_until(
        lambda: trades.stats().messages > before[0] + 5 and tickers.stats().messages > before[1] + 1
    )
    with pytest.raises(ParameterError):
        client.set_property("combined", 1)  # type: ignore[arg-type]


def test_raw_names_give_typed_events(connect: Connect, shared_simulator: Simulator) -> None:
    client = connect(shared_simulator.url)
    event = in_time(lambda: client.subscribe("币安人生usdt@kline_1m").get(LIMIT))
    assert (event.kline.interval, event.symbol) == ("1m", "币安人生USDT")


@pytest.mark.parametrize("method", ["ticker", "subscribe"])
def test_retired_streams_warn_at_the_callers_line(
    connect: Connect, front_end: FrontEnd, shared_simulator: Simulator, method: str
) -> None:
    client = connect(shared_simulator.url)
    with pytest.warns(RetiredStreamWarning, match="use ") as caught:
        subscription = client.ticker() if method == "ticker" else client.subscribe("!ticker@arr")
    assert caught[0].filename == front_end.caller(__file__)
    assert in_time(lambda: subscription.get(LIMIT))


def test_a_retired_stream_whose_warning_is_an_error_is_not_subscribed(
    connect: Connect, shared_simulator: Simulator
) -> None:
    client = connect(shared_simulator.url)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(RetiredStreamWarning):
            client.ticker()
    assert client.subscriptions == ()
