"""Reading events in loops: a subscription, the client, in whatever order the lines were written."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest

from binance_streams import (
    AggTrade,
    ConnectionLost,
    Duplicates,
    Gap,
    Message,
    RequestTimeout,
    Trade,
    Undecodable,
)
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.frames import frame, trade, trade_frame, wrapped
from tests.support.limits import LIMIT, MS, failure, in_time, wait_until
from tests.support.raw_server import Peer, RawServer
from tests.support.scripts import serving, when
from tests.support.watching import ids, take

# One subscription


def test_a_subscription_gives_its_events_in_order(connect: Connect) -> None:
    with RawServer(serving(1, 500)) as server:
        subscription = connect(server.url).trade("BTCUSDT")
        assert ids(take(iter(subscription), 500)) == list(range(1, 501))


def test_events_that_came_before_the_loop_are_not_lost(connect: Connect) -> None:
    with RawServer(serving(1, 100)) as server:
        subscription = connect(server.url).trade("BTCUSDT")
        wait_until(lambda: subscription.stats().waiting == 100)
        assert ids(take(iter(subscription), 100)) == list(range(1, 101))


def test_leaving_a_loop_loses_nothing(connect: Connect) -> None:
    with RawServer(serving(1, 100)) as server:
        subscription = connect(server.url).trade("BTCUSDT")
        seen = []
        for count in (1, 2, 30, 67):
            seen += ids(take(iter(subscription), count))
        assert seen == list(range(1, 101))


def test_next_get_and_loops_take_turns(connect: Connect) -> None:
    with RawServer(serving(1, 6)) as server:
        subscription = connect(server.url).trade("BTCUSDT")
        seen = [in_time(lambda: next(subscription)), in_time(lambda: subscription.get(LIMIT))]
        seen += take(iter(subscription), 2)
        seen += take(subscription.with_notices(), 2)
        assert ids(seen) == [1, 2, 3, 4, 5, 6]


def test_get_raises_where_nothing_comes_in_time(connect: Connect) -> None:
    with RawServer(serving(1, 1)) as server:
        subscription = connect(server.url).trade("BTCUSDT")
        assert in_time(lambda: subscription.get(LIMIT)).trade_id == 1
        assert isinstance(failure(lambda: subscription.get(50 * MS)), RequestTimeout)
        assert isinstance(failure(lambda: subscription.get(0)), RequestTimeout)


@pytest.mark.filterwarnings("ignore:two (threads|tasks) iterate:RuntimeWarning")
def test_many_threads_share_a_subscription(connect: Connect) -> None:
    """Each event goes to one of them, from the first one on."""
    with RawServer(serving(1, 2000)) as server:
        subscription = connect(server.url).trade("BTCUSDT")
        wait_until(lambda: subscription.stats().messages == 2000)
        seen: list[Trade[Decimal]] = []
        threads = [
            threading.Thread(target=lambda: seen.extend(subscription), daemon=True)
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        wait_until(lambda: len(seen) == 2000)
        subscription.unsubscribe()
        for thread in threads:
            thread.join(LIMIT)
            assert not thread.is_alive()
        assert sorted(ids(seen)) == list(range(1, 2001))


# The client


def test_the_client_gives_all_events_in_the_order_of_their_arrival(connect: Connect) -> None:
    def handle(peer: Peer) -> None:
        peer.shake()
        names: list[str] = []
        while len(names) < 2:
            names += peer.confirm()["params"]
        for number in range(1, 101):
            peer.send(trade_frame(number) + trade_frame(number, "ETHUSDT"))
        peer.drain()

    with RawServer(handle) as server:
        client = connect(server.url)
        subscriptions = [client.trade("BTCUSDT"), client.trade("ETHUSDT")]
        wait_until(lambda: client.stats().messages == 200)
        messages = take(iter(client), 200)
    expected = [
        (f"{symbol}@trade", number) for number in range(1, 101) for symbol in ("btcusdt", "ethusdt")
    ]
    assert [(message.stream, message.data.trade_id) for message in messages] == expected
    assert all(isinstance(message, Message) for message in messages)
    assert {subscription.stats().waiting for subscription in subscriptions} == {0}


def test_a_subscription_may_be_claimed_from_an_iterated_client(
    connect: Connect, shared_simulator: Simulator
) -> None:
    client = connect(shared_simulator.url)
    mine, others = client.agg_trade("BTCUSDT"), client.trade("BTCUSDT")
    in_time(lambda: next(iter(client)))
    wait_until(lambda: min(mine.stats().messages, others.stats().messages) > 20)
    own = take(iter(mine), 50)
    assert all(isinstance(event, AggTrade) for event in own)
    numbers = [event.aggregate_trade_id for event in own]
    assert numbers == list(range(numbers[0], numbers[0] + 50))
    rest = take(iter(client), 100)
    assert {message.stream for message in rest[-50:]} == {"btcusdt@trade"}


def test_claiming_while_another_thread_takes_loses_and_breaks_nothing(connect: Connect) -> None:
    """The queue of the client is emptied by two threads at once."""
    total = 20_000
    with RawServer(serving(1, total)) as server:
        client = connect(server.url)
        seen: list[int] = []
        thread = threading.Thread(
            target=lambda: seen.extend(
                message.data.trade_id for message in client if isinstance(message.data, Trade)
            ),
            daemon=True,
        )
        thread.start()
        subscription = client.trade("BTCUSDT")
        wait_until(lambda: seen)
        own: list[int] = []

        def take_the_rest() -> None:
            while len(own) + len(seen) < total:
                # The last one may be on its way to the other thread.
                with suppress(RequestTimeout):
                    own.append(subscription.get(MS).trade_id)

        in_time(take_the_rest)
        client.close()
        thread.join(LIMIT)
        assert not thread.is_alive()
    assert sorted(own + seen) == list(range(1, total + 1))


def test_streams_that_ended_are_still_seen_by_a_later_loop(connect: Connect) -> None:
    with RawServer(serving(1, 10, then=Peer.leave)) as server:
        client = connect(server.url, reconnect=False)
        subscription = client.trade("BTCUSDT")
        wait_until(lambda: subscription.state == "ended")
        iterator = iter(client)
        assert [message.data.trade_id for message in take(iterator, 10)] == list(range(1, 11))
        assert isinstance(failure(lambda: next(iterator)), ConnectionLost)


# Continuity and drift


def test_gaps_and_repeats_come_in_their_place(connect: Connect) -> None:
    numbers = [1, 2, 5, 5, 6]

    def handle(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        ready.wait(LIMIT)
        for number in numbers:
            peer.send(trade_frame(number))
            time.sleep(0)
        peer.send(trade_frame(7))
        peer.drain()

    ready = threading.Event()
    began = time.time()
    with RawServer(handle) as server:
        client = connect(server.url)
        subscription = client.trade("BTCUSDT")
        iterator = subscription.with_notices()
        ready.set()
        # Repeats are reported at the end of the batch in which they came.
        items = take(iterator, 7)
        stats = subscription.stats()
    events = [item.trade_id for item in items if isinstance(item, Trade)]
    assert events == [1, 2, 5, 6, 7]
    (gap,) = [item for item in items if isinstance(item, Gap)]
    assert (gap.stream, gap.first_missing, gap.last_missing) == ("btcusdt@trade", 3, 4)
    assert gap.until is not None
    assert began <= gap.until <= time.time()
    assert gap.since is None or began <= gap.since <= gap.until
    assert gap.reason == "the sequence jumped"
    assert items[items.index(gap) + 1].trade_id == 5
    assert Duplicates("btcusdt@trade", 1) in items
    assert (stats.gaps, stats.missing, stats.duplicates) == (1, 2, 1)


def test_a_message_that_cannot_be_read_costs_only_itself(connect: Connect) -> None:
    bad = [
        wrapped("btcusdt@trade", "[" * 100_000),
        wrapped("btcusdt@trade", '{"e":"trade"}'),
        wrapped("btcusdt@trade", trade(2).replace('"t":2', '"t":"2"')),
        wrapped("btcusdt@trade", trade(2).replace("0.5", "NaN")[:-1]),
        wrapped("btcusdt@trade", trade(2).replace('"1.00000000"', '"\\ud800"')),
        wrapped("btcusdt@trade", "5"),
        "no json",
        "[1,2]",
        '{"unknown":1}',
        "",
    ]
    notices: list[Any] = []

    def handle(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        peer.send(trade_frame(1) + b"".join(map(frame, bad)) + frame(b"\xff\xfe"))
        peer.send(trade_frame(2))
        peer.drain()

    with RawServer(handle) as server:
        client = connect(server.url, on_notice=notices.append)
        subscription = client.trade("BTCUSDT")
        assert ids(take(iter(subscription), 2)) == [1, 2]
        wait_until(lambda: sum(isinstance(notice, Undecodable) for notice in notices) == 11)
        assert subscription.stats().undecodable == 6
    # What is of no stream is reported at once, the rest in its place among the stream's events.
    reported = [notice for notice in notices if isinstance(notice, Undecodable)]
    routed = [notice.raw for notice in reported if notice.stream == "btcusdt@trade"]
    stray = [notice.raw for notice in reported if notice.stream is None]
    assert routed == [text.encode() for text in bad[:6]]
    assert stray == [text.encode() for text in bad[6:]] + [b"\xff\xfe"]
    assert all(len(repr(notice)) < 1000 for notice in notices)


# Numbers and times


@pytest.mark.parametrize("numbers", [Decimal, float, str])
def test_numbers_have_the_chosen_type(
    client_class: Any, shared_simulator: Simulator, numbers: Any
) -> None:
    with client_class(shared_simulator.url, numbers=numbers) as client:
        event: Any = in_time(lambda: client.trade("BTCUSDT").get(LIMIT))
    assert type(event.price) is type(event.quantity) is numbers


def test_times_come_in_the_chosen_unit(connect: Connect, shared_simulator: Simulator) -> None:
    milliseconds = in_time(lambda: connect(shared_simulator.url).trade("BTCUSDT").get(LIMIT))
    client = connect(shared_simulator.url, time_unit="microsecond")
    microseconds = in_time(lambda: client.trade("BTCUSDT").get(LIMIT))
    assert microseconds.event_time // milliseconds.event_time == 1000


def test_plain_iteration_gives_no_notices_after_with_notices(connect: Connect) -> None:
    # Notices are among the events only from the beginning of the iteration on.
    is_iterated = threading.Event()

    def gaps(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        peer.send(b"".join(trade_frame(number) for number in (1, 2, 5, 6, 9, 10)))
        peer.hold()

    with RawServer(when(is_iterated, gaps)) as server:
        subscription = connect(server.url).trade("BTCUSDT")
        items = subscription.with_notices()
        is_iterated.set()
        kinds = [in_time(lambda: type(next(items))) for _ in range(4)]
        assert kinds.index(Gap) == 2
        wait_until(lambda: subscription.stats().messages == 6)
        rest = [subscription.get(LIMIT).trade_id for _ in range(3)]
        assert rest == [6, 9, 10]
