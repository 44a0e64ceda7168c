"""What is measured of an engine, in simulated time: totals never decrease, labels are few."""

from __future__ import annotations

import random
from typing import Any

import pytest

from binance_streams import CATALOG, ConnectionLost
from binance_streams_runtime.client.health import client_health
from binance_streams_runtime.metrics.table import METRICS
from binance_streams_runtime.protocol.requests import Request
from tests.support.engine_books import BookEngine
from tests.support.frames import close_frame, frame, trade_frame, wrapped
from tests.support.measured import client_of, measured, scraped, total, value
from tests.support.simulated_engine import EngineWorld
from tests.support.simulated_session import FlakyServer, Server, behave

LOST = ConnectionLost("a test cut it")
TRADE = "btcusdt@trade"
KEY = "pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"


def test_messages_are_counted_by_type_of_stream() -> None:
    world = EngineWorld()
    world.open_route()
    world.open_route("ethusdt@trade")
    world.run(1)
    world.receive(trade_frame(1) + trade_frame(2) + trade_frame(3, "ETHUSDT"))
    samples = scraped(world)
    assert value(samples, "messages_total", stream_type="trade") == 3
    assert value(samples, "queue_events", stream_type="trade") == 3
    assert value(samples, "streams", state="confirmed") == 2


def test_each_stream_is_measured_if_that_is_wanted() -> None:
    world = EngineWorld()
    world.open_route()
    world.open_route("ethusdt@trade")
    world.run(1)
    world.receive(trade_frame(1) + trade_frame(3, "ETHUSDT"))
    world.run(2)
    world.receive(trade_frame(4, "ETHUSDT"))
    samples = scraped(world, per_stream=True)
    eth = {"stream_type": "trade", "stream": "ethusdt@trade"}
    assert value(samples, "messages_total", **eth) == 2
    assert value(samples, "last_event_age_seconds", **eth) == 0
    btc = {"stream_type": "trade", "stream": TRADE}
    assert value(samples, "last_event_age_seconds", **btc) == 2


def test_the_age_of_a_type_is_that_of_its_newest_event() -> None:
    world = EngineWorld()
    world.open_route()
    world.open_route("ethusdt@trade")
    world.run(1)
    world.receive(trade_frame(1))
    world.run(5)
    world.receive(trade_frame(3, "ETHUSDT"))
    world.run(3)
    assert value(scraped(world), "last_event_age_seconds", stream_type="trade") == 3


def test_what_ended_streams_have_counted_is_kept() -> None:
    world = EngineWorld()
    route, _ = world.open_route()
    world.run(1)
    world.receive(trade_frame(1) + trade_frame(5))
    world.call("unsubscribe", TRADE, route)
    world.run(1)
    samples = scraped(world)
    assert value(samples, "messages_total", stream_type="trade") == 2
    assert value(samples, "missing_total", stream_type="trade") == 3
    assert value(samples, "last_event_age_seconds", stream_type="trade") is None
    ended = {"stream_type": "trade", "stream": "(ended)"}
    assert value(scraped(world, per_stream=True), "messages_total", **ended) == 2


def test_a_stream_that_is_subscribed_again_is_added_to_what_it_was() -> None:
    world = EngineWorld()
    route, _ = world.open_route()
    world.run(1)
    world.receive(trade_frame(1))
    world.call("unsubscribe", TRADE, route)
    world.run(1)
    world.open_route()
    world.run(1)
    world.receive(trade_frame(2))
    assert value(scraped(world), "messages_total", stream_type="trade") == 2


def test_a_route_that_is_added_again_is_counted_once() -> None:
    world = EngineWorld()
    route, _ = world.open_route()
    world.run(1)
    world.receive(trade_frame(1))
    world.router.add(route)
    assert value(scraped(world), "messages_total", stream_type="trade") == 1


