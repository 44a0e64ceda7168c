"""Messages as they were received, in an engine in simulated time."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from binance_streams import CATALOG, ConnectionLost, Gap
from binance_streams_runtime.decoding.raw import RawDecoder
from binance_streams_runtime.notices import Disconnected, Notice, SchemaDrift
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Route
from tests.support.fed import OTHER, Fed, add_one, fed, quote, shown, trade
from tests.support.frames import frame, wrapped
from tests.support.observed import (
    NAME,
    STREAM,
    Watcher,
    add,
    hold_back,
    release,
    subscribe,
    untap,
    update,
    waiting,
)
from tests.support.simulated_engine import EngineWorld, Subscriber
from tests.support.simulated_session import Server

LOST = ConnectionLost("a test cut it")


def test_messages_come_as_they_were_received() -> None:
    world = EngineWorld()
    feed = fed(world)
    world.receive(update(1, 3))
    world.receive(update(4, 5) + update(9, 9))
    assert feed.log == [(NAME, "confirmed"), 3, 5, "Gap", 9]
    message = feed.items[0][1]
    assert feed.items[0][0].name == NAME
    assert frame(message.frame) == update(1, 3)
    assert message.stream == NAME
    assert (message.first_update_id, message.last_update_id, message.event_time) == (1, 3, 3)
    gap = feed.items[2][1]
    assert isinstance(gap, Gap)
    assert (gap.first_missing, gap.last_missing) == (6, 8)
    assert gap.since is not None


def test_each_read_is_one_batch_with_the_time_at_which_it_was_received() -> None:
    world = EngineWorld()
    feed = fed(world)
    feed.add(OTHER)
    before = feed.batches
    world.receive(update(1, 3) + trade(7) + update(4, 5) + trade(8))
    assert (feed.batches - before, feed.seen) == (1, [3, 7, 5, 8])
    assert feed.received[-1] == world.now


def test_a_stream_that_is_removed_is_unsubscribed() -> None:
    world = EngineWorld()
    feed = fed(world)
    world.receive(update(1, 1))
    feed.remove()
    assert (feed.seen, world.streams, world.router.get(NAME)) == ([1], set(), None)
    feed.remove()
    feed.add()
    world.receive(update(7, 7))
    assert feed.seen == [1, 7]


def test_a_stream_that_comes_back_before_it_was_unsubscribed_is_confirmed() -> None:
    """Its request waits for the limit of requests a second, so no answer will come."""
    world = EngineWorld()
    feed = fed(world)
    for other in ("a", "b", "c", "d", "e", "f"):
        add_one(world, feed, f"{other}@trade")
    feed.log.clear()
    world.engine.command(world.now, lambda _: feed.feed.remove(world.now, [NAME]))
    add_one(world, feed, NAME)
    world.run(10)
    assert (NAME, "confirmed") in feed.log
    assert NAME in world.streams


def test_streams_that_come_together_are_one_request() -> None:
    """And so are those that go together, as far as nobody else needs them."""
    world = EngineWorld()
    feed = fed(world)
    route, _ = world.open_route("ethusdt@trade")
    world.run(2)
    names = [NAME, OTHER, "ethusdt@trade", "bnbusdt@trade"]
    streams = [CATALOG.resolve(name) for name in names]
    requests = world.servers[1].requests
    before = len(requests)
    world.engine.command(world.now, lambda _: feed.feed.add(world.now, [*streams, streams[1]]))
    world.run(2)
    assert [request["params"] for request in requests[before:]] == [[OTHER, "bnbusdt@trade"]]
    assert feed.log[1:] == [(name, "confirmed") for name in ("ethusdt@trade", OTHER, names[3])]
    world.engine.command(world.now, lambda _: feed.feed.close(world.now))
    world.run(2)
    (last,) = requests[before + 1 :]
    assert (last["method"], sorted(last["params"])) == (
        "UNSUBSCRIBE",
        sorted([NAME, *names[1:4:2]]),
    )
    assert world.router.get("ethusdt@trade") is route


def test_two_feeds_share_a_subscription() -> None:
    world = EngineWorld()
    one, other = fed(world), fed(world)
    assert one.log == other.log == [(NAME, "confirmed")]
    world.receive(update(1, 1))
    one.remove()
    world.receive(update(2, 2))
    assert (one.seen, other.seen, world.streams) == ([1], [1, 2], {NAME})
    world.engine.close_feed(world.now, other.feed)
    world.run(1)
    assert world.streams == set()


def test_an_interruption_is_shown_in_its_place() -> None:
    world = EngineWorld()
    feed = fed(world)
    world.receive(update(1, 1))
    world.lose(1, LOST)
    world.run(10)
    world.receive(update(4, 4), connection=2)
    assert feed.log == [
        *((NAME, "confirmed"), 1, "Disconnected", (NAME, "interrupted")),
        *((NAME, "confirmed"), "Gap", 4),
    ]
    gap = feed.items[2][1]
    assert gap.reason == "a test cut it"
    assert None not in (gap.since, gap.until)
    assert isinstance(feed.items[1][1], Disconnected)
    assert gap in world.notices


def test_a_stream_that_the_server_refuses_has_failed() -> None:
    def refuse(server: Server, request: dict[str, Any]) -> None:
        server.answer({"code": 2, "msg": "no such stream", "id": request["id"]})

    world = EngineWorld(react=refuse)
    feed = fed(world)
    assert feed.log == [(NAME, "failed")]
    assert world.router.get(NAME) is None


def test_a_stream_without_any_message_is_reported() -> None:
    world = EngineWorld(first_event_timeout=5.0)
    feed = fed(world)
    world.run(10)
    assert feed.seen == ["Stale"]


@pytest.mark.parametrize(
    "payload", ['{"e":"depthUpdate","U":1}', '{"e":"depthUpdate","U":1,"u":"two"}', "{", "\\xff"]
)
def test_a_message_without_its_numbers_is_undecodable(payload: str) -> None:
    world = EngineWorld()
    feed = fed(world)
    message = wrapped(NAME, payload)
    world.receive(update(1, 1) + frame(message) + update(2, 2))
    assert feed.seen == [1, "Undecodable", 2]


def test_a_message_that_is_no_utf_8_is_undecodable() -> None:
    """Whoever it is passed on to relies on that."""
    world = EngineWorld()
    feed = fed(world)
    message = wrapped(NAME, '{"e":"?","U":2,"u":2,"b":[],"a":[],"E":1}').encode("latin-1")
    world.receive(frame(message.replace(b"?", b"\xff")))
    assert feed.seen == ["Undecodable"]


def test_what_the_spec_does_not_know_is_passed_on() -> None:
    world = EngineWorld()
    feed = fed(world)
    world.receive(frame(wrapped(NAME, '{"e":"x","U":2,"u":2,"b":"no list","E":1,"new":[1]}')))
    assert feed.seen == [2]


@pytest.mark.parametrize("first", ["feed", "user", "book"])
@pytest.mark.parametrize("second", ["feed", "user", "book"])
def test_a_feed_a_user_and_an_observer_share_a_stream(first: str, second: str) -> None:
    """Whoever comes first, each gets every update in its own form."""
    world = EngineWorld()
    watcher, feed = Watcher(), Fed(world)
    route: Route | None = None
    comers = dict.fromkeys([first, second, "feed", "user", "book"])
    for comer in comers:
        if comer == "feed":
            feed.add()
        elif comer == "book":
            add(world, watcher)
            world.run(1)
        else:
            route, _ = subscribe(world)
    world.receive(update(1, 3, "0.00000001"))
    world.receive(update(4, 5) + update(9, 9))
    assert route is not None
    assert feed.seen == [3, 5, "Gap", 9]
    assert [item for item in watcher.log if item != "confirmed"] == [3, 5, "Gap", 9]
    numbers = [item for item in waiting(route) if not isinstance(item, Notice)]
    assert [event.last_update_id for event in numbers] == [3, 5, 9]
    assert numbers[0].bids[0].price == Decimal("0.00000001")
    world.call("unsubscribe", NAME, route)
    world.receive(update(10, 10))
    untap(world, watcher)
    world.receive(update(11, 11))
    feed.remove()
    assert (feed.seen[-2:], watcher.log[-1], world.streams) == ([10, 11], 10, set())


def test_a_user_who_outlasts_a_feed_goes_on() -> None:
    world = EngineWorld()
    route, _ = subscribe(world)
    feed = fed(world)
    world.receive(update(1, 1))
    feed.remove()
    world.receive(update(2, 2) + update(4, 4))
    assert feed.seen == [1]
    assert [getattr(item, "last_update_id", None) for item in waiting(route)] == [1, 2, None, 4]
    assert isinstance(waiting(route)[-1].bids[0].price, Decimal)


def test_a_subscription_to_messages_shares_its_stream_with_observers() -> None:
    world = EngineWorld()
    route = Route(STREAM, RawDecoder(STREAM), EventQueue(9))
    route.consumer = "notices"
    route.subscriber = Subscriber()
    world.engine.subscribe(world.now, NAME, route)
    world.run(1)
    world.receive(update(1, 1))
    watcher, feed = Watcher(), fed(world)
    add(world, watcher)
    world.receive(update(2, 2) + update(5, 5))
    assert [shown(item) for item in waiting(route)] == [1, 2, "Gap", 5]
    assert feed.seen == watcher.log[-3:] == [2, "Gap", 5]
    untap(world, watcher)
    feed.remove()
    world.receive(update(6, 6))
    assert shown(waiting(route)[-1]) == 6


def test_a_feed_that_comes_in_a_handover_learns_what_was_decoded_before() -> None:
    """The user gets it as an event; its bytes are gone."""
    world = EngineWorld()
    route, _ = subscribe(world)
    hold_back(world)
    feed = fed(world)
    release(world)
    assert feed.seen == [2, "Gap", 4]
    gap = next(item for _, item in feed.items if isinstance(item, Gap))
    assert (gap.first_missing, gap.last_missing) == (3, 3)
    assert "decoded before" in gap.reason
    assert [getattr(item, "last_update_id", None) for item in waiting(route)][-3:] == [2, 3, 4]


def test_a_feed_that_goes_in_a_handover_costs_its_user_nothing() -> None:
    world = EngineWorld()
    feed = fed(world)
    route, _ = subscribe(world)
    hold_back(world)
    feed.remove()
    release(world)
    assert feed.seen == [1]
    assert [getattr(item, "last_update_id", None) for item in waiting(route)] == [1, 2, 3, 4]
    assert all(isinstance(event.bids[0].price, Decimal) for event in waiting(route))


def test_a_feed_of_a_filled_stream_gets_the_gap() -> None:
    """What REST has is no message."""
    world = EngineWorld()
    world.open_route(OTHER, fill=True)
    world.run(1)
    feed = Fed(world)
    feed.add(OTHER)
    world.receive(trade(1) + trade(2) + trade(5))
    assert feed.seen == [1, 2, "Gap", 5]


def test_only_fields_that_the_spec_lacks_are_new() -> None:
    """Although the feed decodes hardly any of the fields that the user's events have."""
    world = EngineWorld()
    fed(world)
    subscribe(world)
    world.receive(update(1, 1))
    world.receive(frame(wrapped(NAME, '{"e":"x","E":1,"U":2,"u":2,"b":[],"a":[],"new":[1]}')))
    assert [notice for notice in world.notices if isinstance(notice, SchemaDrift)] == []
    world.run(61)
    world.receive(
        frame(wrapped(NAME, '{"e":"depthUpdate","E":1,"s":"","U":3,"u":3,"b":[],"a":[],"new":[]}'))
    )
    drift = [notice for notice in world.notices if isinstance(notice, SchemaDrift)]
    assert [notice.fields for notice in drift] == [("new",)]


