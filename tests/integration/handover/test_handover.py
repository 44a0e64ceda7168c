"""Too many pings, the end of a connection's day, and a server that says goodbye."""

from __future__ import annotations

import itertools
import math
import threading
import time
from typing import Any

import pytest

from binance_streams import Connected, Disconnected, Duplicates, Gap, ServerShutdown
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.frames import PING, PONG, frame, trade_frame
from tests.support.limits import LIMIT, MS, in_time, wait_until
from tests.support.raw_server import Peer, RawServer
from tests.support.scripts import in_turn, serving, when
from tests.support.watching import Notices, at_once, ids, outline, take

PONGS_A_SECOND = 5


def test_a_flood_of_pings(connect: Connect) -> None:
    """1000 pings in a second: few pongs, the newest ping wins, and data flows between them."""
    answered: list[int] = []
    lasted: list[float] = []

    def flood(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        began = time.monotonic()
        for number in range(1, 1001):
            peer.send(frame(str(number), PING))
            if number % 10 == 0:
                peer.send(trade_frame(number // 10))
                peer.stopping.wait(0.01)
        while answered[-1:] != [1000]:
            opcode, payload = peer.read_frame()
            assert opcode == PONG
            answered.append(int(payload))
        lasted.append(time.monotonic() - began)
        peer.drain()

    with RawServer(flood) as server:
        events = take(iter(connect(server.url).trade("BTCUSDT")), 100)
        assert ids(events) == list(range(1, 101))
        wait_until(lambda: lasted)
    assert answered == sorted(set(answered))
    # One more, for the first moment.
    assert len(answered) <= PONGS_A_SECOND * math.ceil(lasted[0]) + 1


def test_a_flood_of_pings_does_not_hold_up_requests(connect: Connect) -> None:
    def flood(peer: Peer) -> None:
        peer.shake()
        for _ in range(2):
            peer.send(frame("now", PING) * 1000)
            peer.confirm()
        peer.drain()

    with RawServer(flood) as server:
        client = connect(server.url)
        in_time(lambda: client.trade("BTCUSDT").wait(LIMIT))
        in_time(lambda: client.trade("ETHUSDT").wait(LIMIT))


def assert_nothing_is_lost(events: list[Any], notices: Notices) -> None:
    """All ids in a row, each of them once."""
    seen = ids(events)
    assert seen == list(range(seen[0], seen[0] + len(seen)))
    assert notices.of(Gap) == []


def test_a_connection_is_replaced_before_its_day_is_over(connect: Connect) -> None:
    """Four times, without one event lost or given twice, and never cut off by the server."""
    notices = Notices()
    # On a slow machine it takes longer than the client believes that it has.
    with Simulator(speed=50, connection_lifetime=LIMIT) as simulator:
        client = connect(
            simulator.url, on_notice=notices, backoff=at_once, connection_lifetime=400 * MS
        )
        trades: list[Any] = []
        books: list[Any] = []
        tickers: list[Any] = []
        client.trade("BTCUSDT", on_event=trades.append)
        client.diff_book_depth("BTCUSDT", speed=100, on_event=books.append)
        client.mini_ticker("BTCUSDT", on_event=tickers.append)
        ends = notices.wait_for(Disconnected, 4)
        assert client.stats().reconnects >= 4
        wait_until(lambda: len(trades) > 100)
        client.close()
        assert simulator.violations == []
    assert_nothing_is_lost(trades, notices)
    assert all(
        after.first_update_id == before.last_update_id + 1
        for before, after in itertools.pairwise(books)
    )
    times = [ticker.event_time for ticker in tickers]
    assert times == sorted(times)
    assert len({repr(ticker) for ticker in tickers}) == len(tickers)
    for end in ends:
        assert (end.code, end.streams, end.retry_in) == (None, (), None)
        assert "has taken over" in end.reason
    kinds = [type(notice) for notice in notices.all if isinstance(notice, Connected | Disconnected)]
    # The new one is open before the old one goes.
    assert kinds[:9] == [Connected, *[Connected, Disconnected] * 4]


def test_what_both_connections_deliver_is_reported_as_duplicates(connect: Connect) -> None:
    """And dropped: the count is in the numbers of the stream."""
    notices = Notices()
    with Simulator(speed=50) as simulator:
        client = connect(
            simulator.url, on_notice=notices, backoff=at_once, connection_lifetime=400 * MS
        )
        subscription = client.trade("BTCUSDT")
        notices.wait_for(Disconnected, 3)
        stats = subscription.stats()
        wait_until(
            lambda: sum(notice.count for notice in notices.of(Duplicates)) >= stats.duplicates
        )
        assert stats.gaps == stats.missing == 0


@pytest.mark.parametrize(("old", "new"), [(200 * MS, 0.0), (0.0, 200 * MS)])
def test_front_ends_that_lag_cost_nothing(
    connect: Connect, simulator: Simulator, old: float, new: float
) -> None:
    """Neither a stream with ids nor one without."""
    notices = Notices()
    client = connect(simulator.url, on_notice=notices)
    trades: list[Any] = []
    tickers: list[Any] = []
    client.trade("BTCUSDT", on_event=trades.append)
    client.mini_ticker("BTCUSDT", on_event=tickers.append)
    wait_until(lambda: trades and tickers)
    simulator.lag_connections(old, later=new)
    simulator.shutdown_notice()
    notices.wait_for(Disconnected)
    count = len(trades), len(tickers)
    wait_until(lambda: len(trades) > count[0] + 20 and len(tickers) > count[1] + 2)
    client.close()
    assert_nothing_is_lost(trades, notices)
    assert len({repr(ticker) for ticker in tickers}) == len(tickers)


@pytest.mark.parametrize("shape", ["combined", "raw"])
def test_a_server_that_goes_down_is_left_at_once(
    connect: Connect, simulator: Simulator, shape: str
) -> None:
    notices = Notices()
    client = connect(simulator.url, on_notice=notices)
    events: list[Any] = []
    client.trade("BTCUSDT", on_event=events.append)
    wait_until(lambda: len(events) > 20)
    if shape == "combined":
        simulator.shutdown_notice()
    else:
        simulator.send_raw('{"e":"serverShutdown","E":1770123456789}')
    (shutdown,) = notices.wait_for(ServerShutdown)
    assert shutdown.connection == 1
    assert shutdown.event_time is not None
    assert shutdown.event_time > 1.7e12
    (end,) = notices.wait_for(Disconnected)
    assert (end.connection, end.streams, end.retry_in) == (1, (), None)
    assert "the server is about to shut down" in end.reason
    wait_until(lambda: simulator.connections == 1)
    assert simulator.subscriptions == [{"btcusdt@trade"}]
    count = len(events)
    wait_until(lambda: len(events) > count + 20)
    client.close()
    assert_nothing_is_lost(events, notices)


def test_a_server_that_says_it_twice_is_left_once(connect: Connect, simulator: Simulator) -> None:
    notices = Notices()
    client = connect(simulator.url, on_notice=notices)
    in_time(lambda: client.trade("BTCUSDT").get(LIMIT))
    # In one piece, or the second one would be for the new connection as well.
    simulator.send_raw(frame('{"e":"serverShutdown","E":1}') * 2)
    notices.wait_for(ServerShutdown, 2)
    notices.wait_for(Disconnected)
    wait_until(lambda: simulator.connections == 1)
    assert simulator.connection_attempts == 2


def test_the_server_ends_before_the_new_connection_is_there(connect: Connect) -> None:
    """Nothing can be seamless then: the loss is reported, with its ids."""

    def goodbye(peer: Peer) -> None:
        peer.send(frame('{"stream":"serverShutdown","data":{"e":"serverShutdown","E":1}}'))
        peer.socket.close()
        is_gone.set()

    # Notices are among the events only from the beginning of the iteration on.
    is_iterated, is_gone = threading.Event(), threading.Event()
    first = when(is_iterated, serving(1, 3, then=goodbye))
    with RawServer(in_turn(first, when(is_gone, serving(6, 8)))) as server:
        subscription = connect(server.url, backoff=at_once).trade("BTCUSDT")
        items = subscription.with_notices()
        is_iterated.set()
        seen = take(items, 8)
        assert outline(seen) == [1, 2, 3, "Disconnected", (4, 5), 6, 7, 8]
