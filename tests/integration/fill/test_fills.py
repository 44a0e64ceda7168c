"""Missed events are fetched by REST, and delivered in order before those that came after them."""

from __future__ import annotations

import itertools
import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

import msgspec
import pytest

from binance_streams import VENUE, Filled, Gap, Notice, ParameterError
from binance_streams_runtime.catalog.venue import Server
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.front_ends import FrontEnd
from tests.support.limits import LIMIT, MS, failure, in_time, wait_until
from tests.support.watching import Notices, take

IDS = {
    "btcusdt@trade": ("trade_id", "trade_id"),
    "btcusdt@aggTrade": ("aggregate_trade_id", "aggregate_id"),
}
TRADE = "btcusdt@trade"


def until(items: Any, kind: type[Notice]) -> list[Any]:
    """Take items up to a notice of this kind, and ten more."""
    taken: list[Any] = []

    def collect() -> None:
        while not taken or not isinstance(taken[-1], kind):
            taken.append(next(items))

    in_time(collect)
    return taken + take(items, 10)


def ids(items: list[Any], attribute: str = "trade_id") -> list[int]:
    return list(map(attrgetter(attribute), (it for it in items if not isinstance(it, Notice))))


def cut(simulator: Simulator, counter: str) -> None:
    """Drop the connections, and refuse new ones until the market has counted on meanwhile."""

    def last() -> int:
        number: int = simulator._do(
            lambda server: getattr(server.hub.market.instruments["BTCUSDT"], counter)
        )
        return number

    simulator.refuse_connections()
    simulator.drop_connections()
    before = last()
    wait_until(lambda: last() > before)
    simulator.accept_connections()


def soon() -> Iterator[float]:
    """A backoff that waits for as long as some events take."""
    return itertools.repeat(20 * MS)


def assert_consecutive(numbers: list[int], step: int = 1) -> None:
    assert all(after == before + step for before, after in itertools.pairwise(numbers))


@pytest.mark.parametrize("name", IDS)
def test_what_a_cut_costs_is_fetched(connect: Connect, simulator: Simulator, name: str) -> None:
    subscription = connect(simulator.url, numbers=float, backoff=soon).subscribe(name, fill=True)
    items = subscription.with_notices()
    id, counter = IDS[name]
    taken = take(items, 5)
    cut(simulator, counter)
    taken += until(items, Filled)
    assert_consecutive(ids(taken, id))
    (filled,) = (item for item in taken if isinstance(item, Filled))
    at = taken.index(filled)
    assert ids(taken[at + 1 :], id)[0] == filled.first
    assert "reset" in filled.reason
    stats = subscription.stats()
    assert (stats.filled, stats.gaps, stats.missing) == (filled.count, 0, 0)


def test_block_trades_that_were_missed_are_fetched(connect: Connect, simulator: Simulator) -> None:
    subscription = connect(simulator.url, backoff=soon).subscribe("btcusdt@blockTrade", fill=True)
    items = subscription.with_notices()
    taken = take(items, 3)
    cut(simulator, "block_trade_id")
    taken += until(items, Filled)
    numbers = ids(taken, "block_trade_id")
    path = "/api/v3/historicalBlockTrades"
    url = f"{simulator.rest_url}{path}?symbol=BTCUSDT&fromId={numbers[0]}&limit=1000"
    with urllib.request.urlopen(url, timeout=LIMIT) as answer:
        rows = [row["id"] for row in json.load(answer)]
    assert numbers == rows[: len(numbers)]


def test_each_closed_candle_comes_once(connect: Connect, simulator: Simulator) -> None:
    client = connect(simulator.url, backoff=soon)
    items = client.subscribe("btcusdt@kline_1s", fill=True).with_notices()
    taken = take(items, 3)
    simulator.refuse_connections()
    simulator.drop_connections()
    # A candle is closed while there is no connection: not one whose end may have been sent before.
    closes = int(time.time()) * 1000 + 999
    wait_until(lambda: time.time() * 1000 > closes + 50)
    simulator.accept_connections()
    taken += until(items, Filled)
    candles = [item.kline for item in taken if not isinstance(item, Notice)]
    assert closes in [candle.close_time for candle in candles if candle.is_closed]
    assert_consecutive([candle.open_time for candle in candles if candle.is_closed], 1000)


def test_a_bad_answer_is_not_the_end(connect: Connect, simulator: Simulator) -> None:
    subscription = connect(simulator.url, numbers=str).subscribe(TRADE, fill=True)
    items = subscription.with_notices()
    taken = take(items, 5)
    troubles: list[Callable[[], None]] = [
        lambda: simulator.refuse_rest(503, requests=1),
        lambda: simulator.refuse_rest(200, requests=1),
        lambda: simulator.reset_rest(requests=2),
        lambda: simulator.truncate_rest(requests=1),
        lambda: simulator.rest_lag(100 * MS),
    ]
    for trouble in troubles:
        trouble()
        simulator.skip_events(TRADE, 3)
        taken += until(items, Filled)
    assert_consecutive(ids(taken))


