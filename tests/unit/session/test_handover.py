"""Two connections with the same streams, in simulated time: who delivers what, until when."""

from __future__ import annotations

import pytest

from binance_streams_runtime.errors import ConnectionLost
from binance_streams_runtime.notices import Disconnected, Duplicates
from binance_streams_runtime.session import handover as handovers
from binance_streams_runtime.session.timeouts import Timeouts
from tests.simulation.feeds import (
    AllIds,
    AllQuotes,
    Arrays,
    Depths,
    Feed,
    Klines,
    Linked,
    Quotes,
    Trades,
)
from tests.support.frames import frame
from tests.support.lagging import PATIENCE, Market, no_lists

KINDS = [Trades, Depths, Linked, Quotes, AllQuotes, AllIds, Klines, Arrays]
# Ids of each symbol do not say what was missed of the others.
WITHOUT_IDS = [Quotes, AllQuotes, AllIds, Klines, Arrays]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("old", "new"), [(0.1, 0.0), (1.0, 0.0), (0.0, 0.1), (0.0, 1.0), (0.7, 0.6), (0.0, 0.0)]
)
def test_front_ends_that_lag_cost_no_event_and_no_gap(
    kind: type[Feed], old: float, new: float
) -> None:
    market = Market(kind)
    market.lags = {1: old, 2: new}
    market.publish(20)
    market.replace()
    market.publish(60)
    assert market.is_handed_over
    market.run(2.0)
    assert market.delivered() == list(range(80))
    assert market.gaps == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_stream_that_is_quiet_on_both_is_taken_over_after_the_time(kind: type[Feed]) -> None:
    market = Market(kind)
    market.publish(3)
    market.replace()
    market.run(PATIENCE - 0.1)
    assert not market.is_handed_over
    market.run(0.5)
    assert market.is_handed_over
    market.publish(3)
    assert market.delivered() == list(range(6))
    assert market.gaps == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_rare_stream_is_handed_over_by_its_next_event(kind: type[Feed]) -> None:
    """One event in two seconds, which the old connection delivers a second later."""
    market = Market(kind)
    market.lags = {1: 1.0}
    market.publish(3, every=2.0)
    market.replace()
    market.publish(4, every=2.0)
    assert market.is_handed_over
    assert market.delivered() == list(range(7))
    assert market.gaps == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_came_together_with_the_reason_comes_once(kind: type[Feed]) -> None:
    """An event and ``serverShutdown`` in one piece; the new connection delivers the event again."""
    market = Market(kind)
    market.publish(3)
    market.lags = {2: 1.0}
    data = market.feeds[0].publish(market.world.now)
    shutdown = frame('{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1}}')
    market.world.servers[1].send(data + shutdown)
    market.run(0.5)
    market.world.servers[2].send(data)
    market.publish(40, every=0.2)
    assert market.is_handed_over
    market.run(2.0)
    assert market.delivered() == list(range(44))
    assert market.gaps == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_old_connection_has_not_passed_in_time_is_reported(kind: type[Feed]) -> None:
    """It is mute: ids show what is missing, other streams have a gap of unknown size."""
    market = Market(kind)
    market.publish(3)
    market.lags[1] = None
    market.publish(2)
    market.replace()
    market.run(0.5)
    market.publish(40, every=0.2)
    assert market.is_handed_over
    assert market.delivered() == [0, 1, 2, "Gap", *range(5, 45)]
    (gap,) = market.gaps
    assert "connection 2 took over before connection 1 had shown" in gap.reason


@pytest.mark.parametrize("kind", [Trades, Depths, Quotes])
def test_what_the_old_connection_skips_comes_from_the_new_one(kind: type[Feed]) -> None:
    """In order: what the old one delivers after the gap is not delivered before it."""
    market = Market(kind)
    market.publish(3)
    market.replace()
    market.run(0.5)
    market.lags[1] = None
    market.world.servers[1].send(market.feeds[0].publish(market.world.now))
    market.publish(4)
    del market.lags[1]
    market.publish(30)
    assert market.delivered() == list(range(38))
    assert market.gaps == []


