"""How subscriptions end although nobody has asked for that, and how they are asked to end."""

from __future__ import annotations

from typing import Any

import pytest

from binance_streams import Gap, ServerShutdown, Terminated, Undecodable
from tests.support.api_world import ApiWorld, Key, Peer, deposit, items

KEY = Key("mine")
ED = Key("ed", "Ed25519")
SUBSCRIBE = "userDataStream.subscribe.signature"
UNSUBSCRIBE = "userDataStream.unsubscribe"


def opened(*keys: Key, **options: Any) -> tuple[ApiWorld, list[Any]]:
    """A world in which these accounts are confirmed; and their routes and subscribers."""
    world = ApiWorld(**options)
    accounts = [world.open_account(key) for key in keys]
    world.run(1)
    assert all(subscriber.log == ["confirmed"] for _, subscriber in accounts)
    return world, accounts


@pytest.mark.parametrize("key", [KEY, ED])
def test_a_terminated_subscription_is_reported_and_made_again_at_once(key: Key) -> None:
    world, [(route, subscriber)] = opened(key)
    world.peer.terminate(0)
    world.run(1)
    assert items(route) == ["EventStreamTerminated", "Terminated", "Gap"]
    assert subscriber.log == ["confirmed", "interrupted", "confirmed"]
    notice = Terminated(route.label, "eventStreamTerminated")
    assert world.notices_of(Terminated) == [notice]
    (gap,) = world.notices_of(Gap)
    assert gap.reason.startswith("eventStreamTerminated; ")
    assert "ask for the account's state" in gap.reason
    assert world.opened == [1]
    world.peer.publish(key.api_key, 5)
    world.run(1)
    assert items(route)[-1] == 5


def test_one_that_is_terminated_again_and_again_is_made_again_ever_later() -> None:
    def terminate(peer: Peer, request: dict[str, Any]) -> None:
        peer.obey(request)
        if request["method"] == SUBSCRIBE:
            (id,) = peer.subscriptions
            peer.world.at(peer.world.now + 0.05, lambda: peer.terminate(id))

    world = ApiWorld(terminate)
    world.open_account(KEY)
    world.run(600)
    assert 8 < world.peer.methods.count(SUBSCRIBE) < 25
    assert world.opened == [1]


def test_a_termination_before_the_answer_counts_after_it() -> None:
    def hasty(peer: Peer, request: dict[str, Any]) -> None:
        if request["method"] == SUBSCRIBE and peer.methods.count(SUBSCRIBE) == 1:
            peer.event(3, deposit(1))
            peer.event(3, {"e": "eventStreamTerminated", "E": 1})
            peer.answer(request, {"subscriptionId": 3}, 0.1)
        else:
            peer.obey(request)

    world = ApiWorld(hasty)
    route, subscriber = world.open_account(KEY)
    world.run(3)
    assert items(route) == [1, "EventStreamTerminated", "Terminated", "Gap"]
    assert subscriber.log[-1] == "confirmed"
    assert world.peer.methods.count(SUBSCRIBE) == 2


@pytest.mark.parametrize("pending", [True, False])
def test_a_revoked_session_is_reported_and_its_account_signs_from_then_on(pending: bool) -> None:
    world, [(route, subscriber)] = opened(ED)

    def revoked(peer: Peer, request: dict[str, Any]) -> None:
        if request["method"] == "openOrders.status":
            peer.send({"id": None, "status": 401, "error": {"code": -2015, "msg": "Invalid key"}})
            peer.subscriptions.clear()
        else:
            peer.obey(request)

    world.react_api = revoked
    if pending:
        world.request("openOrders.status", ED)
    else:
        revoked(world.peer, {"method": "openOrders.status"})
    world.run(3)
    assert world.peer.methods[-1] == SUBSCRIBE
    assert world.peer.requests[-1]["params"]["signature"]
    assert [notice.reason for notice in world.notices_of(Terminated)] == ["Invalid key"]
    assert items(route) == ["Terminated", "Gap"]
    assert subscriber.log == ["confirmed", "interrupted", "confirmed"]
    assert [getattr(error, "code", None) for _, error in world.results] == [-2015] * pending
    world.request("account.status", ED)
    world.run(1)
    assert "signature" in world.peer.requests[-1]["params"]


