"""Whose an event is, and what was missed."""

from __future__ import annotations

from typing import Any

import pytest

from binance_streams import Connected, Disconnected, Gap, Resubscribed, SchemaDrift, Undecodable
from tests.support.api_world import ApiWorld, Key, Peer, deposit, items
from tests.support.frames import frame

KEY = Key("mine")
SUBSCRIBE = "userDataStream.subscribe.signature"


def opened(*keys: Key, **options: Any) -> tuple[ApiWorld, list[Any]]:
    """A world in which these accounts are confirmed, and their routes."""
    world = ApiWorld()
    routes = [world.open_account(key, **options)[0] for key in keys]
    world.run(1)
    return world, routes


def test_two_accounts_share_a_connection() -> None:
    world, [route, other] = opened(KEY, Key("other"))
    assert world.opened == [1]
    world.peer.publish("other", 1)
    world.peer.publish("mine", 2)
    world.run(1)
    assert items(route) == [2]
    assert items(other) == [1]


def test_events_before_the_answer_wait_for_it() -> None:
    def hasty(peer: Peer, request: dict[str, Any]) -> None:
        if request["method"] == SUBSCRIBE:
            peer.subscriptions[5] = "mine"
            peer.publish("mine", 1)
            peer.answer(request, {"subscriptionId": 5}, 0.5)
            peer.event(5, deposit(2), 0.5)
        else:
            peer.obey(request)

    world = ApiWorld(hasty)
    route, _ = world.open_account(KEY)
    world.run(0.4)
    assert items(route) == []
    world.run(1)
    assert items(route) == [1, 2]


def test_the_gap_is_before_events_that_came_before_the_answer() -> None:
    world, [route] = opened(KEY)

    def hasty(peer: Peer, request: dict[str, Any]) -> None:
        if request["method"] == SUBSCRIBE:
            peer.event(5, deposit(1))
            peer.answer(request, {"subscriptionId": 5}, 0.5)
        else:
            peer.obey(request)

    world.react_api = hasty
    world.cut(1)
    world.run(2)
    assert items(route) == ["Disconnected", "Gap", 1]


def test_events_of_an_unknown_subscription_are_reported() -> None:
    world, [route] = opened(KEY)
    world.peer.event(9, deposit(1))
    world.run(1)
    assert items(route) == []
    (notice,) = world.notices_of(Undecodable)
    assert "subscription 9" in notice.reason


def test_events_that_no_answer_claims_are_reported_when_all_is_answered() -> None:
    def strange(peer: Peer, request: dict[str, Any]) -> None:
        if request["method"] == SUBSCRIBE:
            peer.event(9, deposit(1))
            peer.world.at(peer.world.now + 0.1, lambda: peer.obey(request))
        else:
            peer.obey(request)

    world = ApiWorld(strange)
    world.open_account(KEY)
    world.run(0.05)
    assert world.notices_of(Undecodable) == []
    world.run(1)
    assert len(world.notices_of(Undecodable)) == 1


@pytest.mark.parametrize("said", [{"subscriptionId": 0}, {}], ids=["subscription", "none"])
def test_only_so_many_events_wait_for_an_answer(said: dict[str, int]) -> None:
    def flooding(peer: Peer, request: dict[str, Any]) -> None:
        if request["method"] == SUBSCRIBE:
            for number in range(1030):
                peer.send({**said, "event": deposit(number)})
            peer.world.at(peer.world.now + 1, lambda: peer.obey(request))
        else:
            peer.obey(request)

    world = ApiWorld(flooding)
    route, _ = world.open_account(KEY)
    world.run(3)
    assert len(world.notices_of(Undecodable)) == 6
    assert items(route)[-1] == 1029


def test_an_event_without_a_subscription_is_that_of_the_only_account() -> None:
    world, [route] = opened(KEY)
    world.peer.send({"event": deposit(1)})
    world.run(1)
    assert items(route) == [1]
    world.open_account(Key("other"))
    world.run(1)
    world.peer.send({"event": deposit(2)})
    world.run(1)
    assert items(route) == [1]
    assert len(world.notices_of(Undecodable)) == 1


