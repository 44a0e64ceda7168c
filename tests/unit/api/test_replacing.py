"""Make before break: two connections that carry the same accounts for a while."""

from __future__ import annotations

from typing import Any

import pytest

from binance_streams import Duplicates, Gap, SetupError
from tests.support.api_world import ApiWorld, Key, Peer, deposit, items

KEY = Key("mine")
ED = Key("ed", "Ed25519")
SUBSCRIBE = "userDataStream.subscribe.signature"


def replacing(key: Key = KEY) -> tuple[ApiWorld, Any, Any]:
    """A world whose connection 1 is about to be replaced by 2, which has everything confirmed."""
    world = ApiWorld()
    route, subscriber = world.open_account(key)
    world.run(1)
    world.peer.publish(key.api_key, 1)
    world.run(1)
    world.engine.api_session.rotate(world.now, route.name, "because")
    world._perform()
    world.run(1)
    assert list(world.peers) == [1, 2]
    return world, route, subscriber


def numbers(route: Any) -> list[Any]:
    return [item for item in items(route) if item != "Duplicates"]


def test_events_of_both_connections_come_once() -> None:
    world, route, subscriber = replacing()
    for number in (2, 3):
        world.peers[1].publish("mine", number)
        world.peers[2].publish("mine", number)
    world.run(30)
    assert world.dropped == [1]
    world.peers[2].publish("mine", 4)
    world.run(1)
    assert numbers(route) == [1, 2, 3, 4]
    assert sum(notice.count for notice in world.notices_of(Duplicates)) >= 1
    assert set(subscriber.log) == {"confirmed"}


def test_a_connection_that_lags_behind_loses_nothing() -> None:
    world, route, _ = replacing()
    world.peers[2].publish("mine", 2)
    world.run(0.5)
    world.peers[1].publish("mine", 2)
    world.peers[1].publish("mine", 3)
    world.run(0.5)
    world.peers[2].publish("mine", 3)
    world.run(30)
    assert numbers(route) == [1, 2, 3]
    assert world.dropped == [1]


def test_a_quiet_account_is_taken_over_without_a_gap() -> None:
    world, route, _ = replacing()
    world.run(40)
    assert world.dropped == [1]
    assert items(route) == [1]


def test_what_cannot_be_proven_is_a_gap_at_once() -> None:
    """The old connection has said nothing of what came on the new one."""
    world, route, _ = replacing()
    world.peers[2].publish("mine", 2)
    world.run(40)
    assert world.dropped == [1]
    assert items(route) == [1, "Gap", 2]
    assert "connection 2 took over" in world.notices_of(Gap)[0].reason


def test_an_old_connection_that_is_lost_leaves_a_gap_at_once() -> None:
    world, route, subscriber = replacing()
    world.cut(1)
    assert items(route) == [1, "Disconnected", "Gap"]
    world.peers[2].publish("mine", 2)
    world.run(1)
    assert items(route)[-1] == 2
    assert items(route).count("Gap") == 1
    assert set(subscriber.log) == {"confirmed"}


def test_a_new_connection_that_is_lost_is_followed_by_another_one() -> None:
    world, route, subscriber = replacing()
    world.cut(2)
    world.run(1)
    assert list(world.peers) == [1, 2, 3]
    for number in (1, 3):
        world.peers[number].publish("mine", 2)
    world.run(30)
    assert numbers(route) == [1, 2]
    assert "interrupted" not in subscriber.log


def test_a_new_connection_that_is_lost_after_it_took_over_leaves_a_gap() -> None:
    world, route, _ = replacing()

    def silent(peer: Peer, request: dict[str, Any]) -> None:
        if peer.number != 1:
            peer.obey(request)

    # The old connection stays for as long as it does not answer.
    world.react_api = silent
    for number in (1, 2):
        world.peers[number].publish("mine", 2)
    world.run(0.1)
    world.cut(2)
    world.run(0.1)
    assert numbers(route) == [1, 2, "Gap"]
    world.peers[1].publish("mine", 3)
    world.run(1)
    assert numbers(route) == [1, 2, "Gap", 3]


