"""When a client is ok, degraded or down, in simulated time."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from binance_streams import CATALOG, ConnectionLost, Health
from binance_streams_runtime.client.health import client_health, engine_health
from tests.support.engine_books import BookEngine
from tests.support.frames import trade_frame
from tests.support.measured import client_of, scraped, value
from tests.support.simulated_engine import EngineWorld
from tests.support.simulated_session import Server, behave

LOST = ConnectionLost("a test cut it")
OK = Health("ok")


def health(world: EngineWorld) -> Health:
    return engine_health(world.engine, world.now, 60.0)


def reason(world: EngineWorld) -> str:
    found = health(world)
    assert found.status == "degraded"
    (only,) = found.reasons
    return only


def test_a_client_without_subscriptions_is_ok() -> None:
    assert health(EngineWorld()) == OK


def test_a_client_is_down_until_the_first_stream_is_confirmed_and_ok_from_then_on() -> None:
    world = EngineWorld()
    world.open_route()
    assert health(world).status == "down"
    world.run(1)
    assert health(world) == OK


def test_a_lost_connection_takes_the_client_down_and_the_reason_says_why() -> None:
    world = EngineWorld()
    world.open_route()
    world.run(1)
    world.opens_after = None
    world.lose(1, LOST)
    world.run(1)
    found = health(world)
    assert found.status == "down"
    assert found.reasons[0].startswith("no stream is confirmed: ")
    assert "a test cut it" in found.reasons[0]
    assert value(scraped(world), "health", status="down") == 1


def test_a_handover_is_no_reason() -> None:
    world = EngineWorld()
    world.open_route()
    world.run(1)
    world.engine.session.rotate(world.now, "btcusdt@trade", "a test")
    assert health(world) == OK


def test_a_stream_that_is_not_confirmed_for_long_degrades_the_client() -> None:
    def react(server: Server, request: dict[str, object]) -> None:
        if request.get("params") == ["btcusdt@trade"]:
            behave(server, request)

    world = EngineWorld(react=react)
    world.open_route()
    world.run(1)
    world.open_route("ethusdt@trade")
    world.open_route("bnbusdt@trade")
    world.run(9)
    assert health(world) == OK
    world.run(2)
    assert reason(world).startswith(
        "2 of 3 streams, such as ethusdt@trade, are not confirmed for more than 10 s: "
    )


def test_a_connection_that_cannot_be_opened_degrades_the_client() -> None:
    world = EngineWorld()
    world.open_route()
    world.run(1)
    # The first connection is full, so the next stream needs another one.
    world.engine.session._pool._limits = world.engine.session._pool._limits.__class__(
        *(5, 4096, 1, 300, 300, 20, 60, 86_400, 36)
    )
    world.opens_after = None
    world.open_route("ethusdt@trade")
    world.lose(2, ConnectionLost("no way"))
    assert (
        reason(world) == "connection 3 is connecting: cannot connect to ws://server/stream: no way"
    )


def test_an_idle_stream_degrades_the_client_until_its_next_event() -> None:
    world = EngineWorld()
    world.open_route(max_idle=10.0)
    world.run(1)
    world.receive(trade_frame(1))
    world.run(11)
    assert reason(world) == "btcusdt@trade has been idle for more than max_idle"
    world.receive(trade_frame(2))
    assert health(world) == OK


def test_a_stream_without_any_event_degrades_the_client() -> None:
    world = EngineWorld()
    world.open_route()
    world.run(59)
    assert health(world) == OK
    world.run(10)
    assert "btcusdt@trade has delivered no event within 60 s" in reason(world)
    assert engine_health(world.engine, world.now, None) == OK


def test_dropped_events_degrade_the_client_for_a_minute() -> None:
    world = EngineWorld()
    world.open_route(maxsize=1)
    world.run(1)
    world.receive(trade_frame(1) + trade_frame(2))
    assert "btcusdt@trade has dropped events in the last 60 s" in reason(world)
    world.run(61)
    assert health(world) == OK


def test_events_that_the_client_drops_degrade_it_too() -> None:
    world = EngineWorld(maxsize=1, client_consumes=True)
    world.open_route(consumer="unclaimed")
    world.run(1)
    world.receive(trade_frame(1) + trade_frame(2))
    assert "the client's own queue" in reason(world)


def test_events_that_nothing_takes_degrade_the_client() -> None:
    world = EngineWorld()
    route, _ = world.open_route()
    world.run(1)
    for number in range(150):
        world.receive(trade_frame(number))
        world.run(0)
    world.run(2)
    world.receive(trade_frame(150))
    assert reason(world) == "151 events wait that nothing takes: btcusdt@trade"
    route.sink.replace(lambda items: [])


def test_a_queue_that_blocks_degrades_the_client() -> None:
    world = EngineWorld()
    world.open_route(maxsize=1, overflow="block")
    world.run(1)
    world.receive(trade_frame(1) + trade_frame(2))
    assert reason(world) == "nothing is read, because a queue with the policy block is full"


def test_a_book_that_is_not_synced_degrades_the_client() -> None:
    world = BookEngine()
    world.synced(depth=100)
    assert health(world) == OK
    world.keep("ETHUSDT")
    world.run(0.02)
    found = health(world)
    assert found.status == "degraded"
    assert found.reasons[0].startswith("the order book of ethusdt@depth@100ms is not synced: ")


def test_a_client_whose_streams_all_ended_by_errors_is_down() -> None:
    world = EngineWorld()
    world.open_route()
    world.run(1)
    world.retries = False
    world.lose(1, LOST)
    world.run(1)
    found = health(world)
    assert found.status == "down"
    assert found.reasons[0].startswith("all streams have ended: ")
    world.retries = True
    world.open_route()
    world.run(1)
    assert health(world) == OK


@pytest.mark.parametrize(
    ("failure", "behind", "lost_at", "reasons"),
    [
        (None, 4.0, None, ()),
        (None, 6.0, None, ("the recording in rec is 6 s behind, as the disk is slow",)),
        ("no space", 6.0, None, ("nothing is recorded in rec: no space",)),
        (None, 0.0, 950.0, ("not everything was recorded in the last 60 s",)),
        (None, 0.0, 930.0, ()),
    ],
)
def test_a_recording_that_loses_or_is_behind_degrades_the_client(
    failure: str | None, behind: float, lost_at: float | None, reasons: tuple[str, ...]
) -> None:
    client = client_of(EngineWorld())
    recording = SimpleNamespace(path="rec")
    recording.stats = lambda: SimpleNamespace(failure=failure, seconds_behind=behind)
    client.recordings = cast("Any", SimpleNamespace(all=(recording,), lost_at=lost_at))
    assert client_health(client, 1000.0) == Health("degraded" if reasons else "ok", reasons)


def test_what_is_wrong_with_a_recording_is_said_of_a_client_that_is_down_too() -> None:
    world = EngineWorld()
    world.open_route()
    client = client_of(world)
    client.recordings.lost_at = world.now
    found = client_health(client, world.now)
    assert (found.status, len(found.reasons)) == ("down", 2)


def test_a_closed_client_is_down() -> None:
    client = client_of(EngineWorld())
    assert client_health(client, 1000.0) == OK
    client.is_closed = True  # type: ignore[misc]
    assert client_health(client, 1000.0) == Health("down", ("the client is closed",))


def test_a_fed_stream_without_any_message_is_a_reason() -> None:
    """Although it has no subscription of a user."""
    world = EngineWorld()
    feed = world.engine.open_feed(lambda items, now: None, lambda stream, state, error: None)
    stream = CATALOG.resolve("btcusdt@trade")
    world.engine.command(world.now, lambda _: feed.add(world.now, [stream]))
    world.run(1)
    assert health(world) == OK
    world.run(61)
    assert "has delivered no event within 60 s" in reason(world)