def test_a_request_without_a_signature_may_be_the_one_that_finds_the_session_revoked() -> None:
    world, _ = opened(ED)
    world.react_api = lambda peer, request: peer.send(
        {"id": None, "status": 401, "error": {"code": -2015, "msg": "Invalid key"}}
    )
    world.request("session.status")
    world.run(0.02)
    assert [getattr(error, "code", None) for _, error in world.results] == [-2015]


def test_a_revoked_key_ends_its_account_when_its_signature_is_refused() -> None:
    world, [(_, subscriber)] = opened(ED)

    def revoked(peer: Peer, request: dict[str, Any]) -> None:
        is_named = "signature" in request.get("params", {})
        error = {"code": -2015, "msg": "Invalid key"}
        peer.send({"id": request["id"] if is_named else None, "status": 401, "error": error})

    world.react_api = revoked
    world.request("account.status", ED)
    world.run(60)
    assert subscriber.log[:3] == ["confirmed", "interrupted", "ended"]
    assert world.opened == [1]
    assert world.peer.methods.count(SUBSCRIBE) == 1


def test_events_of_a_revoked_session_that_goes_on_are_delivered_until_it_is_replaced() -> None:
    world, [(route, subscriber)] = opened(ED)

    def refuse(peer: Peer, request: dict[str, Any]) -> None:
        if peer.number == 1 and request["method"] == SUBSCRIBE:
            peer.refuse(request, -2035)
        else:
            peer.obey(request)

    world.react_api = refuse
    world.peer.send({"id": None, "status": 401, "error": {"code": -2015, "msg": "Invalid key"}})
    world.run(0.02)
    world.peers[1].publish("ed", 1)
    world.run(60)
    assert world.dropped == [1]
    world.peers[2].publish("ed", 2)
    world.run(1)
    assert items(route) == ["Terminated", 1, "Gap", 2]
    assert subscriber.log[-1] == "confirmed"


def test_a_session_revoked_while_it_subscribes_is_followed_by_a_signature() -> None:
    def revoked(peer: Peer, request: dict[str, Any]) -> None:
        if request["method"] == "userDataStream.subscribe":
            peer.send({"id": None, "status": 401, "error": {"code": -2015, "msg": "Invalid key"}})
        else:
            peer.obey(request)

    world = ApiWorld(revoked)
    _, subscriber = world.open_account(ED)
    world.run(3)
    assert world.peer.methods[-2:] == ["userDataStream.subscribe", SUBSCRIBE]
    assert subscriber.log == ["confirmed"]
    assert world.notices_of(Terminated) == []


def test_a_session_that_the_server_has_forgotten_is_followed_by_a_signature() -> None:
    def forgotten(peer: Peer, request: dict[str, Any]) -> None:
        if request["method"] == "userDataStream.subscribe":
            peer.refuse(request, -1002)
        else:
            peer.obey(request)

    world = ApiWorld(forgotten)
    _, subscriber = world.open_account(ED)
    world.run(3)
    assert world.peer.methods[-2:] == ["userDataStream.subscribe", SUBSCRIBE]
    assert subscriber.log == ["confirmed"]
    world.request("account.status", ED)
    world.run(1)
    assert "signature" in world.peer.requests[-1]["params"]


def test_a_refusal_without_an_id_is_that_of_the_oldest_request() -> None:
    world, _ = opened(KEY)
    world.react_api = lambda peer, request: None
    world.request("account.status", KEY)
    world.request("openOrders.status", KEY)
    world.run(1)
    world.peer.send({"id": None, "status": 400, "error": {"code": -1135, "msg": "Invalid JSON"}})
    world.run(1)
    assert [getattr(error, "code", None) for _, error in world.results] == [-1135]


def test_a_refusal_of_nothing_is_reported() -> None:
    world, [(_, subscriber)] = opened(KEY)
    world.peer.send({"id": None, "status": 401, "error": {"code": -2015, "msg": "k" * 64}})
    world.run(1)
    (notice,) = world.notices_of(Undecodable)
    assert b"kkk" not in notice.raw
    assert subscriber.log == ["confirmed"]


def test_answers_to_nothing_are_ignored() -> None:
    world, [(_, subscriber)] = opened(KEY)
    world.peer.send({"id": 12345, "status": 200, "result": {"subscriptionId": 0}, "extra": 1})
    world.peer.send({"id": [], "status": 400, "error": "oh"})
    world.peer.send({"id": "x", "status": 400, "error": {"code": -2015}})
    world.run(5)
    assert subscriber.log == ["confirmed"]


