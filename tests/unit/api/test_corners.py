"""What happens seldom, and must do no harm."""

from __future__ import annotations

import json
from typing import Any

import pytest

from binance_streams_runtime.pipeline.trackers.identified import IdentifiedTracker
from tests.support.api_world import ApiWorld, Key, Peer, deposit, items
from tests.support.frames import PING, close_frame, frame

KEY = Key("mine")
ED = Key("ed", "Ed25519")
SUBSCRIBE = "userDataStream.subscribe.signature"
PONG = 0xA


def opened(*keys: Key) -> tuple[ApiWorld, list[Any]]:
    """A world in which these accounts are confirmed; and their routes and subscribers."""
    world = ApiWorld()
    accounts = [world.open_account(key) for key in keys]
    world.run(1)
    return world, accounts


def silent_old(peer: Peer, request: dict[str, Any]) -> None:
    """The first connection does not answer, so it cannot be proven to have sent everything."""
    if peer.number != 1:
        peer.obey(request)


def replace(world: ApiWorld, name: str) -> None:
    world.engine.api_session.rotate(world.now, name, "because")
    world._perform()


def test_a_cut_while_an_account_is_subscribed() -> None:
    def silent(peer: Peer, request: dict[str, Any]) -> None:
        if request["method"] == "time":
            peer.obey(request)

    world = ApiWorld(silent)
    route, subscriber = world.open_account(KEY)
    world.run(1)
    world.react_api = Peer.obey
    world.cut(1)
    world.run(5)
    assert subscriber.log == ["interrupted", "confirmed"]
    assert items(route) == ["Disconnected"]


def test_a_connection_without_a_successor_is_asked_again() -> None:
    """It is full, but nobody wants another attempt to connect."""

    def full(peer: Peer, request: dict[str, Any]) -> None:
        if request["method"] == SUBSCRIBE and peer.methods.count(SUBSCRIBE) == 1:
            peer.refuse(request, -2042)
        else:
            peer.obey(request)

    world = ApiWorld(full)
    world.retries = False
    _, subscriber = world.open_account(KEY)
    world.run(5)
    assert world.opened == [1]
    assert subscriber.log == ["confirmed"]


def test_what_is_not_confirmed_is_not_subscribed_anew() -> None:
    world = ApiWorld(lambda peer, request: None)
    route, _ = world.open_account(KEY)
    world.run(1)
    world.engine.api_session.resubscribe(world.now, route.name)
    world.engine.api_session.rotate_stale(world.now, "nobody", "idle")
    world.engine.api_session.unsubscribe(world.now, "nobody")
    world._perform()
    assert world.opened == [1]


def test_an_idle_account_without_another_attempt_to_connect_stays() -> None:
    world = ApiWorld()
    world.retries = False
    route, subscriber = world.open_account(KEY, max_idle=30.0, on_idle="reconnect")
    world.run(40)
    assert items(route) == ["Stale"]
    assert subscriber.log == ["confirmed"]


@pytest.mark.parametrize("is_refused", [True, False])
def test_the_answer_for_an_account_that_was_left_is_of_no_interest(is_refused: bool) -> None:
    world, _ = opened(Key("other"))

    def late(peer: Peer, request: dict[str, Any]) -> None:
        if request["method"] == SUBSCRIBE and is_refused:
            peer.refuse(request, -1022, delay=1)
        elif request["method"] == SUBSCRIBE:
            peer.answer(request, {"subscriptionId": 0}, 1)
        else:
            peer.obey(request)

    world.react_api = late
    route, subscriber = world.open_account(KEY)
    world.run(0.5)
    world.close_account(route)
    world.run(5)
    assert subscriber.log == ["ended", None]
    assert list(world.peer.subscriptions.values()) == ["other"]
    assert "userDataStream.unsubscribe" not in world.peer.methods


def test_an_answer_that_nobody_waits_for_any_more_is_dropped() -> None:
    world, _ = opened(KEY)
    world.react_api = lambda peer, request: peer.answer(request, {}, 1)
    request = world.request("account.status", KEY)
    world.run(0.5)
    request.is_cancelled = True
    world.run(5)
    assert world.results == []


def test_pings_are_answered_though_they_come_in_floods() -> None:
    world, _ = opened(KEY)
    for _ in range(5):
        world.receive(frame(b"a", PING))
    world.receive(frame(b"b", PONG))
    world.run(2)
    assert world.pongs == [b"a", b"a"]
    world.open_route()
    world.run(1)
    world.receive(frame(b"b", PONG), max(world.servers))


def test_nothing_times_out_while_nothing_is_read() -> None:
    class Gate:
        is_blocking = True

    world, _ = opened(KEY)
    world.react_api = lambda peer, request: None
    world.request("account.status", KEY)
    world.run(1)
    gate = Gate()
    world.engine.delivery.blocking.add(gate)
    world.engine.tick(world.now)
    world.run(60, pings=None)
    assert world.results == []
    gate.is_blocking = False
    world.engine.tick(world.now)
    world.run(14)
    assert world.results == []
    world.run(3)
    assert len(world.results) == 1


