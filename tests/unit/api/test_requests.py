"""Requests of users: sent once, or not at all."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from binance_streams_runtime.errors import ConnectionLost, RequestError, RequestTimeout
from tests.support.api_world import API, ApiWorld, Key, Peer

KEY = Key("mine")
ED = Key("ed", "Ed25519")


def opened(key: Key = KEY) -> ApiWorld:
    world = ApiWorld()
    world.open_account(key)
    world.run(1)
    return world


def test_a_request_is_signed_by_its_key_and_answered() -> None:
    world = opened()
    world.request("openOrders.status", KEY, symbol="BTCUSDT")
    world.run(1)
    params = world.peer.requests[-1]["params"]
    assert params["symbol"] == "BTCUSDT"
    assert params["apiKey"] == "mine"
    assert world.results == [({"done": "openOrders.status"}, None)]


def test_a_request_of_a_key_that_is_logged_on_needs_no_signature() -> None:
    world = opened(ED)
    world.request("account.status", ED)
    world.request("account.status", KEY)
    world.run(1)
    assert set(world.peer.requests[-2]["params"]) == {"timestamp"}
    assert set(world.peer.requests[-1]["params"]) == {"timestamp", "apiKey", "signature"}


def test_a_request_of_anybody_has_no_key() -> None:
    world = opened()
    world.request("ping")
    world.run(1)
    assert "params" not in world.peer.requests[-1]


def test_a_request_without_an_account_opens_a_connection_and_closes_it() -> None:
    world = ApiWorld()
    world.request("account.status", KEY)
    world.run(60)
    assert world.results == [({"done": "account.status"}, None)]
    assert world.opened == world.dropped == [1]


def test_a_request_waits_for_the_next_connection() -> None:
    world = opened()
    world.opens_after = 3.0
    world.cut(1)
    world.request("account.status", KEY)
    world.run(10)
    assert world.results == [({"done": "account.status"}, None)]


def test_a_request_that_is_being_signed_when_the_connection_ends_is_signed_anew() -> None:
    world = opened()
    world.signs_after = 1.0
    world.request("account.status", KEY)
    world.run(0.5)
    world.cut(1)
    world.run(10)
    assert world.results == [({"done": "account.status"}, None)]
    assert world.peers[1].methods.count("account.status") == 0
    assert world.peers[2].requests[-1]["params"]["signature"] == "of connection 2"


def test_a_request_that_was_sent_when_the_connection_ends_is_not_sent_again() -> None:
    world = opened()
    world.react_api = lambda peer, request: None
    world.request("account.status", KEY)
    world.run(1)
    world.react_api = Peer.obey
    world.cut(1)
    world.run(10)
    ((_, error),) = world.results
    assert isinstance(error, ConnectionLost)
    assert "account.status was sent: nobody knows whether it was done" in str(error)
    assert "account.status" not in world.peers[2].methods


def test_a_request_that_no_connection_takes_says_that_it_was_not_sent() -> None:
    world = ApiWorld()
    world.retries = False
    world.opens_after = None
    world.request("account.status", KEY)
    world.call("lost", 1, ConnectionLost("refused"))
    ((_, error),) = world.results
    assert isinstance(error, ConnectionLost)
    assert "account.status was not sent" in str(error)


def test_a_request_that_cannot_be_sent_says_what_it_waited_for() -> None:
    world = ApiWorld()
    world.opens_after = None
    world.request("account.status", KEY)
    world.run(16)
    ((_, error),) = world.results
    assert isinstance(error, RequestTimeout)
    assert "account.status was not sent within 15 s" in str(error)
    assert "ws://server/ws-api/v3" in str(error)


@pytest.mark.parametrize("key", [KEY, None])
def test_a_request_that_is_not_prepared_in_time_is_not_sent(key: Key | None) -> None:
    """Its key has not signed it, if it has one, and nothing said why."""
    world = opened()
    world.signs_after = None
    method = "time" if key is None else "account.status"
    world.request(method, key)
    world.run(20)
    ((_, error),) = world.results
    assert isinstance(error, RequestTimeout)
    assert f"{method} was not sent within 15 s" in str(error)
    assert ("its key has not signed it yet" in str(error)) == (key is not None)


@pytest.mark.parametrize(("method", "is_trade"), [("account.status", False), ("order.place", True)])
def test_a_request_that_is_not_answered_says_so(method: str, is_trade: bool) -> None:
    world = opened()
    world.react_api = lambda peer, request: None
    world.request(method, KEY)
    world.run(20)
    ((_, error),) = world.results
    assert isinstance(error, RequestTimeout)
    assert f"{method} was not answered within 15 s" in str(error)
    assert ("nobody knows whether it was done" in str(error)) == is_trade


def test_a_cancelled_request_is_never_sent() -> None:
    world = opened()
    world.signs_after = 1.0
    cancelled = world.request("account.status", KEY)
    world.run(0.5)
    cancelled.is_cancelled = True
    waiting = ApiWorld()
    waiting.request("account.status", KEY).is_cancelled = True
    world.run(5)
    waiting.run(5)
    assert "account.status" not in world.peer.methods
    assert world.results == waiting.results == []
    assert world.answered_calls[-1][1] == (None, None, None, None)


def test_a_refusal_is_reported_with_what_to_do() -> None:
    world = opened()
    world.react_api = lambda peer, request: peer.refuse(request, -2015, 401)
    world.request("account.status", KEY)
    world.run(1)
    ((_, error),) = world.results
    assert isinstance(error, RequestError)
    known = API.error(-2015)
    assert known is not None
    assert (error.code, error.status, error.advice) == (-2015, 401, known.advice)
    assert world.opened == [1]


@pytest.mark.parametrize("status", [500, 200, None, "x"])
def test_an_answer_that_is_no_success_is_a_refusal(status: object) -> None:
    world = opened()
    world.react_api = lambda peer, request: peer.send(
        {"id": request["id"], "status": status} | ({} if status == 200 else {"result": {}})
    )
    world.request("account.status", KEY)
    world.run(20)
    ((_, error),) = world.results
    assert isinstance(error, RequestError)


def test_an_answer_that_cannot_be_decoded_is_an_error_of_this_request_alone() -> None:
    world = opened()
    request = world.request("account.status", KEY)
    request.decode = msgspec.json.Decoder(int).decode
    world.run(1)
    ((result, error),) = world.results
    assert result is None
    assert isinstance(error, RequestError)
    assert "cannot be decoded" in str(error)


def test_limits_are_passed_on() -> None:
    world = opened()

    def answer(peer: Peer, request: dict[str, Any]) -> None:
        limits = [
            {"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "count": 1},
            {
                "rateLimitType": "REQUEST_WEIGHT",
                "interval": "MINUTE",
                "intervalNum": 1,
                "count": 70,
            },
        ]
        body = {"id": request["id"], "status": 200, "result": {}, "rateLimits": limits}
        peer.send(body)

    world.react_api = answer
    world.request("account.status", KEY)
    world.run(1)
    call, (used, server_time, status, retry_after) = world.answered_calls[-1]
    assert call.method.name == "account.status"
    assert (used, status, retry_after) == (70, 200, None)
    assert server_time == pytest.approx(world.now, abs=2)


@pytest.mark.parametrize("limits", [None, "x", [3], [{"rateLimitType": "REQUEST_WEIGHT"}]])
def test_limits_that_make_no_sense_are_ignored(limits: object) -> None:
    world = opened()
    world.react_api = lambda peer, request: peer.send(
        {"id": request["id"], "status": 200, "result": {}, "rateLimits": limits}
    )
    world.request("account.status", KEY)
    world.run(1)
    assert world.answered_calls[-1][1][0] is None
    assert world.results == [({}, None)]


def test_the_fate_of_each_call_is_reported_once() -> None:
    world = opened()
    world.react_api = lambda peer, request: None
    world.request("account.status", KEY)
    world.run(1)
    world.cut(1)
    world.react_api = Peer.obey
    world.run(30)
    reported = [call for call, _ in world.answered_calls]
    assert len(reported) == len(set(map(id, reported)))
    assert {id(call) for call in reported} == {id(call) for call in world.calls}


def test_a_request_that_was_never_asked_for_is_not_sent() -> None:
    """What was prepared for another engine's call, or twice."""
    world = opened()
    before = len(world.sent)
    for call in world.calls:
        world.finish(call)
    assert len(world.sent) == before


def test_a_text_prepared_for_a_lost_connection_is_dropped() -> None:
    world = opened()
    world.signs_after = None
    world.request("account.status", KEY)
    call = world.calls[-1]
    world.opens_after = None
    world.cut(1)
    before = len(world.sent)
    world.finish(call)
    assert len(world.sent) == before
