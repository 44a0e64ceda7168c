"""What follows if the server refuses a subscription."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from binance_streams_runtime.errors import RequestError, RequestTimeout, SigningError
from tests.support.api_world import ApiWorld, Key, Peer, items

KEY = Key("mine")
SUBSCRIBE = "userDataStream.subscribe.signature"


def refuses(
    code: int, times: int = 1000, method: str = SUBSCRIBE, status: int = 400, **data: Any
) -> Callable[[Peer, dict[str, Any]], None]:
    """A server that refuses the first requests of a method."""
    refused = 0

    def react(peer: Peer, request: dict[str, Any]) -> None:
        nonlocal refused
        if request["method"] == method and refused < times:
            refused += 1
            peer.refuse(request, code, status, **data)
        else:
            peer.obey(request)

    return react


@pytest.mark.parametrize("code", [-1022, -2015, -2014, -1102, -9999])
def test_a_refusal_that_cannot_heal_ends_the_account_at_once(code: int) -> None:
    world = ApiWorld(refuses(code))
    _, subscriber = world.open_account(KEY)
    world.run(600)
    assert subscriber.log[0] == "ended"
    error = subscriber.log[1]
    assert isinstance(error, RequestError)
    assert error.code == code
    assert error.status == 400
    known = world.engine.api_session._api.error(code)
    assert error.advice == (known.advice or None if known else None)
    assert world.peer.methods.count(SUBSCRIBE) == 1
    assert world.opened == [1]
    assert world.dropped == [1]


def test_it_ends_even_if_it_had_been_confirmed_before() -> None:
    world = ApiWorld()
    _, subscriber = world.open_account(KEY)
    world.run(1)
    world.react_api = refuses(-2015)
    world.cut(1)
    world.run(100)
    assert subscriber.log[:3] == ["confirmed", "interrupted", "ended"]
    assert world.opened == [1, 2]


def test_a_server_error_with_an_unknown_code_is_retried() -> None:
    world = ApiWorld(refuses(-7777, times=2, status=503))
    _, subscriber = world.open_account(KEY)
    world.run(30)
    assert subscriber.log == ["timed out", "timed out", "confirmed"]


def test_pauses_between_attempts_grow() -> None:
    world = ApiWorld(refuses(-1008))
    world.open_account(KEY)
    world.run(600)
    attempts = [call for call in world.calls if call.method.name == SUBSCRIBE]
    assert 8 < len(attempts) < 25


def test_an_old_refusal_makes_no_later_pause_longer() -> None:
    world = ApiWorld(refuses(-1008, times=3))
    _, subscriber = world.open_account(KEY)
    world.run(300)
    world.react_api = refuses(-1008, times=1)
    world.cut(1)
    world.run(3)
    assert subscriber.log[-1] == "confirmed"


def test_a_limit_is_respected_for_as_long_as_the_server_says() -> None:
    world = ApiWorld()
    now = round(world.now * 1000)
    world.react_api = refuses(-1003, 1, status=429, serverTime=now, retryAfter=now + 40_000)
    _, subscriber = world.open_account(KEY)
    world.run(39)
    assert world.peer.methods.count(SUBSCRIBE) == 1
    world.run(3)
    assert world.peer.methods.count(SUBSCRIBE) == 2
    assert subscriber.log == ["timed out", "confirmed"]


def test_a_limit_is_respected_though_the_connection_is_closed_as_well() -> None:
    def ban(peer: Peer, request: dict[str, Any]) -> None:
        if request["method"] == SUBSCRIBE and peer.number == 1:
            at = round(peer.world.now * 1000)
            peer.refuse(request, -1003, 418, serverTime=at, retryAfter=at + 120_000)
            peer.world.at(peer.world.now + 0.02, lambda: peer.world.cut(1))
        else:
            peer.obey(request)

    world = ApiWorld(ban)
    _, subscriber = world.open_account(KEY)
    world.run(119)
    assert world.opened == [1]
    world.run(40)
    assert world.opened == [1, 2]
    assert subscriber.log[-1] == "confirmed"


def test_a_refused_timestamp_is_made_anew_with_the_server_s_time() -> None:
    world = ApiWorld(refuses(-1021, times=2))
    _, subscriber = world.open_account(KEY)
    world.run(2)
    assert world.peer.methods == ["time", SUBSCRIBE] * 3
    assert subscriber.log == ["confirmed"]


def test_a_timestamp_that_is_always_refused_ends_the_account() -> None:
    world = ApiWorld(refuses(-1021))
    _, subscriber = world.open_account(KEY)
    world.run(60)
    assert subscriber.log[0] == "ended"
    assert world.peer.methods.count(SUBSCRIBE) == 4


def test_a_full_connection_is_replaced() -> None:
    world = ApiWorld()
    route, subscriber = world.open_account(KEY)
    world.run(1)
    other, other_subscriber = world.open_account(Key("other"))

    def full(peer: Peer, request: dict[str, Any]) -> None:
        if peer.number == 1 and request["method"] == SUBSCRIBE:
            peer.refuse(request, -2042)
        else:
            peer.obey(request)

    world.react_api = full
    world.run(60)
    assert other_subscriber.log == ["confirmed"]
    assert world.dropped == [1]
    assert sorted(world.peers[2].subscriptions.values()) == ["mine", "other"]
    world.peers[2].publish("mine", 1)
    world.peers[2].publish("other", 2)
    world.run(1)
    assert items(route) == [1]
    assert items(other) == [2]
    assert set(subscriber.log) == {"confirmed"}


def test_a_connection_that_is_always_full_is_not_replaced_all_the_time() -> None:
    world = ApiWorld(refuses(-2042))
    world.open_account(KEY)
    world.run(600)
    assert len(world.opened) < 30


def test_an_account_that_is_active_unknown_to_the_client_gets_another_connection() -> None:
    """The answer to the first request was lost, so its id is unknown."""

    def forgetful(peer: Peer, request: dict[str, Any]) -> None:
        if peer.number == 1 and request["method"] == SUBSCRIBE and not peer.subscriptions:
            peer.subscribe("mine")
        else:
            peer.obey(request)

    world = ApiWorld(forgetful)
    route, subscriber = world.open_account(KEY)
    world.run(60)
    assert subscriber.log[0] == "timed out"
    assert subscriber.log[-1] == "confirmed"
    assert world.dropped == [1]
    world.peers[2].publish("mine", 1)
    world.run(1)
    assert items(route) == [1]


def test_a_second_key_of_the_same_account_ends_and_says_so() -> None:
    world = ApiWorld()
    world.open_account(KEY)
    world.run(1)
    world.react_api = refuses(-2035)
    _, subscriber = world.open_account(Key("same"))
    world.run(60)
    assert subscriber.log[0] == "ended"
    assert "another key" in str(subscriber.log[1])
    assert world.opened == [1]


def test_a_request_that_is_not_answered_is_made_again() -> None:
    def silent_at_first(peer: Peer, request: dict[str, Any]) -> None:
        if request["method"] != SUBSCRIBE or peer.methods.count(SUBSCRIBE) > 1:
            peer.obey(request)

    world = ApiWorld(silent_at_first)
    _, subscriber = world.open_account(KEY)
    world.run(30)
    assert subscriber.log == ["timed out", "confirmed"]


@pytest.mark.parametrize("algorithm", ["HMAC", "Ed25519"])
def test_an_answer_that_comes_too_late_still_counts(algorithm: str) -> None:
    """And the account is subscribed once, whatever becomes of the other request."""
    method = SUBSCRIBE if algorithm == "HMAC" else "userDataStream.subscribe"

    def late(peer: Peer, request: dict[str, Any]) -> None:
        if request["method"] == method and peer.methods.count(method) == 1:
            peer.answer(request, {"subscriptionId": peer.subscribe("mine")}, 15.3)
        elif request["method"] == method:
            peer.refuse(request, -2035, delay=0.9)
        else:
            peer.obey(request)

    world = ApiWorld(late)
    route, subscriber = world.open_account(Key("mine", algorithm))
    world.run(20)
    assert subscriber.log == ["timed out", "confirmed"]
    world.peer.publish("mine", 1)
    world.run(60)
    assert items(route) == [1]
    assert world.opened == [1]


def test_a_late_answer_of_what_nobody_desires_any_more_is_undone() -> None:
    def late(peer: Peer, request: dict[str, Any]) -> None:
        if request["method"] == SUBSCRIBE and request["params"]["apiKey"] == "mine":
            peer.answer(request, {"subscriptionId": peer.subscribe("mine")}, 20)
        else:
            peer.obey(request)

    world = ApiWorld(late)
    world.open_account(Key("other"))
    route, _ = world.open_account(KEY)
    world.run(16)
    world.close_account(route)
    world.run(10)
    assert list(world.peer.subscriptions.values()) == ["other"]


def test_a_second_id_for_an_account_is_given_back() -> None:
    def twice(peer: Peer, request: dict[str, Any]) -> None:
        if request["method"] == SUBSCRIBE and peer.methods.count(SUBSCRIBE) == 1:
            peer.answer(request, {"subscriptionId": 17}, 20)
            peer.subscriptions[17] = "mine"
        elif request["method"] == SUBSCRIBE:
            peer.subscriptions[18] = "mine"
            peer.answer(request, {"subscriptionId": 18})
        else:
            peer.obey(request)

    world = ApiWorld(twice)
    route, _ = world.open_account(KEY)
    world.run(30)
    assert list(world.peer.subscriptions) == [18]
    world.peer.publish("mine", 1)
    world.run(1)
    assert items(route) == [1]


@pytest.mark.parametrize("result", [{}, {"subscriptionId": "x"}, [], None])
def test_an_answer_without_an_id_is_no_confirmation(result: object) -> None:
    def vague(peer: Peer, request: dict[str, Any]) -> None:
        if request["method"] == SUBSCRIBE and peer.methods.count(SUBSCRIBE) == 1:
            peer.answer(request, result)
        else:
            peer.obey(request)

    world = ApiWorld(vague)
    _, subscriber = world.open_account(KEY)
    world.run(5)
    assert subscriber.log == ["timed out", "confirmed"]


def test_an_id_that_is_another_account_s_is_not_believed() -> None:
    world = ApiWorld()
    world.open_account(Key("other"))
    world.run(1)

    def confused(peer: Peer, request: dict[str, Any]) -> None:
        if request["method"] == SUBSCRIBE and peer.methods.count(SUBSCRIBE) == 2:
            peer.answer(request, {"subscriptionId": 0})
        else:
            peer.obey(request)

    world.react_api = confused
    route, subscriber = world.open_account(KEY)
    world.run(5)
    assert subscriber.log == ["timed out", "confirmed"]
    world.peer.publish("other", 1)
    world.run(1)
    assert items(route) == []


def test_a_logon_that_is_refused_for_an_unknown_reason_is_followed_by_a_signature() -> None:
    world = ApiWorld(refuses(-2028, method="session.logon"))
    _, subscriber = world.open_account(Key("ed", "Ed25519"))
    world.run(5)
    assert world.peer.methods == ["time", "session.logon", SUBSCRIBE]
    assert subscriber.log == ["confirmed"]


def test_the_time_is_asked_for_until_the_server_says_it() -> None:
    world = ApiWorld(refuses(-1001, times=2, method="time", status=500))
    _, subscriber = world.open_account(KEY)
    world.run(12)
    assert world.peer.methods == ["time", "time", "time", SUBSCRIBE]
    assert subscriber.log == ["confirmed"]


def test_a_time_that_is_none_is_asked_for_again() -> None:
    def vague(peer: Peer, request: dict[str, Any]) -> None:
        if request["method"] == "time" and len(peer.requests) == 1:
            peer.answer(request, {"serverTime": "noon"})
        else:
            peer.obey(request)

    world = ApiWorld(vague)
    _, subscriber = world.open_account(KEY)
    world.run(6)
    assert subscriber.log == ["confirmed"]


def test_requests_that_are_never_answered_end_the_connection() -> None:
    world = ApiWorld(lambda peer, request: None)
    world.open_account(KEY)
    world.run(200)
    assert len(world.opened) > 1


def test_a_key_that_cannot_sign_ends_the_account() -> None:
    error = SigningError("no signature", is_final=True)
    world = ApiWorld()
    world.fails_to_sign = error
    _, subscriber = world.open_account(KEY)
    world.run(60)
    assert subscriber.log == ["ended", error]


@pytest.mark.parametrize("error", [SigningError("sealed"), RequestTimeout("no weight")])
def test_a_key_that_does_not_sign_at_the_moment_is_asked_again(
    error: SigningError | RequestTimeout,
) -> None:
    world = ApiWorld()
    world.fails_to_sign = error
    _, subscriber = world.open_account(KEY)
    world.run(60)
    assert "ended" not in subscriber.log
    assert 4 < len(subscriber.log) < 10
    world.fails_to_sign = None
    world.run(60)
    assert subscriber.log[-1] == "confirmed"


def test_a_vault_that_once_signed_may_do_so_again() -> None:
    world = ApiWorld()
    _, subscriber = world.open_account(KEY)
    world.run(1)
    world.fails_to_sign = SigningError("sealed")
    world.cut(1)
    world.run(30)
    world.fails_to_sign = None
    world.run(60)
    assert subscriber.log[-1] == "confirmed"


def test_a_signature_that_takes_too_long_is_given_up() -> None:
    world = ApiWorld()
    world.signs_after = None
    _, subscriber = world.open_account(KEY)
    world.run(1)
    world.finish(world.calls[0])
    world.run(20)
    assert subscriber.log == ["timed out"]
    given_up = world.calls[1]
    assert (given_up, (None, None, None, None)) in world.answered_calls
    before = len(world.sent)
    world.finish(given_up)
    assert len(world.sent) == before
