"""Subscribing, unsubscribing and asking the server: ids, refusals, names, warnings."""

from __future__ import annotations

import inspect
import threading
import warnings
from typing import Any

import pytest

import binance_streams
from binance_streams import (
    ACTION_SUBSCRIBE,
    ACTION_UNSUBSCRIBE,
    Client,
    ClientClosed,
    ParameterError,
    RequestError,
    RequestTimeout,
    RetiredStreamWarning,
    UnknownStreamError,
)
from binance_streams_runtime.client.client import BaseClient
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.limits import LIMIT, MS, failure, in_time, wait_until
from tests.support.raw_server import Peer, RawServer
from tests.support.scripts import trades


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
    client = connect(simulator.url)
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


def test_an_ended_subscription_cannot_end_its_successor(
    connect: Connect, simulator: Simulator
) -> None:
    """unsubscribe() of the old one, repeated, is about the old one."""
    client = connect(simulator.url)
    for _ in range(50):
        old = client.trade("BTCUSDT")
        old.unsubscribe()
        new = client.trade("BTCUSDT")
        old.unsubscribe()
        assert client.subscriptions == (new,)
        new.unsubscribe()


@pytest.mark.parametrize("shape", ["documented", "nested"])
def test_refusals_reach_whoever_waits(connect: Connect, shape: Any) -> None:
    with Simulator(refusal_shape=shape) as simulator:
        client = connect(simulator.url)
        error = failure(lambda: client.get_property("nonsense"))
        assert isinstance(error, RequestError)
        assert (error.code, error.message) == (0, "Unknown property")
        error = failure(lambda: client.set_property("nonsense", True, id="x1"))
        assert isinstance(error, RequestError)
        assert (error.code, error.id) == (0, "x1")
        assert in_time(lambda: client.get_property("combined")) is True


@pytest.mark.parametrize(
    "refusal",
    [
        '{"code":4,"msg":"Too many subscriptions","id":%s}',
        '{"error":{"code":4,"msg":"Too many subscriptions"},"id":%s}',
        '{"code":4,"msg":"Too many subscriptions"}',
    ],
)
def test_a_refused_stream_ends_with_the_servers_words(connect: Connect, refusal: str) -> None:
    from tests.support.frames import frame

    def handle(peer: Peer) -> None:
        peer.shake()
        id = peer.read_request()["id"]
        peer.send(frame(refusal % id if "%" in refusal else refusal))
        peer.drain()

    with RawServer(handle) as server:
        client = connect(server.url)
        subscription = client.trade("BTCUSDT")
        calls = subscription.wait, lambda: list(subscription), lambda: subscription.get(LIMIT)
        for call in calls:
            error = failure(call)
            assert isinstance(error, RequestError)
            assert (error.code, error.message) == (4, "Too many subscriptions")
        assert isinstance(failure(lambda: list(client)), RequestError)
        assert client.subscriptions == ()


def test_no_answer_is_an_error_in_time(connect: Connect, simulator: Simulator) -> None:
    client = connect(simulator.url, request_timeout=200 * MS)
    simulator.ignore_requests(100)
    assert isinstance(failure(client.list_subscriptions), RequestTimeout)
    assert isinstance(failure(lambda: client.get_property("combined")), RequestTimeout)
    subscription = client.trade("BTCUSDT")
    assert isinstance(failure(subscription.wait), RequestTimeout)
    assert isinstance(failure(lambda: subscription.wait(10 * MS)), RequestTimeout)
    simulator.ignore_requests(0)
    assert in_time(lambda: subscription.get(LIMIT)).symbol == "BTCUSDT"


