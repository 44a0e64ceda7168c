"""Requests that the server refuses, or does not answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any, Literal

import pytest

from binance_streams import (
    ConnectionLost,
    Disconnected,
    RequestError,
    RequestTimeout,
    Subscription,
)
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.frames import frame, trade_frame
from tests.support.limits import LIMIT, MS, failure, in_time, wait_until
from tests.support.raw_server import Peer, RawServer
from tests.support.watching import Notices


@pytest.mark.parametrize("shape", ["documented", "nested"])
def test_a_refusal_is_raised_where_it_is_waited_for(
    connect: Connect, shape: Literal["documented", "nested"]
) -> None:
    notices = Notices()
    with Simulator(speed=50, refusal_shape=shape) as simulator:
        client = connect(simulator.url, on_notice=notices)
        subscription = client.trade("BTCUSDT")
        subscription.get(LIMIT)
        error = failure(lambda: client.get_property("nonsense", id=5))
        assert isinstance(error, RequestError)
        assert (error.code, error.message, error.id) == (0, "Unknown property", 5)
        error = failure(lambda: client.set_property("nonsense", True, id="x1"))
        assert isinstance(error, RequestError)
        assert (error.code, error.id) == (0, "x1")
        assert in_time(lambda: client.get_property("combined")) is True
        before = subscription.stats().messages
        wait_until(lambda: subscription.stats().messages > before)
        assert notices.of(Disconnected) == []


def refuse(answer: Callable[[Any], dict[str, Any]]) -> Callable[[Peer], None]:
    """Confirm a first subscription, refuse the second, confirm what follows."""

    def handle(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        peer.send(frame(json.dumps(answer(peer.read_request()["id"]))) + trade_frame(1))
        while True:
            peer.confirm()

    return handle


@pytest.mark.parametrize(
    ("answer", "code", "text"),
    [
        (lambda id: {"code": 2, "msg": "Invalid request", "id": id}, 2, "Invalid request"),
        (lambda id: {"error": {"code": 4, "msg": "Too many"}, "id": id}, 4, "Too many"),
        (lambda id: {"code": -9999, "msg": "brand new", "id": id}, -9999, "brand new"),
        (lambda id: {"code": 3, "msg": "Invalid JSON"}, 3, "Invalid JSON"),
        (lambda id: {"error": {"code": 3, "msg": "Invalid"}, "id": None}, 3, "Invalid"),
        (lambda id: {"error": "no object", "id": id}, None, "no object"),
        (lambda id: {"error": {"msg": 5}, "id": id}, None, ""),
    ],
    ids=["documented", "nested", "unknown-code", "no-id", "null-id", "a-text", "no-code"],
)
def test_a_stream_that_is_refused_ends_alone(
    connect: Connect, answer: Callable[[Any], dict[str, Any]], code: int | None, text: str
) -> None:
    notices = Notices()
    with RawServer(refuse(answer)) as server:
        client = connect(server.url, on_notice=notices)
        kept = client.trade("BTCUSDT")
        in_time(lambda: kept.wait(LIMIT))
        refused = client.trade("ETHUSDT")
        for work in (refused.wait, lambda: refused.get(LIMIT), lambda: list(refused)):
            error = failure(work)
            assert isinstance(error, RequestError)
            assert error.code == code
            assert text in error.message
        assert kept.get(LIMIT).trade_id == 1
        in_time(lambda: client.agg_trade("BTCUSDT").wait(LIMIT))
        assert kept in client.subscriptions
        assert refused not in client.subscriptions
        assert notices.of(Disconnected) == []


def test_a_loop_over_the_client_ends_with_its_only_stream(connect: Connect) -> None:
    def handle(peer: Peer) -> None:
        peer.shake()
        peer.send(frame(json.dumps({"code": 4, "msg": "no", "id": peer.read_request()["id"]})))
        peer.drain()

    with RawServer(handle) as server:
        client = connect(server.url)
        client.trade("BTCUSDT")
        assert isinstance(failure(lambda: list(client)), RequestError)
        assert client.subscriptions == ()


def test_a_refusal_without_id_is_for_the_oldest_request(connect: Connect) -> None:
    are_asked = threading.Event()

    def handle(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        oldest = peer.read_request()
        are_asked.set()
        newest = peer.read_request()
        assert (oldest["method"], newest["method"]) == ("LIST_SUBSCRIPTIONS", "GET_PROPERTY")
        peer.send(frame('{"code":2,"msg":"whose?"}'))
        peer.send(frame(json.dumps({"result": True, "id": newest["id"]})))
        peer.drain()

    with RawServer(handle) as server:
        client = connect(server.url)
        in_time(lambda: client.trade("BTCUSDT").wait(LIMIT))
        errors: list[BaseException] = []
        asking = threading.Thread(
            target=lambda: errors.append(failure(client.list_subscriptions)), daemon=True
        )
        asking.start()
        assert are_asked.wait(LIMIT)
        assert in_time(lambda: client.get_property("combined")) is True
        asking.join(LIMIT)
        assert isinstance(errors[0], RequestError)
        assert "whose?" in str(errors[0])


# What exactly is asked again is tested in simulated time (tests/unit); here a slow machine may
# make a request or two more of it.

SHORT = 200 * MS
"""Seconds after which a request counts as not answered, be it that the machine is slow."""


def is_confirmed(subscription: Subscription[Any]) -> bool:
    """Whether it is, after having waited for it as long as a request may take."""
    try:
        subscription.wait(LIMIT)
    except RequestTimeout:
        return False
    return True


def test_a_request_that_was_not_obeyed_is_made_again(
    connect: Connect, simulator: Simulator
) -> None:
    simulator.ignore_requests(1_000_000)
    subscription = connect(simulator.url, request_timeout=SHORT).trade("BTCUSDT")
    error = failure(lambda: subscription.wait(LIMIT))
    assert isinstance(error, RequestTimeout)
    assert f"{SHORT} s" in str(error)
    simulator.ignore_requests(0)
    wait_until(lambda: is_confirmed(subscription))
    assert subscription.get(LIMIT).symbol == "BTCUSDT"


def test_a_request_that_was_obeyed_is_not_made_again(connect: Connect) -> None:
    """Only its answer was lost."""
    requests: list[Any] = []

    def handle(peer: Peer) -> None:
        peer.shake()
        while True:
            request = peer.read_request()
            requests.append(request["method"])
            if request["method"] == "LIST_SUBSCRIPTIONS":
                answer = {"result": ["btcusdt@trade"], "id": request["id"]}
                peer.send(frame(json.dumps(answer)))

    with RawServer(handle) as server:
        subscription = connect(server.url, request_timeout=5 * SHORT).trade("BTCUSDT")
        wait_until(lambda: is_confirmed(subscription))
        assert requests[0] == "SUBSCRIBE"
        assert set(requests[1:]) == {"LIST_SUBSCRIPTIONS"}


def test_an_unsubscription_that_was_not_obeyed_is_made_again(
    connect: Connect, simulator: Simulator
) -> None:
    client = connect(simulator.url, request_timeout=SHORT)
    client.trade("BTCUSDT").get(LIMIT)
    client.trade("ETHUSDT").get(LIMIT)
    simulator.ignore_requests(1)
    client.unsubscribe("btcusdt@trade")
    wait_until(lambda: simulator.subscriptions == [{"ethusdt@trade"}])


def test_a_question_that_is_not_answered_raises(connect: Connect, simulator: Simulator) -> None:
    client = connect(simulator.url, request_timeout=SHORT)
    trades = client.trade("BTCUSDT")
    # So that nothing else is left unanswered: after some in a row the connection is replaced.
    wait_until(lambda: is_confirmed(trades))
    simulator.ignore_requests(1_000_000)
    assert isinstance(failure(client.list_subscriptions), RequestTimeout)
    assert isinstance(failure(lambda: client.get_property("combined")), RequestTimeout)
    simulator.ignore_requests(0)

    def is_answered() -> bool:
        try:
            return client.list_subscriptions() == ["btcusdt@trade"]
        except (RequestTimeout, ConnectionLost):
            return False

    wait_until(is_answered)


def test_a_server_that_answers_nothing_is_left(connect: Connect, simulator: Simulator) -> None:
    """After some requests in a row; the connection that follows may do better."""
    simulator.ignore_requests(1_000_000)
    subscription = connect(simulator.url, request_timeout=SHORT).trade("BTCUSDT")
    wait_until(lambda: simulator.connection_attempts >= 2)
    simulator.ignore_requests(0)
    wait_until(lambda: is_confirmed(subscription))
    wait_until(lambda: simulator.connections == 1)
