"""Venues that lack a part of the protocol, or have categories with paths of their own."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from binance_streams import VENUE, AvgPrice
from binance_streams_runtime.catalog.parameters import Symbol
from binance_streams_runtime.catalog.streams import StreamType, UpdateSpeed
from binance_streams_runtime.catalog.venue import Venue
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.errors import ConnectionLost
from binance_streams_runtime.notices import Connected, Disconnected, ServerShutdown
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Route
from tests.simulation.feeds import Depths, Feed, Klines
from tests.support.frames import frame
from tests.support.lagging import PATIENCE, Market
from tests.support.simulated_session import Server, World, behave
from tests.unit.session.test_unanswered import deaf_to, methods


def venue_with(*names: str) -> Venue:
    """A venue that has no other control methods."""
    found = tuple(method for method in VENUE.methods if method.name in names)
    return msgspec.structs.replace(VENUE, methods=found)


BARE = venue_with("SUBSCRIBE", "UNSUBSCRIBE")


@pytest.mark.parametrize("obeys", [True, False])
def test_without_a_list_an_unanswered_request_is_made_again(obeys: bool) -> None:
    world = World(react=deaf_to(1, obeys=obeys), venue=BARE)
    world.subscribe("a")
    world.run(20)
    assert methods(world) == ["SUBSCRIBE", "SUBSCRIBE"]
    assert world.streams == {"a"} == world.believed
    assert world.opened == [1]


def test_without_a_list_an_unanswered_unsubscription_is_made_again() -> None:
    world = World(react=deaf_to(2, obeys=False), venue=BARE)
    world.subscribe("a")
    world.run(1)
    world.unsubscribe("a")
    world.run(20)
    assert methods(world) == ["SUBSCRIBE", "UNSUBSCRIBE", "UNSUBSCRIBE"]
    assert world.streams == set() == world.believed


def refuse_nothing_at_all(server: Server, request: dict[str, Any]) -> None:
    """Refuse a request without parameters, as a venue may."""
    if "params" in request:
        behave(server, request)
    else:
        server.answer({"code": 2, "msg": "Invalid request", "id": request["id"]})


@pytest.mark.parametrize("kind", [Depths, Klines])
@pytest.mark.parametrize("react", [behave, refuse_nothing_at_all])
@pytest.mark.parametrize(
    ("venue", "asked"),
    [
        (BARE, ("SUBSCRIBE", None)),
        (venue_with("SUBSCRIBE", "UNSUBSCRIBE", "GET_PROPERTY"), ("GET_PROPERTY", ["combined"])),
    ],
)
def test_a_connection_is_handed_over_without_a_list(
    kind: type[Feed], react: Any, venue: Venue, asked: tuple[str, Any]
) -> None:
    """Any answer says that all before it has come."""
    market = Market(kind, react=react, venue=venue)
    market.publish(3)
    market.replace()
    market.run(PATIENCE + 1.0)
    market.publish(3)
    assert market.is_handed_over
    assert market.delivered() == list(range(6))
    requests = [(each["method"], each.get("params")) for each in market.world.requests]
    assert asked in requests
    assert "LIST_SUBSCRIPTIONS" not in methods(market.world)


def test_without_a_shutdown_notice_its_event_is_like_any_other() -> None:
    world = World(venue=msgspec.structs.replace(VENUE, shutdown=None), reconnect=True)
    world.subscribe("a")
    world.run(1)
    world.servers[1].send(frame('{"e":"serverShutdown","E":1}'))
    world.run(5)
    assert world.opened == [1]
    assert not any(isinstance(notice, ServerShutdown) for notice in world.notices)


URLS = {"public": "ws://server/public/stream", "private": "ws://server/private/stream"}


def type_of(category: str) -> StreamType:
    segments = (Symbol("symbol"), f"@{category}")
    return StreamType(
        category, "", "", "", segments, (AvgPrice,), UpdateSpeed(1000), category=category
    )


def subscribe(world: World, category: str, symbol: str) -> str:
    stream = type_of(category).stream(symbol=symbol)
    world.router.add(Route(stream, decoder_of(stream.type, str), EventQueue()))
    world.subscribe(stream.name)
    return stream.name


def test_a_category_with_a_path_of_its_own_has_connections_of_its_own() -> None:
    world = World(urls=URLS, reconnect=True)
    names = [subscribe(world, category, "a") for category in ("public", "private", "market")]
    names.append(subscribe(world, "public", "b"))
    world.run(1)
    assert world.urls == {1: URLS["public"], 2: URLS["private"], 3: "ws://server/stream"}
    found = [set(server.streams) for server in world.servers.values()]
    assert found == [{names[0], names[3]}, {names[1]}, {names[2]}]
    notices = [notice.url for notice in world.notices if isinstance(notice, Connected)]
    assert notices == list(world.urls.values())


def test_a_connection_that_is_lost_is_followed_by_one_to_the_same_path() -> None:
    world = World(urls=URLS, reconnect=True)
    subscribe(world, "market", "a")
    name = subscribe(world, "private", "a")
    world.run(1)
    world.call("lost", 2, ConnectionLost("gone"))
    world.run(5)
    assert world.urls[3] == URLS["private"]
    assert world.servers[3].streams == {name}
    assert any(isinstance(notice, Disconnected) for notice in world.notices)