@pytest.mark.parametrize("goes_on", [True, False])
def test_what_a_lost_connection_had_delivered_does_not_come_again_on_the_old_one(
    goes_on: bool,
) -> None:
    """The old one lags behind. Whether another connection is tried makes no difference."""
    world, route, _ = replacing()
    world.react_api = lambda peer, request: peer.obey(request) if peer.number == 2 else None
    for number in (1, 2):
        world.peers[number].publish("mine", 2)
    world.run(0.1)
    for event in (3, 4):
        world.peers[2].publish("mine", event)
    world.run(0.1)
    if goes_on:
        world.cut(2)
    else:
        world.lose(2, SetupError("no more"))
    world.run(0.1)
    for event in (3, 4, 5):
        world.peers[1].publish("mine", event)
    world.run(0.1)
    assert numbers(route) == [1, 2, 3, 4, "Gap", 5]
    assert sum(notice.count for notice in world.notices_of(Duplicates)) >= 2


def test_a_refusal_on_the_new_connection_ends_the_account() -> None:
    world = ApiWorld()
    route, subscriber = world.open_account(KEY)
    world.run(1)
    world.react_api = lambda peer, request: (
        peer.refuse(request, -2015) if request["method"] == SUBSCRIBE else peer.obey(request)
    )
    world.engine.api_session.rotate(world.now, route.name, "because")
    world._perform()
    world.run(60)
    assert subscriber.log[:2] == ["confirmed", "ended"]
    assert sorted(world.dropped) == [1, 2]
    assert world.opened == [1, 2]


def test_a_termination_on_the_old_connection_is_no_matter_if_the_new_one_goes_on() -> None:
    world, route, subscriber = replacing()
    world.peers[1].terminate(0)
    world.run(1)
    world.peers[2].publish("mine", 2)
    world.run(40)
    assert items(route) == [1, "EventStreamTerminated", "Gap", 2]
    assert set(subscriber.log) == {"confirmed"}
    assert world.dropped == [1]


def test_a_termination_on_the_old_connection_before_the_new_one_is_confirmed() -> None:
    world = ApiWorld()
    route, subscriber = world.open_account(KEY)
    world.run(1)
    world.signs_after = 2.0
    world.engine.api_session.rotate(world.now, route.name, "because")
    world._perform()
    world.run(1)
    world.peers[1].terminate(0)
    world.run(1)
    assert subscriber.log == ["confirmed", "interrupted"]
    world.run(10)
    assert items(route) == ["EventStreamTerminated", "Terminated", "Gap"]
    assert subscriber.log[-1] == "confirmed"
    assert world.peers[1].methods.count(SUBSCRIBE) == 1
    world.peers[2].publish("mine", 2)
    world.run(1)
    assert items(route)[-1] == 2


def test_a_termination_before_the_answer_on_the_new_connection_leaves_two_gaps() -> None:
    """The old one had been terminated before, so the account was confirmed for a moment."""
    world = ApiWorld()
    route, subscriber = world.open_account(KEY)
    world.run(1)

    def hasty(peer: Peer, request: dict[str, Any]) -> None:
        if request["method"] == SUBSCRIBE and peer.methods.count(SUBSCRIBE) == 1:
            peer.event(3, {"e": "eventStreamTerminated", "E": 2}, 0.5)
            peer.answer(request, {"subscriptionId": 3}, 1.0)
        else:
            peer.obey(request)

    world.react_api = hasty
    world.engine.api_session.rotate(world.now, route.name, "because")
    world._perform()
    world.run(0.2)
    world.peers[1].terminate(0)
    world.run(10)
    assert [item for item in items(route) if item != "EventStreamTerminated"] == [
        *("Terminated", "Gap", "Terminated", "Gap"),
    ]
    assert subscriber.log == ["confirmed", *("interrupted", "confirmed") * 2]


def test_a_termination_on_the_new_connection_is_no_matter_as_long_as_the_old_one_goes_on() -> None:
    world, route, subscriber = replacing()
    world.peers[2].terminate(0)
    world.run(3)
    for number in (1, 2):
        world.peers[number].publish("mine", 2)
    world.run(40)
    assert numbers(route) == [1, 2]
    assert set(subscriber.log) == {"confirmed"}
    assert world.dropped == [1]


