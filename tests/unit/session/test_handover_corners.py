"""Handovers at which the old connection ends early, never spoke, or says something else."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from binance_streams import CATALOG
from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.decoding.json import decoder_of
from binance_streams_runtime.errors import ConnectionLost
from binance_streams_runtime.notices import Disconnected
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.pipeline.router import UNROUTED, Batch
from binance_streams_runtime.pipeline.sequence import Interruption
from binance_streams_runtime.pipeline.trackers.unnumbered import UnnumberedTracker
from binance_streams_runtime.session import handover as handovers
from binance_streams_runtime.session.timeouts import Timeouts
from tests.simulation.feeds import Arrays, Depths, Feed, Klines, Quotes, Trades
from tests.support.frames import frame, wrapped
from tests.support.lagging import PATIENCE, Market
from tests.support.simulated_session import Server, behave

KINDS = [Trades, Depths, Quotes, Klines, Arrays]
WITHOUT_IDS = [Quotes, Klines, Arrays]


@pytest.mark.parametrize("kind", WITHOUT_IDS)
def test_an_old_connection_that_ends_before_it_was_asked_has_proven_nothing(
    kind: type[Feed],
) -> None:
    """Both are idle for the whole time, but the query could not be sent yet."""
    market = Market(kind)
    market.publish(3)
    for _ in range(market.world.session._venue.limits.messages_per_second):
        market.world.session._pool.connections[1].rate_limiter.request()
    market.replace()
    market.run(PATIENCE + 1.0)
    market.world.servers[1].is_open = False
    market.world.call("lost", 1, ConnectionLost("the server closed it"))
    market.publish(3)
    assert market.delivered() == [0, 1, 2, "Gap", 3, 4, 5]
    assert market.gaps[0].reason == "the server closed it"


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_waits_for_a_connection_that_never_delivered_anything(kind: type[Feed]) -> None:
    """The first one answers nothing, and gives way to one that does."""

    def react(server: Server, request: dict[str, Any]) -> None:
        if server.number > 1:
            behave(server, request)

    market = Market(kind, react=react)
    market.run(4 * Timeouts().request)
    market.publish(3)
    assert market.delivered() == [0, 1, 2]
    assert market.gaps == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_old_connection_passes_just_before_its_answer_is_proven(
    kind: type[Feed],
) -> None:
    """Its last event and the answer may arrive in one piece."""
    missing: list[bytes] = []

    def react(server: Server, request: dict[str, Any]) -> None:
        server.obey(request)
        answer = {"result": None, "id": request["id"]}
        if request["method"] == "LIST_SUBSCRIPTIONS":
            answer["result"] = sorted(server.streams)
        before, missing[:] = b"".join(missing) if server.number == 1 else b"", []
        server.send(before + frame(json.dumps(answer)), 0.01)

    market = Market(kind, react=react)
    feed = market.feeds[0]
    market.publish(3)
    market.replace()
    market.run(0.5)
    newer = [feed.publish(market.world.now + place) for place in range(3)]
    missing += newer[:2]
    market.world.servers[2].send(b"".join(newer))
    market.run(2 * PATIENCE)
    assert market.is_handed_over
    assert market.delivered() == [0, 1, 2, 3, 4, 5]


def test_lists_that_differ_on_both_connections_do_not_go_back_in_time() -> None:
    """Each front end makes its own: no list is ever the same, and only a gap can be reported."""
    market = Market(Arrays)
    feed = market.feeds[0]
    market.publish(3)
    market.replace()
    for _ in range(40):
        for server in list(market.world.servers.values()):
            if feed.name in server.streams:
                server.send(feed.publish(market.world.now))
        market.run(0.2)
    assert market.is_handed_over
    places = market.delivered()
    assert places.count("Gap") == 1
    places.remove("Gap")
    assert places == sorted(places)


@pytest.mark.parametrize("items", [1, 3000])
def test_lists_are_remembered_within_bounds_while_no_new_connection_opens(items: int) -> None:
    """A list may hold thousands of items, and the handover may last for hours."""
    market = Market(Arrays)
    feed = market.feeds[0]
    market.publish(3)
    market.world.opens_after = None
    market.replace()
    one = feed.payload(0)[1:].split("},")[0].rstrip("]}")
    payload = "[" + ",".join([one + "}"] * items) + "]"
    for _ in range(60):
        market.world.servers[1].send(frame(wrapped(feed.name, payload)))
    market.run(1.0)
    (handover,) = set(market.world.session._pool.handovers.values())
    (carried,) = handover._carried.values()
    tracker = market.routes[0].tracker
    assert isinstance(tracker, UnnumberedTracker)
    for remembered in (carried._delivered, tracker._remembered):
        assert remembered is not None
        assert sum(map(len, remembered)) <= 65_536
        assert len(remembered) >= min(60, 65_536 // items)


def test_whoever_waits_learns_how_the_old_connection_ended() -> None:
    """No new one is open yet."""
    market = Market(Trades)
    market.world.opens_after = None
    market.replace()
    market.run(1.0)
    market.world.call("lost", 1, ConnectionLost("the server closed it", 1001))
    text, cause = market.world.session.reason_of(market.world.now, market.feeds[0].name)
    assert "is being opened; connection 1 to ws://server/stream ended: the server closed it" in text
    assert isinstance(cause, ConnectionLost)


def test_the_end_of_the_old_connection_says_when_the_next_attempt_is_made() -> None:
    """The one that should take over was refused, and waits."""
    market = Market(Trades)
    market.world.opens_after = None
    market.replace()
    for number in (2, 3):
        market.world.call("lost", number, ConnectionLost("banned", None, 418))
    market.world.call("lost", 1, ConnectionLost("the server closed it"))
    (*_, ended) = [notice for notice in market.world.notices if isinstance(notice, Disconnected)]
    assert ended.streams == (market.feeds[0].name,)
    assert ended.retry_in is not None
    assert ended.retry_in >= 60.0


def test_an_idle_stream_that_the_new_connection_delivers_is_taken_over_at_once() -> None:
    """The old one is not asked whether anything is missing: it has not sent the stream for long."""
    market = Market(Trades)
    market.publish(3)
    market.lags = {1: None, 2: None}
    market.replace()
    market.publish(1)
    market.lags = {1: None}
    market.publish(3)
    assert market.delivered() == [0, 1, 2]
    market.world.call("rotate_stale", market.feeds[0].name, "it was idle")
    market.publish(1)
    assert market.delivered() == [0, 1, 2, "Gap", 4, 5, 6, 7]
    assert market.gaps[0].reason == "it was idle"


def test_what_belongs_to_no_stream_passes_from_the_old_connection() -> None:
    """The old connector's interface shows such messages, too."""
    market = Market(Trades)
    market.replace()
    market.run(0.5)
    handover = market.world.session._pool.handovers[1]
    (known,) = market.routes
    stray = Route(Stream(UNROUTED, known.stream.type, {}), known.decoder, EventQueue())
    other = Route(CATALOG.resolve("otherusdt@trade"), known.decoder, EventQueue())
    batch = Batch()
    batch.append(stray, "a text")
    batch.append(other, "an event")
    assert handover.filter_old(market.world.now, batch).items == ["a text"]