@pytest.mark.parametrize("per_stream", [False, True])
def test_dropped_events_are_counted_by_policy_also_after_their_stream_has_ended(
    per_stream: bool,
) -> None:
    world = EngineWorld()
    first, _ = world.open_route(maxsize=1)
    second, _ = world.open_route("ethusdt@trade", maxsize=1, overflow="drop_newest")
    world.run(1)
    for number in range(3):
        world.receive(trade_frame(number) + trade_frame(number, "ETHUSDT"))
    world.call("unsubscribe", "ethusdt@trade", second)
    samples = scraped(world, per_stream)
    labels = [{"stream": first.label}, {"stream": "(ended)"}] if per_stream else [{}, {}]
    policies = ("drop_oldest", "drop_newest")
    for policy, more in zip(policies, labels, strict=True):
        found = value(samples, "dropped_total", stream_type="trade", policy=policy, **more)
        assert found == 2


def test_events_that_the_client_drops_are_of_no_type() -> None:
    world = EngineWorld(maxsize=1, client_consumes=True)
    world.open_route(consumer="unclaimed")
    world.run(1)
    world.receive(trade_frame(1) + trade_frame(2))
    samples = scraped(world)
    assert value(samples, "dropped_total", stream_type="*", policy="drop_oldest") == 1
    assert value(samples, "queue_events", stream_type="*") == 1
    each = scraped(world, per_stream=True)
    assert value(each, "queue_events", stream_type="*", stream="*") == 1
    assert value(each, "dropped_total", stream_type="*", stream="*", policy="drop_oldest") == 1


@pytest.mark.parametrize(
    ("end", "cause"),
    [
        (lambda world: world.lose(1, LOST), "lost"),
        (lambda world: world.receive(close_frame(1001)), "closed"),
        (lambda world: world.run(200, pings=None), "idle"),
        (lambda world: world.run(86_400), "lifetime"),
        (lambda world: world.engine.session.rotate(world.now, TRADE, "a test"), "stale"),
        (
            lambda world: world.receive(frame('{"e":"serverShutdown","E":1}')),
            "shutdown",
        ),
    ],
)
def test_reconnects_are_counted_by_what_ended_the_connection(end: Any, cause: str) -> None:
    world = EngineWorld()
    world.open_route()
    world.run(1)
    end(world)
    found = {reason: count for reason, count in measured(world).reconnects.items() if count}
    assert set(found) == {cause}


@pytest.mark.parametrize(("status", "cause"), [(None, "unreachable"), (429, "refused")])
def test_attempts_that_failed_are_reconnects_too(status: int | None, cause: str) -> None:
    world = EngineWorld()
    world.opens_after = None
    world.open_route()
    world.run(1)
    world.lose(1, ConnectionLost("a test did not open it", status=status))
    assert measured(world).reconnects == {cause: 1}
    assert world.engine.reconnects == 1


@pytest.mark.parametrize("is_handing_over", [False, True])
def test_connections_whose_requests_are_not_answered_are_counted(is_handing_over: bool) -> None:
    def react(server: Server, request: dict[str, Any]) -> None:
        if request["method"] == "SUBSCRIBE" and server.number == 1:
            behave(server, request)

    world = EngineWorld(react=react)
    world.open_route()
    world.run(1)
    if is_handing_over:
        world.engine.session.rotate(world.now, TRADE, "a test")
    for number in range(4):
        pending = Request("LIST_SUBSCRIPTIONS", (), 100 + number)
        world.engine.query(world.now, pending)
    world.run(60)
    assert measured(world).reconnects["unanswered"]


def test_requests_are_counted_by_method_and_outcome() -> None:
    def react(server: Server, request: dict[str, Any]) -> None:
        if request.get("params") == [TRADE]:
            behave(server, request)
        elif request.get("params") == ["ethusdt@trade"]:
            server.answer({"error": {"code": 2, "msg": "no"}, "id": request["id"]})

    world = EngineWorld(react=react)
    for name in (TRADE, "ethusdt@trade", "bnbusdt@trade"):
        world.open_route(name)
        world.run(1)
    world.run(5)
    requests = measured(world).requests
    assert requests["SUBSCRIBE", "accepted"] == 1
    assert requests["SUBSCRIBE", "rejected"] == 1
    assert requests["SUBSCRIBE", "unanswered"] == 1
    unanswered = requests["SUBSCRIBE", "unanswered"] + requests["LIST_SUBSCRIPTIONS", "unanswered"]
    world.lose(1, LOST)
    after = measured(world).requests
    assert after["SUBSCRIBE", "unanswered"] + after["LIST_SUBSCRIPTIONS", "unanswered"] > unanswered