def test_a_termination_of_what_the_new_connection_has_taken_over_is_ignored_on_the_old_one() -> (
    None
):
    world, route, subscriber = replacing()
    world.engine.api_session.subscribe_account(world.now, "account waits", Key("waits"), None)
    world._perform()
    for number in (1, 2):
        world.peers[number].publish("mine", 2)
    world.run(0.1)
    world.peers[1].terminate(0)
    world.run(40)
    assert numbers(route) == [1, 2]
    assert set(subscriber.log) == {"confirmed"}


def test_an_account_added_meanwhile_is_carried_by_both() -> None:
    world = ApiWorld()
    route, _ = world.open_account(KEY)
    world.run(1)
    world.opens_after = 5.0
    world.engine.api_session.rotate(world.now, route.name, "because")
    world._perform()
    added, subscriber = world.open_account(Key("added"))
    world.run(1)
    assert subscriber.log == ["confirmed"]
    world.peers[1].publish("added", 1)
    world.run(10)
    for peer in world.peers.values():
        peer.publish("added", 2)
    world.run(60)
    assert numbers(added) == [1, 2]
    assert world.dropped == [1]


def test_requests_go_to_the_old_connection_until_the_new_one_knows_the_time() -> None:
    world = ApiWorld()
    route, _ = world.open_account(KEY)
    world.run(1)
    world.opens_after = 5.0
    world.engine.api_session.rotate(world.now, route.name, "because")
    world._perform()
    world.request("account.status", KEY)
    world.run(1)
    assert world.results == [({"done": "account.status"}, None)]
    assert world.peers[1].methods[-1] == "account.status"
    world.run(5)
    world.request("account.status", KEY)
    world.run(1)
    assert world.peers[2].methods[-1] == "account.status"


def test_the_old_connection_waits_for_the_answers_of_users() -> None:
    world = ApiWorld()
    route, _ = world.open_account(KEY)
    world.run(1)

    def slow(peer: Peer, request: dict[str, Any]) -> None:
        if request["method"] == "account.status":
            peer.answer(request, "slow", 14)
        else:
            peer.obey(request)

    world.react_api = slow
    world.request("account.status", KEY)
    world.engine.api_session.rotate(world.now, route.name, "because")
    world._perform()
    world.run(1)
    for peer in world.peers.values():
        peer.publish("mine", 1)
    world.run(5)
    assert world.dropped == []
    world.run(30)
    assert world.results == [("slow", None)]
    assert world.dropped == [1]


def test_a_connection_that_logs_on_is_replaced_by_one_that_does() -> None:
    world, route, _ = replacing(ED)
    assert world.peers[2].methods == ["time", "session.logon", "userDataStream.subscribe"]
    for peer in world.peers.values():
        peer.publish("ed", 2)
    world.run(30)
    assert numbers(route) == [1, 2]


def test_a_connection_is_replaced_before_the_server_ends_it() -> None:
    world = ApiWorld()
    route, subscriber = world.open_account(KEY)
    world.run(24 * 3600)
    assert len(world.opened) == 2
    assert items(route) == []
    assert set(subscriber.log) == {"confirmed"}


def test_what_a_connection_cannot_have_does_not_keep_the_old_one_for_ever() -> None:
    """The new one refuses the second account, so a third connection takes its place."""
    world, _, _ = replacing()
    world.cut(2)
    world.run(60)
    other, subscriber = world.open_account(Key("other"))

    def full(peer: Peer, request: dict[str, Any]) -> None:
        is_other = request.get("params", {}).get("apiKey") == "other"
        if peer.number in (3, 4) and is_other and request["method"] == SUBSCRIBE:
            peer.refuse(request, -2042)
        else:
            peer.obey(request)

    world.react_api = full
    world.run(120)
    assert subscriber.log[-1] == "confirmed"
    world.peer.event(list(world.peer.subscriptions.values()).index("other"), deposit(9))
    world.run(1)
    assert items(other)[-1] == 9


def test_what_only_the_new_connection_had_is_late_and_a_gap() -> None:
    world, route, _ = replacing()
    world.peers[2].publish("mine", 2)
    world.run(0.1)
    for peer in world.peers.values():
        peer.publish("mine", 3)
    world.run(30)
    assert numbers(route) == [1, 3, "Gap"]