@pytest.mark.parametrize("kind", [Trades, Depths])
def test_ids_that_follow_each_other_need_no_proof(kind: type[Feed]) -> None:
    """The old connection is mute, but the new one begins where it had ended."""
    market = Market(kind)
    market.publish(3)
    market.lags[1] = None
    market.replace()
    market.run(0.5)
    market.publish(3)
    market.run(0.5)
    assert market.delivered() == list(range(6))


@pytest.mark.parametrize("kind", WITHOUT_IDS)
def test_a_quiet_stream_of_a_dead_connection_is_reported(kind: type[Feed]) -> None:
    market = Market(kind, react=no_lists)
    market.publish(3)
    market.replace()
    market.run(PATIENCE + 6.0)
    assert market.is_handed_over
    market.publish(2)
    assert market.delivered() == [0, 1, 2, "Gap", 3, 4]
    assert "connection 1, which no longer answered" in market.gaps[0].reason


@pytest.mark.parametrize("kind", WITHOUT_IDS)
def test_a_stream_on_which_only_the_new_connection_is_mute_is_reported(kind: type[Feed]) -> None:
    """The old one goes on delivering for as long as it can be waited for."""
    market = Market(kind)
    market.lags = {2: None}
    market.replace()
    market.publish(35, every=0.2)
    assert not market.is_handed_over
    market.publish(20, every=0.2)
    assert market.is_handed_over
    market.lags = {}
    market.publish(3)
    (*_, last, gap, first, second, third) = market.delivered()
    assert (gap, first, second, third) == ("Gap", 55, 56, 57)
    assert last >= 35