def test_messages_that_the_user_cannot_decode_are_passed_on() -> None:
    world = EngineWorld()
    feed = fed(world)
    route, _ = subscribe(world)
    world.receive(update(1, 1, price="much") + update(2, 2))
    assert feed.seen == [1, 2]
    assert [type(item).__name__ for item in waiting(route)] == ["Undecodable", "DepthUpdate"]


def test_a_feed_ends_with_its_engine() -> None:
    world = EngineWorld()
    feed = fed(world)
    world.receive(update(1, 3))
    world.engine.close(world.now)
    assert feed.seen == [3]


def test_a_stream_that_the_feed_has_is_added_once() -> None:
    world = EngineWorld()
    feed = fed(world)
    feed.add()
    world.receive(update(1, 3))
    assert feed.log == [(NAME, "confirmed"), 3]


@pytest.mark.parametrize(
    ("name", "message", "missing"), [(OTHER, trade, 3), ("btcusdt@bookTicker", quote, None)]
)
def test_what_a_message_that_was_decoded_before_is_called_depends_on_its_ids(
    name: str, message: Callable[[int], bytes], missing: int | None
) -> None:
    world = EngineWorld()
    world.open_route(name)
    world.run(1)
    world.receive(message(1))
    world.engine.command(world.now, lambda session: session.rotate(world.now, name, "a test"))
    world.run(1)
    world.receive(message(3), connection=2)
    feed = Fed(world)
    feed.add(name)
    world.receive(message(2), connection=1)
    world.run(30)
    world.receive(message(4), connection=2)
    gaps = [item for _, item in feed.items if isinstance(item, Gap)]
    before = [gap for gap in gaps if "decoded before" in gap.reason]
    assert {(gap.first_missing, gap.last_missing) for gap in before} == {(missing, missing)}
    assert feed.seen[-1] == 4


def test_what_was_missed_before_its_first_message_is_not_the_feeds() -> None:
    world = EngineWorld()
    route, _ = subscribe(world)
    world.receive(update(1, 3))
    feed = fed(world)
    world.receive(update(6, 7) + update(9, 9))
    assert feed.seen == [7, "Gap", 9]
    assert [type(item).__name__ for item in waiting(route)] == [
        *("DepthUpdate", "Gap", "DepthUpdate", "Gap", "DepthUpdate")
    ]