def test_events_without_a_subscription_before_the_answer_wait_for_it() -> None:
    world, [route] = opened(KEY)

    def hasty(peer: Peer, request: dict[str, Any]) -> None:
        if request["method"] == SUBSCRIBE:
            peer.send({"event": deposit(1)})
            peer.answer(request, {"subscriptionId": 5}, 0.5)
            peer.send({"event": deposit(2)}, 0.5)
        else:
            peer.obey(request)

    world.react_api = hasty
    world.cut(1)
    world.run(2)
    assert items(route) == ["Disconnected", "Gap", 1, 2]
    assert world.notices_of(Undecodable) == []


def test_an_event_without_a_subscription_may_be_that_of_either_of_two_accounts() -> None:
    """Also while one of them is not confirmed yet: no account gets the events of another one."""
    world, [first] = opened(KEY)
    world.react_api = lambda peer, request: (
        None if request["method"] == SUBSCRIBE else peer.obey(request)
    )
    second, _ = world.open_account(Key("other"))
    world.run(1)
    world.peer.send({"event": deposit(1)})
    world.run(1)
    assert items(first) == items(second) == []
    (notice,) = world.notices_of(Undecodable)
    assert notice.reason == "an event without a subscription"


def test_what_is_no_message_is_reported_without_keys() -> None:
    world, [_] = opened(KEY)
    for text in (b"hello", b"[]", b'{"x":1}', b'{"event":1}', b'{"id":"' + b"k" * 64):
        world.peer.server.send(frame(text))
    world.peer.server.send(frame(b"\x00\x01", 2))
    world.run(1)
    notices = world.notices_of(Undecodable)
    assert len(notices) == 6
    assert not any(b"kkkk" in notice.raw for notice in notices)


def test_an_unknown_kind_of_event_is_reported_and_nothing_else_happens() -> None:
    world, [route] = opened(KEY)
    world.peer.event(0, {"e": "somethingNew", "E": 1})
    world.peer.event(0, deposit(1))
    world.run(1)
    assert items(route) == ["Undecodable", 1]


def test_an_event_that_cannot_be_decoded_leaves_a_gap() -> None:
    world, [route] = opened(KEY)
    world.peer.event(0, {"e": "balanceUpdate", "E": 1, "a": 7})
    world.run(1)
    assert items(route) == ["Undecodable", "Gap"]
    (gap,) = world.notices_of(Gap)
    assert "could not be decoded" in gap.reason


def test_what_cannot_be_decoded_is_shown_without_keys_and_without_asking_the_key() -> None:
    """A key is code of the user's, which the engine does not call."""
    key = Key("mine")
    world, [_] = opened(key)
    del key.api_key
    world.peer.event(0, {"e": "balanceUpdate", "E": 1, "a": 7, "key": "k" * 64})
    world.run(1)
    (notice,) = world.notices_of(Undecodable)
    assert b'"a":7' in notice.raw.replace(b" ", b"")
    assert b"kkkk" not in notice.raw


def test_unknown_fields_are_reported_once() -> None:
    world, [_] = opened(KEY)
    world.peer.event(0, {**deposit(1), "zz": 1})
    world.run(1)
    (notice,) = world.notices_of(SchemaDrift)
    assert notice.fields == ("zz",)


def test_no_gap_if_nothing_was_confirmed_yet() -> None:
    world = ApiWorld(lambda peer, request: None)
    route, _ = world.open_account(KEY)
    world.run(1)
    world.react_api = Peer.obey
    world.cut(1)
    world.run(5)
    assert items(route) == ["Disconnected"]