def test_fields_of_no_spec_are_counted_by_type() -> None:
    world = EngineWorld()
    world.open_route()
    world.run(1)
    payload = '{"e":"trade","E":1,"s":"BTCUSDT","t":1,"p":"1.0","q":"1.0","T":1,"m":true,"new":1}'
    world.receive(frame(wrapped(TRADE, payload)))
    assert value(scraped(world), "drift_fields", stream_type="trade") == 1
    # It is of the spec, not of a stream.
    assert value(scraped(world, True), "drift_fields", stream_type="trade") == 1


def test_books_are_counted_by_state() -> None:
    world = BookEngine()
    world.synced(depth=100)
    world.keep("ETHUSDT")
    samples = scraped(world)
    assert value(samples, "book_state", state="synced") == 1
    assert value(samples, "book_state", state="waiting") == 1
    assert value(samples, "book_state", state="stale") == 0


def test_changes_of_books_are_of_a_type_of_their_own() -> None:
    world = BookEngine()
    book = world.synced(depth=100)
    queue = book.feed.route.sink
    world.engine.attach_consumer(world.now, book.feed.route, False)
    queue.maxsize = 1
    world.trade(3)
    samples = scraped(world)
    assert value(samples, "queue_events", stream_type="order_book") == 1
    dropped = total(samples, "dropped_total")
    assert dropped > 0
    each = scraped(world, per_stream=True)
    assert total(each, "dropped_total") == dropped
    name = book.feed.route.label
    assert value(each, "queue_events", stream_type="order_book", stream=name) == 1


def test_no_secret_is_in_a_metric() -> None:
    world = EngineWorld()
    route, _ = world.open_route(KEY)
    world.run(1)
    world.receive(frame(wrapped(KEY, '{"e":"unknown"}')))
    world.lose(1, ConnectionLost(f"refused {KEY}"))
    found = str(scraped(world, per_stream=True))
    assert KEY not in found
    assert route.label in found
    assert KEY not in repr(client_health(client_of(world), world.now))


def test_totals_never_decrease_and_labels_are_few_whatever_happens() -> None:
    """Streams come, go and fail, connections are lost, queues overflow: for two simulated hours."""
    draw = random.Random(14)
    server = FlakyServer(14)
    world = EngineWorld(react=server)
    symbols = [f"{asset}USDT" for asset in ("BTC", "ETH", "BNB", "SOL", "XRP")]
    routes: dict[str, Any] = {}
    next_id = dict.fromkeys(symbols, 0)
    counters = {metric.name for metric in METRICS if metric.kind == "counter"}
    before: dict[Any, float] = {}
    for _ in range(600):
        symbol = draw.choice(symbols)
        name = f"{symbol.lower()}@trade"
        act = draw.random()
        if act < 0.2 and world.router.get(name) is None:
            routes[name], _ = world.open_route(name, maxsize=2)
        elif act < 0.3 and name in routes:
            world.call("unsubscribe", name, routes.pop(name))
        elif act < 0.4:
            for number in [number for number, one in world.servers.items() if one.is_open][:1]:
                world.lose(number, LOST)
        else:
            for number, one in list(world.servers.items()):
                if one.is_open and name in one.streams:
                    next_id[symbol] += draw.choice((0, 1, 1, 1, 3))
                    world.receive(trade_frame(next_id[symbol], symbol), number)
        world.run(draw.choice((0, 1, 20)))
        samples = scraped(world)
        for place, found in samples.items():
            if place[0] in counters:
                assert found >= before.get(place, 0), place
        assert {place for place in before if place[0] in counters} <= samples.keys()
        before = samples
    assert total(before, "messages_total") > 100
    assert total(before, "reconnects_total") > 10
    assert total(before, "dropped_total") > 10
    types = {dict(labels).get("stream_type") for _, labels in before} - {None}
    assert types <= {type.key for type in CATALOG} | {"*", "order_book"}
    assert len(before) < 150