def test_events_of_an_account_that_was_left_while_its_session_was_revoked_go_nowhere() -> None:
    world = ApiWorld()
    route, _ = world.open_account(ED)
    world.run(1)
    other, _ = world.open_account(Key("other"))
    world.run(1)
    world.signs_after = None
    world.peer.send({"id": None, "status": 401, "error": {"code": -2015, "msg": "Invalid key"}})
    world.run(0.1)
    world.close_account(route)
    world.peer.publish("ed", 1)
    world.peer.publish("other", 2)
    world.run(1)
    assert items(route) == ["Terminated"]
    assert items(other) == [2]


def test_an_account_whose_key_was_revoked_ends_before_its_next_event() -> None:
    """Both are read together."""
    world, [(route, subscriber)] = opened(ED)
    world.react_api = lambda peer, request: None
    world.peer.send({"id": None, "status": 401, "error": {"code": -2015, "msg": "Invalid key"}})
    world.run(0.1)
    error = {"id": world.peer.requests[-1]["id"], "status": 401, "error": {"code": -2015}}
    event = {"subscriptionId": 0, "event": deposit(1)}
    world.receive(frame(json.dumps(error)) + frame(json.dumps(event)))
    assert subscriber.log[:3] == ["confirmed", "interrupted", "ended"]
    assert items(route) == ["Terminated"]


@pytest.mark.parametrize("number", [1, 2])
def test_a_termination_after_the_new_connection_has_taken_over(number: int) -> None:
    world, [(route, subscriber)] = opened(KEY)
    replace(world, route.name)
    world.run(1)
    world.react_api = silent_old
    for peer in world.peers.values():
        peer.publish("mine", 1)
    world.run(0.1)
    assert world.dropped == []
    world.peers[number].terminate(0)
    world.run(1)
    is_lost = number == 2
    assert subscriber.log.count("interrupted") == is_lost
    assert items(route).count("Gap") == is_lost
    world.peers[2].publish("mine", 2)
    world.run(1)
    assert items(route)[-1] == 2


@pytest.mark.parametrize("code", [-2015, None])
def test_a_logon_that_is_refused_for_a_known_reason_is_not_followed_by_a_signature(
    code: int | None,
) -> None:
    def refuse(peer: Peer, request: dict[str, Any]) -> None:
        if request["method"] == "session.logon":
            if code is not None:
                peer.refuse(request, code)
        else:
            peer.obey(request)

    world = ApiWorld(refuse)
    _, subscriber = world.open_account(ED)
    world.run(20)
    assert SUBSCRIBE not in world.peer.methods
    assert subscriber.log[0] == ("ended" if code else "timed out")


def test_requests_that_are_not_sent_move_to_the_new_connection() -> None:
    world, [(route, _)] = opened(KEY)
    world.signs_after = 0.5
    replace(world, route.name)
    world.request("account.status", KEY)
    world.cut(1)
    world.run(5)
    assert world.results == [({"done": "account.status"}, None)]
    assert "account.status" in world.peers[2].methods


def test_what_came_before_the_old_connection_was_subscribed_is_no_second_gap() -> None:
    """The new one had been subscribed before, and a gap has reported it."""
    tracker = IdentifiedTracker("account", lambda event: event)
    assert tracker.confirm() == []
    tracker.check([1])
    tracker.overlap()
    tracker.interrupt()
    (gap,) = tracker.confirm()
    assert gap.stream == "account"
    assert tracker.check([4, 5]) == [4, 5]
    tracker.resume()
    found = tracker.check([2, 3, 4, 5, 6])
    assert [item for item in found if isinstance(item, int)] == [6]
    assert [type(item).__name__ for item in found] == ["int", "Duplicates"]


def test_a_long_run_of_new_events_ends_the_search_for_duplicates() -> None:
    tracker = IdentifiedTracker("account", lambda event: event)
    tracker.confirm()
    tracker.overlap()
    tracker.check([0])
    tracker.resume()
    events = list(range(1, 100))
    assert tracker.check(events) == events
    assert tracker.check([0]) == [0]


def test_a_pause_is_short_again_after_the_account_was_confirmed_for_a_while() -> None:
    refused: list[float] = []

    def refuse(peer: Peer, request: dict[str, Any]) -> None:
        if request["method"] == SUBSCRIBE and peer.methods.count(SUBSCRIBE) == 1:
            refused.append(peer.world.now)
            peer.refuse(request, -1008)
        else:
            peer.obey(request)

    world = ApiWorld(refuse)
    _, subscriber = world.open_account(KEY)
    world.run(70)
    for _ in range(5):
        world.cut(world.opened[-1])
        world.run(3)
        assert subscriber.log[-1] == "confirmed"
        world.run(70)
    assert len(refused) == 6


def test_a_server_that_says_goodbye_is_answered_and_left() -> None:
    world, [(route, subscriber)] = opened(KEY)
    event = json.dumps({"subscriptionId": 0, "event": deposit(1)})
    world.receive(frame(event) + close_frame(1001, "bye"))
    world.run(5)
    assert items(route) == [1, "Disconnected", "Gap"]
    assert subscriber.log == ["confirmed", "interrupted", "confirmed"]


def test_events_are_those_of_their_account_alone() -> None:
    world, [(route, _), (other, _)] = opened(KEY, Key("other"))
    world.peer.event(1, deposit(1))
    world.run(1)
    assert (items(route), items(other)) == ([], [1])