def test_a_stream_that_the_new_connection_lacked_for_a_moment_has_a_gap() -> None:
    market = Market(Trades)
    market.publish(3)
    market.lags = {1: 1.0}
    market.replace()
    market.publish(3)
    market.world.call("resubscribe", market.feeds[0].name)
    market.run(0.5)
    market.publish(30)
    market.run(2 * PATIENCE)
    assert market.is_handed_over
    assert [item for item in market.delivered() if item != "Gap"] == list(range(36))


def test_only_what_is_held_back_is_forgotten_when_it_becomes_too_much(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The other stream has nothing that could be."""
    monkeypatch.setattr(handovers, "_MAX_BUFFERED", 10)
    market = Market(Trades, Quotes)
    market.lags = {1: 1.0}
    market.publish(3)
    market.replace()
    market.publish(15)
    market.run(3 * PATIENCE)
    market.publish(5)
    assert market.is_handed_over
    assert market.delivered() == list(range(23))


def test_a_new_connection_that_answers_nothing_gives_way_to_another_one() -> None:
    """It cannot be replaced in the midst of a handover, so it is given up."""
    market = Market(Trades, react=lambda server, request: None)
    market.world.react = behave
    market.run(30)
    market.publish(3)

    def deaf(server: Server, request: dict[str, Any]) -> None:
        if server.number != 2:
            behave(server, request)

    market.world.react = deaf
    market.replace()
    market.run(8 * Timeouts().request)
    reasons = [notice.reason for notice in market.world.notices if isinstance(notice, Disconnected)]
    assert "4 requests in a row were not answered" in reasons
    market.publish(3)
    market.run(2 * PATIENCE)
    market.publish(3)
    assert market.delivered() == list(range(9))


def test_what_the_old_connection_may_lack_is_not_called_interrupted_when_it_takes_it_back() -> None:
    """A stream that was added in the midst of a handover, and that only the new one confirmed."""

    def deaf_later(server: Server, request: dict[str, Any]) -> None:
        if server.number != 1 or len(server.requests) == 1:
            behave(server, request)

    market = Market(Trades, react=deaf_later)
    market.publish(3)
    market.world.opens_after = 1.0
    market.replace()
    quotes = Quotes(random.Random(1), "s1usdt")
    route = Route(quotes.stream, decoder_of(quotes.stream.type, float), EventQueue(100_000))
    route.consumer = "notices"
    market.delivery.add(route)
    market.feeds.append(quotes)
    market.routes.append(route)
    market.world.subscribe(quotes.name)
    market.run(1.5)
    market.lags = {1: None}
    market.publish(3, which=1)
    assert market.delivered(1) == [0, 1, 2]
    market.world.servers[2].is_open = False
    market.world.servers[2].streams.clear()
    market.world.call("lost", 2, ConnectionLost("a test cut it"))
    market.run(3.0)
    market.publish(3, which=1)
    market.run(5 * PATIENCE)
    assert market.delivered(1) == [0, 1, 2, "Gap", 3, 4, 5]


def test_a_message_of_the_new_connection_that_cannot_be_decoded_keeps_its_place() -> None:
    """It is reported where it came, once the stream is taken over."""
    market = Market(Trades)
    market.lags = {1: 1.0}
    market.publish(3)
    market.replace()
    market.publish(3)
    market.world.servers[2].send(frame(wrapped(market.feeds[0].name, '{"e":"trade"}')))
    market.publish(3)
    assert "Undecodable" not in reported(market)
    market.publish(60)
    assert reported(market).count("Undecodable") == 1
    assert market.delivered() == list(range(69))


def reported(market: Market) -> list[str]:
    return [type(item).__name__ for item in market.routes[0].sink.sample(10**9)]


def test_a_pause_in_the_midst_of_a_handover_gives_each_stream_its_whole_time_again() -> None:
    """Nothing was read meanwhile, so that nothing came is nobody's fault."""
    market = Market(Trades, Quotes)
    market.lags = {1: None, 2: None}
    market.publish(1)
    market.publish(1, which=1)
    market.world.opens_after = 0.5
    market.replace()
    market.world.session.pause()
    market.world.session.resume(market.world.now)
    market.run(1.0)
    market.lags = {1: None}
    market.publish(2)
    market.world.session.pause()
    market.run(10 * PATIENCE)
    assert not market.is_handed_over
    market.world.session.resume(market.world.now)
    market.run(PATIENCE - 1.0)
    assert not market.is_handed_over
    market.run(3 * PATIENCE)
    assert market.is_handed_over


def test_what_is_reported_of_a_stream_that_no_handover_carries_passes() -> None:
    market = Market(Trades)
    market.publish(3)
    market.replace()
    market.run(0.5)
    name = market.feeds[0].name
    handover = market.world.session._pool.handovers[1]
    handover.forget(name)
    handover.forget(name)
    handover.distrust(name, "it was idle")
    handover.interrupt(name, Interruption("it was unsubscribed for a moment"))
    market.delivery.flush(market.world.now)
    market.world.call("unsubscribe", name)
    assert market.routes[0].interruption is not None