def test_each_stream_is_taken_over_for_itself() -> None:
    """What the new connection delivers of a busy stream does not wait for a quiet one."""
    market = Market(Trades, Quotes)
    market.lags = {1: 0.1}
    market.publish(3)
    market.publish(3, which=1)
    market.replace()
    market.publish(20)
    # From here on the old one says nothing that counts of the first stream.
    market.lags[1] = None
    market.publish(5)
    assert not market.is_handed_over
    assert market.delivered() == list(range(28))
    market.run(PATIENCE)
    assert market.is_handed_over
    assert market.gaps == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_held_back_is_bounded(kind: type[Feed], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is thrown away comes on the old connection, which must pass what comes next."""
    monkeypatch.setattr(handovers, "_MAX_BUFFERED", 10)
    market = Market(kind)
    market.lags = {1: 1.0}
    market.publish(3)
    market.replace()
    market.publish(60)
    (connection,) = {id(one): one for one in market.world.session._pool.handovers.values()}.values()
    assert connection._count <= 11
    market.publish(1)
    market.run(3.0)
    market.publish(5)
    market.run(3 * PATIENCE)
    assert market.is_handed_over
    market.publish(5)
    assert market.delivered() == list(range(74))
    assert market.gaps == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_connection_that_is_lost_again_leaves_the_old_one_delivering(
    kind: type[Feed],
) -> None:
    """Nothing is interrupted; what it had taken over is uncertain for a moment."""
    market = Market(kind, Quotes)
    market.publish(3)
    market.publish(3, which=1)
    market.replace()
    market.publish(20)
    market.world.servers[2].is_open = False
    market.world.servers[2].streams.clear()
    market.world.call("lost", 2, ConnectionLost("gone"))
    market.publish(20)
    market.run(2 * PATIENCE)
    assert market.is_handed_over
    market.publish(3)
    assert market.delivered(1) == [0, 1, 2]
    places = [place for place in market.delivered() if place != "Gap"]
    assert places == list(range(46))
    assert len(market.gaps) == (kind in WITHOUT_IDS)
    lost = [notice for notice in market.world.notices if isinstance(notice, Disconnected)]
    assert [notice.streams for notice in lost] == [(), ()]


@pytest.mark.parametrize("kind", WITHOUT_IDS)
def test_an_old_connection_that_ends_before_the_proof_is_reported(kind: type[Feed]) -> None:
    market = Market(kind)
    market.publish(3)
    market.replace()
    market.run(PATIENCE / 2)
    market.world.servers[1].is_open = False
    market.world.call("lost", 1, ConnectionLost("the server closed it"))
    market.publish(3)
    assert market.delivered() == [0, 1, 2, "Gap", 3, 4, 5]
    assert market.gaps[0].reason == "the server closed it"


def test_nothing_is_judged_while_nothing_is_read() -> None:
    """Whoever reads on finds what the old connection has sent meanwhile."""
    market = Market(Quotes)
    market.publish(3)
    market.lags[1] = None
    market.replace()
    market.run(0.5)
    feed = market.feeds[0]
    unread = feed.publish(market.world.now)
    market.world.servers[2].send(unread)
    market.run(0.1)
    market.world.session.pause()
    market.run(3 * PATIENCE)
    market.world.call("resume")
    market.world.servers[1].send(unread)
    market.run(0.1)
    assert market.delivered() == [0, 1, 2, 3]
    assert market.gaps == []


def test_what_both_deliver_is_reported_as_repeated() -> None:
    market = Market(Trades)
    market.lags = {2: 0.5}
    market.publish(5)
    market.replace()
    market.publish(40)
    duplicates = [notice.count for notice in market.notices if isinstance(notice, Duplicates)]
    assert sum(duplicates) == market.routes[0].duplicates > 0


# Streams that are silent for too long


def test_a_mute_connection_is_replaced_once_however_many_of_its_streams_are_silent() -> None:
    market = Market(Trades, Quotes, Klines)
    for which in range(3):
        market.publish(3, which=which)
    for feed in market.feeds:
        market.world.call("rotate_stale", feed.name, "silent")
    market.run(10 * PATIENCE)
    assert market.world.opened == [1, 2]


def test_a_connection_that_is_silent_as_well_is_replaced_in_its_turn() -> None:
    market = Market(Trades, Quotes)
    market.world.call("rotate_stale", market.feeds[0].name, "silent")
    market.run(1.0)
    market.world.call("rotate_stale", market.feeds[0].name, "silent again")
    market.run(10 * PATIENCE)
    assert market.world.opened == [1, 2, 3]


@pytest.mark.parametrize("kind", WITHOUT_IDS)
@pytest.mark.parametrize("method", ["rotate_stale", "resubscribe_stale"])
def test_after_a_silence_the_silent_stream_has_a_gap_and_no_other(
    kind: type[Feed], method: str
) -> None:
    market = Market(kind, Klines, Quotes)
    for which in range(3):
        market.publish(3, which=which)
    market.world.call(method, market.feeds[0].name, "it was idle for 8 s")
    market.run(1.0)
    # What the new connection delivers of it waits for nothing.
    market.lags[1] = None if method == "rotate_stale" else 0.0
    market.publish(2)
    assert market.delivered() == [0, 1, 2, "Gap", 3, 4]
    market.run(3 * PATIENCE)
    market.lags = {}
    for which in range(3):
        market.publish(2, which=which)
    assert market.delivered(1) == market.delivered(2) == list(range(5))
    assert [gap.reason for gap in market.gaps] == ["it was idle for 8 s"]


# When a connection is replaced


@pytest.mark.parametrize(
    ("lifetime", "earliest", "latest"),
    [(86_400.0, 0.95 * 86_360, 0.99 * 86_360), (300.0, 247.0, 257.4), (20.0, 9.5, 9.9)],
)
def test_a_connection_is_replaced_early_enough_for_the_longest_handover(
    lifetime: float, earliest: float, latest: float
) -> None:
    timeouts = Timeouts(lifetime=lifetime)
    assert timeouts.rotation(0.0) == pytest.approx(earliest)
    assert timeouts.rotation(1.0) == pytest.approx(latest)
