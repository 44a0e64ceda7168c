"""Clients each of whose streams is carried by several connections."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

import binance_streams
from binance_streams import (
    BookResynced,
    Connected,
    Disconnected,
    Filled,
    Gap,
    Late,
    Notice,
    ParameterError,
    RedundancyReduced,
    RedundancyRestored,
    Resubscribed,
    decode,
    read_recording,
)
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.front_ends import FrontEnd
from tests.support.limits import LIMIT, in_time, wait_until
from tests.support.watching import Notices, ids, take

TRADE = "btcusdt@trade"


def wait_for_both(client: Any, *names: str, count: int = 2) -> None:
    """Wait until so many connections carry each stream."""

    def is_carried() -> bool:
        streams = client.stats().streams
        return all(streams[name].connections == count for name in names)

    wait_until(is_carried)


def wait_for_count(notices: Notices, kind: type[Notice], count: int) -> None:
    wait_until(lambda: len(notices.of(kind)) >= count)


def test_the_cut_of_one_connection_is_neither_a_gap_nor_an_interruption(
    simulator: Simulator, connect: Connect
) -> None:
    notices = Notices()
    client = connect(simulator.url, redundancy=2, on_notice=notices)
    trades = client.trade("BTCUSDT")
    in_time(lambda: trades.wait(LIMIT))
    wait_for_both(client, TRADE)
    assert simulator.connections == 2
    events = take(iter(trades), 20)
    for round in range(1, 4):
        simulator.drop_connections(1)
        wait_for_count(notices, RedundancyReduced, round)
        events += take(iter(trades), 20)
        wait_for_count(notices, RedundancyRestored, round)
        wait_for_both(client, TRADE)
    seen = ids(events)
    assert seen == list(range(seen[0], seen[0] + len(seen)))
    assert notices.of(Gap) == []
    assert notices.of(Resubscribed) == []
    assert [notice.streams for notice in notices.of(Disconnected)] == [()] * 3
    assert {notice.streams for notice in notices.of(RedundancyReduced)} == {(TRADE,)}
    assert {notice.carriers for notice in notices.of(RedundancyReduced)} == {1}


def test_a_client_is_degraded_until_all_connections_are_back(
    simulator: Simulator, connect: Connect
) -> None:
    client = connect(simulator.url, redundancy=2)
    trades = client.trade("BTCUSDT")
    in_time(lambda: trades.wait(LIMIT))
    wait_for_both(client, TRADE)
    assert client.health().status == "ok"
    simulator.refuse_connections()
    simulator.drop_connections(1)
    wait_until(lambda: client.health().status == "degraded")
    wait_until(lambda: any(TRADE in reason for reason in client.health().reasons))
    assert client.stats().streams[TRADE].connections == 1
    take(iter(trades), 5)
    simulator.accept_connections()
    wait_for_both(client, TRADE)
    wait_until(lambda: client.health().status == "ok")


def test_if_all_connections_are_cut_what_came_on_none_is_a_gap(
    simulator: Simulator, connect: Connect
) -> None:
    notices = Notices()
    client = connect(simulator.url, redundancy=2, on_notice=notices)
    trades = client.trade("BTCUSDT")
    in_time(lambda: trades.wait(LIMIT))
    wait_for_both(client, TRADE)
    events = take(iter(trades), 10)
    simulator.refuse_connections()
    simulator.drop_connections()
    wait_until(lambda: any(notice.streams == (TRADE,) for notice in notices.of(Disconnected)))
    simulator.accept_connections()
    wait_for_both(client, TRADE)
    deadline = time.monotonic() + LIMIT
    while not notices.of(Gap):
        assert time.monotonic() < deadline
        events += take(iter(trades), 1)
    wait_until(lambda: notices.of(Resubscribed))
    # What came before the cut may still wait in the queue.
    while events[-1].trade_id < max(gap.last_missing or 0 for gap in notices.of(Gap)):
        events += take(iter(trades), 1)
    events += take(iter(trades), 10)
    missing: list[int] = []
    for gap in notices.of(Gap):
        missing += range(gap.first_missing or 0, (gap.last_missing or 0) + 1)
    late = {notice.first for notice in notices.of(Late)}
    seen = sorted([*ids(events), *(one for one in missing if one not in late)])
    assert seen == list(range(seen[0], seen[0] + len(seen)))


def test_connections_that_lag_take_over_without_loss(
    simulator: Simulator, connect: Connect
) -> None:
    """If the faster one is cut, the other one still has to deliver what comes next, once."""
    notices = Notices()
    client = connect(simulator.url, redundancy=2, on_notice=notices)
    trades = client.trade("BTCUSDT")
    wait_for_both(client, TRADE)
    events = take(iter(trades), 20)
    # From now on, each connection lags that is opened.
    simulator.lag_connections(0.0, later=0.2)
    for round in range(1, 4):
        simulator.drop_connections(1)
        events += take(iter(trades), 20)
        # A client that has not noticed the cut yet still counts both.
        wait_for_count(notices, RedundancyRestored, round)
        wait_for_both(client, TRADE)
    seen = ids(events)
    assert seen == list(range(seen[0], seen[0] + len(seen)))
    assert notices.of(Gap) == []


def test_an_order_book_goes_on_if_one_connection_is_cut(
    simulator: Simulator, connect: Connect
) -> None:
    notices = Notices()
    client = connect(simulator.url, redundancy=2, on_notice=notices, rest_url=simulator.rest_url)
    book = client.order_book("BTCUSDT")
    in_time(lambda: book.wait(LIMIT))
    wait_for_both(client, "btcusdt@depth@100ms")
    for round in range(1, 3):
        simulator.drop_connections(1)
        wait_for_count(notices, RedundancyRestored, round)
    before = book.last_update_id or 0
    wait_until(lambda: (book.last_update_id or 0) > before)
    assert book.state == "synced"
    assert notices.of(BookResynced) == []
    assert notices.of(Gap) == []


def test_nothing_is_filled_that_one_connection_has_delivered(
    simulator: Simulator, connect: Connect
) -> None:
    notices = Notices()
    client = connect(simulator.url, redundancy=2, on_notice=notices, rest_url=simulator.rest_url)
    trades = client.trade("BTCUSDT", fill=True)
    wait_for_both(client, TRADE)
    events = take(iter(trades), 10)
    simulator.drop_connections(1)
    wait_until(lambda: notices.of(RedundancyRestored))
    events += take(iter(trades), 10)
    seen = ids(events)
    assert seen == list(range(seen[0], seen[0] + len(seen)))
    assert notices.of(Filled) == []


def test_raw_messages_come_once_whichever_connection_delivers_them(
    simulator: Simulator, connect: Connect
) -> None:
    client = connect(simulator.url, redundancy=2)
    messages = client.raw(TRADE)
    wait_for_both(client, TRADE)
    taken = take(iter(messages), 10)
    simulator.drop_connections(1)
    taken += take(iter(messages), 10)
    seen = [decode(message.frame).trade_id for message in taken]
    assert seen == list(range(seen[0], seen[0] + len(seen)))


def test_a_full_queue_stops_reading_all_connections(simulator: Simulator, connect: Connect) -> None:
    notices = Notices()
    client = connect(simulator.url, redundancy=2, on_notice=notices, maxsize=10, overflow="block")
    # A queue that is full before would keep the answer on the second connection unread.
    simulator.mute()
    trades = client.trade("BTCUSDT")
    wait_for_both(client, TRADE)
    simulator.unmute()
    wait_until(lambda: trades.stats().waiting >= 10)
    seen = ids(take(iter(trades), 200))
    assert seen == list(range(seen[0], seen[0] + len(seen)))
    assert notices.of(Gap) == []


def test_streams_come_and_go_on_all_connections(simulator: Simulator, connect: Connect) -> None:
    client = connect(simulator.url, redundancy=3)
    first, second = client.trade("BTCUSDT"), client.agg_trade("ETHUSDT")
    wait_for_both(client, TRADE, "ethusdt@aggTrade", count=3)
    wait_until(lambda: simulator.subscriptions == [{TRADE, "ethusdt@aggTrade"}] * 3)
    assert sorted(client.list_subscriptions()) == [TRADE, "ethusdt@aggTrade"]
    in_time(first.unsubscribe)
    wait_until(lambda: simulator.subscriptions == [{"ethusdt@aggTrade"}] * 3)
    take(iter(second), 3)
    assert sorted({one.connection for one in client.stats().connections}) == [1, 2, 3]


def test_a_planned_replacement_of_each_connection_loses_nothing(connect: Connect) -> None:
    """The server announces its end on all of them."""
    notices = Notices()
    with Simulator(speed=50) as simulator:
        client = connect(simulator.url, redundancy=2, on_notice=notices, handover_timeout=LIMIT)
        trades = client.trade("BTCUSDT")
        wait_for_both(client, TRADE)
        events = take(iter(trades), 10)
        simulator.shutdown_notice()
        wait_until(lambda: len(notices.of(Connected)) >= 4)
        wait_until(lambda: len(notices.of(Disconnected)) >= 2)
        events += take(iter(trades), 10)
        seen = ids(events)
        assert seen == list(range(seen[0], seen[0] + len(seen)))
        assert notices.of(Gap) == []
        assert notices.of(RedundancyReduced) == []


def test_a_recording_replays_what_was_delivered(
    simulator: Simulator, connect: Connect, front_end: FrontEnd, tmp_path: Path
) -> None:
    """Of all connections, though each event is in the recording several times."""
    client = connect(simulator.url, redundancy=2)
    recording = in_time(lambda: client.record(str(tmp_path)))
    trades, quotes = client.trade("BTCUSDT"), client.book_ticker("BTCUSDT")
    wait_for_both(client, TRADE, "btcusdt@bookTicker")
    seen = ids(take(iter(trades), 10))
    simulator.drop_connections(1)
    seen += ids(take(iter(trades), 20))
    take(iter(quotes), 1)
    in_time(client.close)
    assert recording is not None
    replayed = connect(f"replay:{tmp_path}?speed=max")
    again = [event.trade_id for event in replayed.trade("BTCUSDT")]
    assert again[: len(seen)] == seen
    assert again == list(range(again[0], again[0] + len(again)))
    read = [event.data.trade_id for event in read_recording(tmp_path, stream="trade")]
    assert read == again


def test_a_replay_has_no_connections_to_be_redundant(
    simulator: Simulator, connect: Connect, client_class: Any, tmp_path: Path
) -> None:
    client = connect(simulator.url)
    in_time(lambda: client.record(str(tmp_path)))
    take(iter(client.trade("BTCUSDT")), 1)
    in_time(client.close)
    with pytest.raises(ParameterError, match="recordings and logs have no connections"):
        client_class(f"replay:{tmp_path}", redundancy=2)


def test_redundancy_is_for_both_markets(front_end: FrontEnd) -> None:
    import binance_streams_us

    for market in (binance_streams, binance_streams_us):
        with pytest.raises(ParameterError, match="redundancy"):
            front_end.client_class(market)("ws://127.0.0.1:1", redundancy=4)
