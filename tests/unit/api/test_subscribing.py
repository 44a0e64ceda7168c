"""How accounts are subscribed on a connection."""

from __future__ import annotations

from tests.support.api_world import ApiWorld, Key, items

HMAC = Key("hmac")
ED = Key("ed", "Ed25519")


def test_the_time_is_asked_for_before_anything_is_signed() -> None:
    world = ApiWorld()
    route, subscriber = world.open_account(HMAC)
    world.run(1)
    assert world.peer.methods == ["time", "userDataStream.subscribe.signature"]
    assert subscriber.log == ["confirmed"]
    world.peer.publish("hmac", 7)
    world.run(1)
    assert items(route) == [7]


def test_a_single_key_that_can_log_on_does_so() -> None:
    world = ApiWorld()
    world.open_account(ED)
    world.run(1)
    assert world.peer.methods == ["time", "session.logon", "userDataStream.subscribe"]
    assert "params" not in world.peer.requests[-1]


def test_a_cut_is_one_gap_at_the_next_confirmation() -> None:
    world = ApiWorld()
    route, subscriber = world.open_account(ED)
    world.run(1)
    world.peer.publish("ed", 1)
    world.run(1)
    world.cut(1)
    assert items(route) == [1, "Disconnected"]
    world.run(5)
    assert items(route) == [1, "Disconnected", "Gap"]
    assert subscriber.log == ["confirmed", "interrupted", "confirmed"]
    world.peer.publish("ed", 2)
    world.run(1)
    assert items(route)[-2:] == ["Gap", 2]