def test_one_gap_for_several_interruptions_before_the_next_confirmation() -> None:
    world, [route] = opened(KEY)
    world.peer.publish("mine", 1)
    world.run(1)
    for _ in range(3):
        world.react_api = lambda peer, request: None
        world.cut(world.opened[-1])
        world.run(2)
    world.react_api = Peer.obey
    world.cut(world.opened[-1])
    world.run(20)
    assert items(route).count("Gap") == 1
    assert items(route)[-1] == "Gap"
    (gap,) = world.notices_of(Gap)
    assert gap.since == 1001.01
    assert gap.reason.startswith("cut; ")


def test_each_interruption_has_its_gap() -> None:
    world, [route] = opened(KEY)
    for _ in range(3):
        world.cut(world.opened[-1])
        world.run(10)
    assert items(route) == ["Disconnected", "Gap"] * 3
    assert len(world.notices_of(Resubscribed)) == 3
    assert len(world.notices_of(Disconnected)) == 3
    assert len(world.notices_of(Connected)) == 4


def test_a_silent_account_is_no_matter_of_concern() -> None:
    world = ApiWorld(first_event_timeout=60.0)
    route, _ = world.open_account(KEY)
    world.run(3600)
    assert items(route) == []


def test_an_account_that_is_idle_for_too_long_is_subscribed_anew() -> None:
    world, [route] = opened(KEY, max_idle=30.0, on_idle="resubscribe")
    world.run(31)
    assert items(route) == ["Stale", "Gap"]
    assert world.peer.methods[-2:] == ["userDataStream.unsubscribe", SUBSCRIBE]
    world.peer.publish("mine", 1)
    world.run(1)
    assert items(route)[-1] == 1


def test_an_account_that_is_idle_for_too_long_gets_another_connection() -> None:
    world, [route] = opened(KEY, max_idle=60.0, on_idle="reconnect")
    world.run(62)
    assert world.opened == [1, 2]
    world.peers[2].publish("mine", 1)
    world.run(1)
    assert items(route) == ["Stale", "Gap", 1]


def test_the_stream_host_cannot_speak_for_an_account() -> None:
    world, [route] = opened(KEY)
    world.open_route()
    world.run(1)
    number = max(world.servers)
    text = b'{"stream":"account mine","data":{"e":"balanceUpdate","E":1,"a":"BTC","d":"1","T":1}}'
    world.receive(frame(text), number)
    world.receive(frame(text.replace(b'{"stream', b'{ "stream')), number)
    world.receive(frame(b'{"e":"balanceUpdate","E":1,"a":"BTC","d":"1","T":1}'), number)
    world.run(1)
    assert items(route) == []


def test_connections_are_counted_over_both_hosts() -> None:
    world, [_] = opened(KEY)
    world.open_route()
    world.run(1)
    assert [one.number for one in world.engine.connections()] == [2, 1]
    world.cut(1)
    world.run(3)
    assert world.engine.reconnects == 1
    assert {one.number for one in world.engine.connections()} == {2, 3}


def test_why_an_account_delivers_nothing() -> None:
    world, [route] = opened(KEY)
    reason, _ = world.engine.reason_of(world.now, route, True)
    assert "none at all" in reason
    assert "an account has none as long as it has no activity" in reason
    world.opens_after = None
    world.cut(1)
    reason, error = world.engine.reason_of(world.now, route, False)
    assert "being opened" in reason
    assert "cut" in str(error)


def test_a_recording_knows_which_frames_are_of_an_account() -> None:
    class Noted:
        """A tap that notes where frames come from."""

        def __init__(self) -> None:
            self.reads: list[tuple[int, bool]] = []

        def frames(
            self, now: float, connection: int, items: Any, size: int, is_account: bool = False
        ) -> None:
            self.reads.append((connection, is_account))

        def __getattr__(self, name: str) -> Any:
            return lambda *_: None

    world, [_] = opened(KEY)
    tap: Any = Noted()
    world.engine.attach_tap(world.now, tap)
    world.peer.event(0, deposit(1))
    world.run(1)
    assert set(tap.reads) == {(world.peer.number, True)}