def test_a_server_that_wants_to_be_left_alone_is(connect: Connect, simulator: Simulator) -> None:
    subscription = connect(simulator.url).subscribe(TRADE, fill=True)
    items = subscription.with_notices()
    taken = take(items, 5)
    simulator.refuse_rest(418, retry_after=1, requests=1)
    simulator.skip_events(TRADE, 3)
    taken += until(items, Filled)
    assert_consecutive(ids(taken))
    (filled,) = (item for item in taken if isinstance(item, Filled))
    assert filled.seconds >= 1
    assert len(simulator.rest_requests) == 2


def test_without_rest_the_gap_says_why(connect: Connect, simulator: Simulator) -> None:
    notices = Notices()
    client = connect(simulator.url, on_notice=notices, fill_timeout=LIMIT)
    subscription = client.subscribe(TRADE, fill=True)
    items = subscription.with_notices()
    before = take(items, 5)[-1]
    # Longer than the fill may take, which is given up at once.
    simulator.refuse_rest(503, retry_after=3600)
    simulator.skip_events(TRADE, 3)
    taken = until(items, Gap)
    (gap,) = (item for item in taken if isinstance(item, Gap))
    assert gap.first_missing is not None
    assert ids([before, *taken[: taken.index(gap)]])[-1] + 1 == gap.first_missing
    assert_consecutive(ids(taken[taken.index(gap) :]))
    assert "503" in gap.reason
    assert "given up as it wants to be left alone for 3600 s" in gap.reason
    assert notices.wait_for(Gap) == [gap]


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("ends", ["unsubscribe", "close"])
def test_what_waits_is_delivered_before_the_end(
    connect: Connect, simulator: Simulator, ends: str
) -> None:
    notices = Notices()
    client = connect(simulator.url, on_notice=notices)
    subscription = client.subscribe(TRADE, fill=True)
    items = iter(subscription)
    take(items, 1)
    simulator.stall_rest()
    simulator.skip_events(TRADE, 3)
    wait_until(lambda: simulator.rest_requests)
    messages = subscription.stats().messages
    wait_until(lambda: subscription.stats().messages > messages)
    if ends == "unsubscribe":
        subscription.unsubscribe()
    else:
        in_time(client.close)
    (gap,) = notices.wait_for(Gap)
    assert gap.missing == 3
    left = in_time(lambda: list(items))
    assert gap.last_missing is not None
    assert gap.last_missing + 1 in ids(left)


def test_another_server_has_what_this_one_lacks(front_end: FrontEnd) -> None:
    with Simulator(speed=50) as simulator, Simulator() as other:
        path = "/api/v3/historicalTrades"
        server = Server(
            *("market_data", simulator.url, "Without some paths."),
            rest_url=other.rest_url,
            rest_elsewhere={path: simulator.rest_url},
        )
        venue = msgspec.structs.replace(
            VENUE, servers=(server,), default_server="market_data", elsewhere=()
        )
        client = front_end.client_class(venue=venue)("market_data")
        try:
            subscription = client.subscribe(TRADE, fill=True)
            items = subscription.with_notices()
            taken = take(items, 5)
            simulator.skip_events(TRADE, 3)
            taken += until(items, Filled)
            assert_consecutive(ids(taken))
            assert len(other.rest_requests) == 0
        finally:
            in_time(client.close)


def test_times_of_fetched_events_have_the_unit_of_the_client(
    connect: Connect, simulator: Simulator
) -> None:
    client = connect(simulator.url, time_unit="microsecond")
    items = client.subscribe(TRADE, fill=True).with_notices()
    take(items, 5)
    simulator.skip_events(TRADE, 3)
    events = [item for item in until(items, Filled) if not isinstance(item, Notice)]
    assert all(event.trade_time > 10**15 for event in events)


def test_callbacks_get_what_was_fetched_in_order(connect: Connect, simulator: Simulator) -> None:
    events: list[Any] = []
    subscription = connect(simulator.url).subscribe(TRADE, fill=True, on_event=events.append)
    wait_until(lambda: len(events) > 5)
    simulator.skip_events(TRADE, 3)
    wait_until(lambda: subscription.stats().filled == 3)
    count = len(events)
    wait_until(lambda: len(events) > count + 5)
    assert_consecutive(ids(events))


def test_the_policy_that_keeps_only_the_newest_is_refused(
    connect: Connect, shared_simulator: Simulator
) -> None:
    client = connect(shared_simulator.url)
    error = failure(lambda: client.subscribe(TRADE, fill=True, overflow="latest"))
    assert isinstance(error, ParameterError)
    assert "fetches all missed events" in str(error)


def test_a_server_without_rest_cannot_fill(front_end: FrontEnd) -> None:
    server = Server("bare", "ws://127.0.0.1:9", "Without REST.")
    venue = msgspec.structs.replace(VENUE, servers=(server,), default_server="bare")
    client = front_end.client_class(venue=venue)("bare")
    error = failure(lambda: client.subscribe(TRADE, fill=True))
    in_time(client.close)
    assert isinstance(error, ParameterError)
    assert "rest_url=" in str(error)
