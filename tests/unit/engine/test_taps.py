"""Streams that the client observes itself, beside a user's subscription or without one."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from binance_streams import ConnectionLost, QueueOverflow
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.decoding.packing import Packed
from binance_streams_runtime.pipeline.sink import NoSink
from binance_streams_runtime.pipeline.tapped_tracker import TappedTracker
from binance_streams_runtime.protocol.requests import Request
from binance_streams_runtime.types import Numbers
from tests.support.frames import frame, wrapped
from tests.support.observed import (
    NAME,
    STREAM,
    Watcher,
    add,
    hold_back,
    release,
    shown,
    subscribe,
    tap,
    untap,
    update,
    waiting,
)
from tests.support.simulated_engine import EngineWorld
from tests.support.simulated_session import Server, behave

LOST = ConnectionLost("a test cut it")


def test_a_stream_is_observed_without_a_subscription() -> None:
    world = EngineWorld()
    watcher = tap(world)
    world.receive(update(1, 3) + update(4, 5) + update(9, 9))
    assert watcher.log == ["confirmed", 3, 5, "Gap", 9]
    assert world.streams == {NAME}


def test_a_stream_that_nobody_observes_any_more_is_unsubscribed() -> None:
    world = EngineWorld()
    one, other = tap(world), tap(world)
    untap(world, one)
    untap(world, one)
    assert world.streams == {NAME}
    untap(world, other)
    assert (world.streams, world.router.get(NAME)) == (set(), None)


def test_an_observed_stream_without_events_is_not_reported() -> None:
    """Nobody has subscribed to it; whoever observes it has other means to see what is wrong."""
    world = EngineWorld(first_event_timeout=5.0)
    tap(world)
    world.run(10)
    assert [type(notice).__name__ for notice in world.notices] == ["Connected"]


@pytest.mark.parametrize("numbers", [Decimal, float, str])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_user_gets_numbers_and_an_observer_texts(numbers: Numbers, is_first: bool) -> None:
    """Whoever comes first: both see every update, and both are confirmed."""
    world = EngineWorld()
    if is_first:
        route, subscriber = subscribe(world, numbers)
        watcher = tap(world)
    else:
        watcher = tap(world)
        route, subscriber = subscribe(world, numbers)
    world.receive(update(1, 3, "0.00000001"))
    world.receive(update(4, 5) + update(9, 9))
    assert [event for event in watcher.log if event != "confirmed"] == [3, 5, "Gap", 9]
    assert "confirmed" in watcher.log
    assert set(subscriber.log) == {"confirmed"}
    assert shown(waiting(route)) == [3, 5, "Gap", 9]
    assert waiting(route)[0].bids[0].price == numbers("0.00000001")
    assert all(isinstance(waiting(route)[place].bids[0].price, numbers) for place in (0, 1, 3))


@pytest.mark.parametrize("numbers", [Decimal, str])
def test_what_a_user_gets_after_the_observer_has_gone(numbers: Numbers) -> None:
    world = EngineWorld()
    route, _ = subscribe(world, numbers)
    watcher = tap(world)
    world.receive(update(1, 1))
    untap(world, watcher)
    world.receive(update(2, 2) + update(5, 5))
    assert watcher.log == ["confirmed", 1]
    assert shown(waiting(route)) == [1, 2, "Gap", 5]
    assert isinstance(waiting(route)[-1].bids[0].price, numbers)
    assert route.decoder is decoder_of(STREAM.type, numbers)
    assert not isinstance(route.tracker, TappedTracker)
    assert world.streams == {NAME}


def test_an_observer_goes_on_without_the_user_and_misses_nothing() -> None:
    world = EngineWorld()
    watcher = tap(world)
    world.receive(update(1, 1))
    route, subscriber = subscribe(world)
    world.receive(update(2, 2))
    world.call("unsubscribe", NAME, route)
    world.run(1)
    world.receive(update(3, 3) + update(4, 4))
    assert [item for item in watcher.log if item != "confirmed"] == [1, 2, 3, 4]
    assert subscriber.log[-2:] == ["ended", None]
    assert shown(waiting(route)) == [2]
    assert world.streams == {NAME}
    again, _ = subscribe(world)
    world.receive(update(5, 5))
    assert shown(waiting(again)) == [5]


def test_a_request_to_unsubscribe_is_settled_while_the_stream_is_observed() -> None:
    world = EngineWorld()
    tap(world)
    route, _ = subscribe(world)
    results: list[Any] = []
    request = Request("UNSUBSCRIBE", [NAME], 7, [lambda *both: results.append(both)])
    world.call("unsubscribe", NAME, route, request)
    world.run(1)
    assert (results, world.streams) == ([(None, None)], {NAME})


def test_a_full_queue_ends_its_user_and_not_the_observer() -> None:
    world = EngineWorld()
    watcher = tap(world)
    _, subscriber = subscribe(world, overflow="raise")
    world.receive(b"".join(update(number, number) for number in range(1, 11)))
    world.receive(update(11, 11))
    assert isinstance(subscriber.log[-1], QueueOverflow)
    assert watcher.log[-11:] == [*range(1, 12)]
    assert world.streams == {NAME}


def test_an_observer_learns_of_interruptions_in_their_place() -> None:
    world = EngineWorld()
    watcher = tap(world)
    world.receive(update(1, 1))
    world.lose(1, LOST)
    world.run(10)
    world.receive(update(4, 4), connection=2)
    assert watcher.log == [
        *("confirmed", 1, "missed: a test cut it", "interrupted", "confirmed", "Gap", 4),
    ]


def test_an_interruption_is_not_forgotten_when_a_user_comes() -> None:
    """The user has had no event yet, but the stream has."""
    world = EngineWorld()
    watcher = tap(world)
    world.receive(update(1, 1))
    subscribe(world)
    world.lose(1, LOST)
    assert watcher.log[-2:] == ["missed: a test cut it", "interrupted"]


def test_an_update_that_cannot_be_decoded_is_missed() -> None:
    world = EngineWorld()
    watcher = tap(world)
    world.receive(frame(wrapped(NAME, '{"e":"depthUpdate","b":7}')))
    assert watcher.log[1] == "missed: Expected `array`, got `int` - at `$.data.b`"


def test_an_observer_learns_that_the_stream_was_rejected() -> None:
    def refuse(server: Server, request: dict[str, Any]) -> None:
        server.answer({"code": 2, "msg": "no such stream", "id": request["id"]})

    world = EngineWorld(react=refuse)
    _route, subscriber = subscribe(world)
    watcher = Watcher()
    add(world, watcher)
    other = tap(world)
    assert subscriber.log[0] == "ended"
    assert watcher.log[-1].code == other.log[-1].code == 2
    assert world.router.get(NAME) is None
    assert not world.engine.taps.is_tapped(NAME)


def test_a_number_that_cannot_be_converted_costs_one_event() -> None:
    """The observer takes texts as they are; the user gets what it gets without an observer."""
    world = EngineWorld()
    watcher = tap(world)
    route, _ = subscribe(world)
    world.receive(update(1, 1, price="much"))
    world.receive(update(2, 2))
    assert watcher.log[-2:] == [1, 2]
    assert shown(waiting(route)) == ["Undecodable", 2]
    assert route.undecodable == 1
    assert route.late == 0


@pytest.mark.parametrize("comes", ["observer", "user"])
def test_a_handover_holds_back_events_of_the_other_kind(comes: str) -> None:
    """They were decoded before somebody came, and are delivered after it."""
    world = EngineWorld()
    watcher = tap(world) if comes == "user" else None
    route = subscribe(world)[0] if comes == "observer" else None
    hold_back(world)
    if watcher is None:
        watcher = tap(world)
    if route is None:
        route, _ = subscribe(world)
    release(world)
    assert shown(waiting(route))[-3:] == [2, 3, 4]
    assert all(isinstance(event.bids[0].price, Decimal) for event in waiting(route))
    if comes == "user":
        assert [item for item in watcher.log if item != "confirmed"] == [1, 2, 3, 4]
    else:
        # It gets no numbers, and is notified that something is missing.
        missed = "missed: an event was decoded as a number"
        assert [item for item in watcher.log if item != "confirmed"] == [2, missed, 4]


@pytest.mark.parametrize("goes", ["observer", "user"])
def test_what_a_handover_holds_back_outlasts_who_goes(goes: str) -> None:
    world = EngineWorld()
    watcher = tap(world)
    route, _ = subscribe(world)
    hold_back(world)
    if goes == "observer":
        untap(world, watcher)
    else:
        world.call("unsubscribe", NAME, route)
    release(world)
    if goes == "observer":
        assert shown(waiting(route)) == [1, 2, 3, 4]
        assert all(isinstance(event.bids[0].price, Decimal) for event in waiting(route))
        assert [item for item in watcher.log if item != "confirmed"] == [1]
    else:
        assert [item for item in watcher.log if item != "confirmed"] == [1, 2, 3, 4]
        assert shown(waiting(route)) == [1]


def test_the_sink_of_a_stream_that_nobody_consumes_keeps_nothing() -> None:
    sink = NoSink()
    sink.insert(1, is_first=True)
    sink.fail(LOST)
    sink.close()
    assert (sink.put([1]), sink.discard(1), sink.sample(1), sink.replace(list)) == (0, 0, [], [])
    assert (len(sink), sink.is_long(), sink.is_closed) == (0, False, False)


@pytest.mark.parametrize("numbers", [Decimal, float])
def test_a_number_that_cannot_be_converted_is_missed_beside_an_earlier_user(
    numbers: Numbers,
) -> None:
    world = EngineWorld()
    route, _ = subscribe(world, numbers)
    watcher = tap(world)
    world.receive(update(1, 1) + update(2, 2, price="much") + update(3, 3))
    world.receive(update(4, 4, price="much"))
    kinds = [type(item).__name__ for item in waiting(route)]
    assert kinds.count("Undecodable") == 2
    assert any(str(item).startswith("missed: ") for item in watcher.log)
    untap(world, watcher)
    untap(world, watcher)


def test_what_was_dropped_is_not_remembered_for_ever() -> None:
    world = EngineWorld()
    route, _ = subscribe(world)
    watcher = tap(world)
    world.receive(update(1, 1))
    for _ in range(300):
        world.receive(update(1, 1))
    assert watcher.log.count(1) == 1
    assert isinstance(route.tracker, TappedTracker)
    assert len(route.tracker._originals) <= 256


def test_an_observer_and_a_user_of_one_stream_both_learn_that_it_was_rejected() -> None:
    def refuse(server: Server, request: dict[str, Any]) -> None:
        server.answer({"code": 2, "msg": "no such stream", "id": request["id"]}, delay=5.0)

    world = EngineWorld(react=refuse)
    _, subscriber = subscribe(world)
    watcher = tap(world)
    world.run(10)
    assert subscriber.log[0] == "ended"
    assert watcher.log == [subscriber.log[1]]
    assert watcher.log[0].code == 2
    assert world.router.get(NAME) is None


@pytest.mark.parametrize("first", [5, 1])
def test_what_was_missed_or_repeated_before_a_user_had_an_event_is_not_theirs(first: int) -> None:
    world = EngineWorld()
    watcher = tap(world)
    world.receive(update(1, 1))
    route, _ = subscribe(world)
    world.receive(update(first, first))
    world.receive(update(6, 6))
    world.receive(update(9, 9))
    theirs = [5, 6, "Gap", 9] if first == 5 else [6, "Gap", 9]
    assert shown(waiting(route)) == theirs
    observed = ["Gap", 5, 6, "Gap", 9] if first == 5 else ["Duplicates", "Gap", 6, "Gap", 9]
    assert watcher.log[watcher.log.index(1) + 1 :] == observed


def test_an_observer_that_comes_back_sees_each_update_once() -> None:
    """The user came in between, so the stream is still decoded as text."""
    world = EngineWorld()
    watcher = tap(world)
    route, _ = subscribe(world)
    untap(world, watcher)
    again = tap(world)
    world.receive(update(1, 1) + update(2, 2))
    assert [item for item in again.log if item != "confirmed"] == [1, 2]
    assert shown(waiting(route)) == [1, 2]
    assert all(isinstance(event.bids[0].price, Decimal) for event in waiting(route))


def test_events_of_an_observed_stream_are_packed_with_the_numbers_of_its_user() -> None:
    world = EngineWorld()
    route, _ = subscribe(world)
    watcher = tap(world)
    route.sink.pack_after = 0
    world.receive(b"".join(update(number, number) for number in range(1, 4)))
    assert [item for item in watcher.log if item != "confirmed"] == [1, 2, 3]
    packed = [item for item in waiting(route) if isinstance(item, Packed)]
    assert packed
    assert all(isinstance(item.unpack().bids[0].price, Decimal) for item in packed)


def test_a_stream_that_is_subscribed_again_before_its_rejection_is_handled_goes_on() -> None:
    asked: list[dict[str, Any]] = []
    world = EngineWorld(react=lambda server, request: asked.append(request))
    _, subscriber = subscribe(world)

    def resubscribe(*result: Any) -> None:
        world.session.subscribe(world.now, NAME)

    query = Request("LIST_SUBSCRIPTIONS", [], 77, [resubscribe])
    world.engine.command(world.now, lambda session: session.query(world.now, query))
    world.run(1)
    rejected, queried = ({"id": request["id"]} for request in asked)
    world.react = behave
    world.receive(
        frame(json.dumps(rejected | {"code": 2, "msg": "no such stream"}))
        + frame(json.dumps(queried | {"result": []}))
    )
    world.run(1)
    assert subscriber.log == ["confirmed"]
    assert world.streams == {NAME}