@pytest.mark.parametrize("extra", [{}, {"subscriptionId": 0}])
def test_a_shutdown_is_followed_by_another_connection(extra: dict[str, Any]) -> None:
    world, [(route, subscriber)] = opened(KEY)
    world.peer.send({**extra, "event": {"e": "serverShutdown", "E": 77}})
    world.run(1)
    assert world.notices_of(ServerShutdown) == [ServerShutdown(1, 77)]
    for number in (1, 2):
        world.peers[number].publish("mine", 1)
    world.run(30)
    assert world.dropped == [1]
    world.peer.publish("mine", 2)
    world.run(1)
    assert [item for item in items(route) if item != "Duplicates"] == [1, 2]
    assert set(subscriber.log) == {"confirmed"}


def test_the_last_account_takes_the_connection_with_it() -> None:
    world, [(route, subscriber)] = opened(KEY)
    world.close_account(route)
    assert world.dropped == [1]
    assert UNSUBSCRIBE not in world.peer.methods
    world.run(60)
    assert world.opened == [1]
    assert subscriber.log == ["confirmed", "ended", None]


def test_one_of_two_accounts_is_unsubscribed() -> None:
    world, [(route, _), (other, _)] = opened(KEY, Key("other"))
    world.close_account(route)
    world.peer.publish("mine", 1)
    world.run(3)
    assert world.peer.methods[-1] == UNSUBSCRIBE
    assert world.peer.requests[-1]["params"] == {"subscriptionId": 0}
    assert world.notices_of(Terminated) == []
    assert world.notices_of(Undecodable) == []
    world.peer.publish("other", 2)
    world.run(1)
    assert items(route) == []
    assert items(other) == [2]


def test_what_cannot_be_unsubscribed_is_tried_a_few_times() -> None:
    world, [(route, _), _] = opened(KEY, Key("other"))
    world.react_api = lambda peer, request: peer.refuse(request, -1008)
    world.close_account(route)
    world.run(120)
    assert world.peer.methods.count(UNSUBSCRIBE) == 3


def test_an_account_that_is_desired_again_waits_for_its_unsubscribe() -> None:
    world, [(route, _), _] = opened(KEY, Key("other"))

    def slow(peer: Peer, request: dict[str, Any]) -> None:
        peer.world.at(peer.world.now + 0.5, lambda: peer.obey(request))

    world.react_api = slow
    world.close_account(route)
    route, subscriber = world.open_account(KEY)
    world.run(3)
    assert subscriber.log == ["confirmed"]
    assert world.peer.methods[-2:] == [UNSUBSCRIBE, SUBSCRIBE]
    world.peer.publish("mine", 1)
    world.run(1)
    assert items(route) == [1]


def test_an_account_left_while_it_is_subscribed_is_unsubscribed() -> None:
    world, _ = opened(Key("other"))
    route, _ = world.open_account(KEY)
    world.run(0.005)
    world.close_account(route)
    world.run(3)
    assert world.peer.methods[-2:] == [SUBSCRIBE, UNSUBSCRIBE]
    assert list(world.peer.subscriptions.values()) == ["other"]


def test_another_key_by_the_same_name_gets_nothing_of_the_one_before() -> None:
    """The answer to the request of the key that was left comes when the other one is desired."""
    world, _ = opened(Key("other"))
    route, _ = world.open_account(KEY)
    world.run(0.005)
    world.close_account(route)
    stranger = Key("mine")
    stranger.api_key = "stranger"
    world.engine.api_session.subscribe_account(world.now, route.name, stranger, None)
    world._perform()
    world.run(3)
    assert sorted(world.peer.subscriptions.values()) == ["other", "stranger"]


def test_an_account_left_before_its_request_is_signed_is_not_subscribed() -> None:
    world, _ = opened(Key("other"))
    world.signs_after = 0.5
    route, _ = world.open_account(KEY)
    world.close_account(route)
    world.run(3)
    assert world.peer.methods.count(SUBSCRIBE) == 1
    assert world.answered_calls[-1][1] == (None, None, None, None)


def test_the_client_s_end_is_everybody_s() -> None:
    world, _ = opened(KEY)
    world.request("account.status", KEY)
    world.call("close")
    assert world.dropped == [1]
    assert [type(error).__name__ for _, error in world.results] == ["ClientClosed"]
    world.request("account.status", KEY)
    assert [type(error).__name__ for _, error in world.results] == ["ClientClosed"] * 2
    world.open_account(Key("late"))
    world.run(5)
    assert world.opened == [1]