def test_asking_from_many_threads(connect: Connect, simulator: Simulator) -> None:
    client = connect(simulator.url)
    in_time(client.trade("BTCUSDT").wait)
    answers: list[object] = []

    def ask(number: int) -> None:
        answers.append(client.get_property("combined", id=number))

    threads = [threading.Thread(target=ask, args=(number,), daemon=True) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
    assert answers == [True] * 12
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


@pytest.mark.parametrize(
    "name", ["BTCUSDT@trade", "btcusdt", "btcusdt@trad", "", "btcusdt@trade ", "a/b@trade", "!x"]
)
def test_raw_names_that_would_stay_silent_are_refused(
    connect: Connect, shared_simulator: Simulator, name: str
) -> None:
    client = connect(shared_simulator.url)
    with pytest.raises(UnknownStreamError):
        client.subscribe(name)
    with pytest.raises(UnknownStreamError):
        client.unsubscribe(name)


def test_raw_names_give_typed_events(connect: Connect, shared_simulator: Simulator) -> None:
    client = connect(shared_simulator.url)
    event = in_time(lambda: client.subscribe("币安人生usdt@kline_1m").get(LIMIT))
    assert (event.kline.interval, event.symbol) == ("1m", "币安人生USDT")


@pytest.mark.parametrize("method", ["ticker", "subscribe"])
def test_retired_streams_warn_at_the_callers_line(
    connect: Connect, shared_simulator: Simulator, method: str
) -> None:
    client = connect(shared_simulator.url)
    with pytest.warns(RetiredStreamWarning, match="use ") as caught:
        subscription = client.ticker() if method == "ticker" else client.subscribe("!ticker@arr")
    assert caught[0].filename == __file__
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


@pytest.mark.parametrize(
    "options",
    [{"maxsize": 0}, {"maxsize": -1}, {"maxsize": True}, {"overflow": "block!"}, {"on_event": 5}],
)
def test_bad_options_are_refused(
    connect: Connect, shared_simulator: Simulator, options: dict[str, Any]
) -> None:
    client = connect(shared_simulator.url)
    with pytest.raises(ParameterError):
        client.trade("BTCUSDT", **options)
    with pytest.raises(ParameterError):
        Client(shared_simulator.url, **options)
    assert client.subscriptions == ()


def test_an_unknown_keyword_is_a_type_error(connect: Connect, shared_simulator: Simulator) -> None:
    client = connect(shared_simulator.url)
    with pytest.raises(TypeError, match="colour"):
        client.trade("BTCUSDT", colour=1)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "server",
    [
        "", "nowhere", "http://h", "ws://", "ws://h/path", "ws://h?", "ws://h?a=b", "ws://h#",
        "ws://u:p@h", "ws://@h", "ws://h:0", "ws://h:99999", "ws://h h", "ws://h\r\nX: y", "ws://[::1",
        "ws://h\\x", "ws://h%00", b"production", 5,
    ],
)  # fmt: skip
def test_bad_servers_are_refused_at_once(server: Any) -> None:
    with pytest.raises(ParameterError) as caught:
        Client(server)
    assert "u:p" not in str(caught.value)


def test_named_servers_are_known() -> None:
    for server in Client.venue.servers:
        with Client(server.name) as client:
            assert client.url == f"{server.url}/stream"


def test_a_server_without_user_data_refuses_it() -> None:
    with Client("market_data") as client, pytest.raises(ParameterError, match="market_data"):
        client.user_data("a" * 64)


@pytest.mark.parametrize("name", ["connect_timeout", "request_timeout", "silence_timeout"])
@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), True, "1", []])
def test_bad_limits_are_refused(name: str, value: Any) -> None:
    with pytest.raises(ParameterError):
        Client("ws://127.0.0.1:1", **{name: value})


def test_an_argument_that_a_client_does_not_take_lists_those_that_it_does() -> None:
    arguments = [name for name in inspect.signature(BaseClient).parameters if name != "others"]
    with pytest.raises(TypeError) as caught:
        Client("ws://127.0.0.1:1", symbol="btcusdt")  # type: ignore[call-overload]
    allowed = ", ".join(arguments)
    assert str(caught.value) == f"unexpected keyword argument 'symbol'; allowed: {allowed}"


def test_the_handshake_says_which_version_it_is(connect: Connect) -> None:
    with RawServer(trades(1)) as server:
        connect(server.url).trade("BTCUSDT").get(LIMIT)
        agent = f"User-Agent: binance-streams/{binance_streams.__version__}"
        assert agent.encode() in server.peers[0].head.splitlines()
