"""Threads that come and go, in all ways: one drives, no event is lost, none comes twice."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from binance_streams import Client, RequestTimeout, Trade
from binance_streams_runtime.driver import seat
from binance_streams_runtime.driver.driver import Driver
from binance_streams_runtime.engine import Engine
from tests.support.clients import Connect
from tests.support.limits import LIMIT, MS, in_time, wait_until
from tests.support.live_server import Live
from tests.support.one_driver import OneDriver
from tests.support.raw_server import RawServer

pytestmark = pytest.mark.sync_only("threads that wait are of the client for threads")

Subscription = Any
Ids = list[int]


def by_loops(subscription: Subscription, seen: Ids, draw: random.Random) -> None:
    for trade in subscription:
        seen.append(trade.trade_id)
        if draw.random() < 0.1:
            return


def by_loops_that_fail(subscription: Subscription, seen: Ids, draw: random.Random) -> None:
    try:
        for trade in subscription:
            seen.append(trade.trade_id)
            if draw.random() < 0.1:
                raise ZeroDivisionError
    except ZeroDivisionError:
        pass


def by_long_work(subscription: Subscription, seen: Ids, draw: random.Random) -> None:
    """So long that the keeper drives meanwhile."""
    for trade in itertools.islice(subscription, 3):
        seen.append(trade.trade_id)
        time.sleep(1.2 * seat.ABSENCE)


def by_single_events(subscription: Subscription, seen: Ids, draw: random.Random) -> None:
    seen.append(next(subscription).trade_id)
    seen.append(subscription.get(LIMIT).trade_id)


def by_impatience(subscription: Subscription, seen: Ids, draw: random.Random) -> None:
    for _ in range(20):
        try:
            seen.append(subscription.get(draw.random() * MS).trade_id)
        except RequestTimeout:
            continue


def by_batches(subscription: Subscription, seen: Ids, draw: random.Random) -> None:
    for batch in itertools.islice(subscription.batches(20, 2 * MS), 3):
        seen.extend(trade.trade_id for trade in batch)


def by_waits(subscription: Subscription, seen: Ids, draw: random.Random) -> None:
    subscription.wait(LIMIT)
    seen.append(subscription.get(LIMIT).trade_id)


WAYS = (
    *(by_loops, by_loops_that_fail, by_long_work, by_single_events),
    *(by_impatience, by_batches, by_waits),
)


def taking(subscription: Subscription, enough: Callable[[], bool], seed: int) -> Ids:
    """All ids of a subscription, taken in one way after another."""
    draw, seen = random.Random(seed), Ids()
    while not enough():
        draw.choice(WAYS)(subscription, seen, draw)
    return seen


class Crowd:
    """Threads that work until the test has seen enough, and what they return."""

    def __init__(self) -> None:
        self.is_over = threading.Event()
        self._threads: list[threading.Thread] = []
        self._errors: list[BaseException] = []
        self.results: dict[str, Any] = {}

    def add(self, name: str, work: Callable[[], Any]) -> None:
        def run() -> None:
            try:
                self.results[name] = work()
            except BaseException as error:
                self._errors.append(error)

        thread = threading.Thread(target=run, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def repeat(self, name: str, work: Callable[[], Any]) -> None:
        def run() -> None:
            while not self.is_over.is_set():
                work()

        self.add(name, run)

    def end(self) -> None:
        self.is_over.set()
        for thread in self._threads:
            thread.join(LIMIT)
        assert not [thread.name for thread in self._threads if thread.is_alive()]
        assert self._errors == []


@pytest.mark.parametrize("takers", [1, 3])
def test_no_event_is_lost_and_none_comes_twice(connect: Connect, takers: int) -> None:
    """Whatever the threads do that take them, and others that query, count and subscribe."""
    symbols = ["BTCUSDT", "ETHUSDT", "BNBUSDT"][:takers]
    with RawServer(Live(1 * MS)) as server:
        client = connect(server.url)
        crowd = Crowd()
        for seed, symbol in enumerate(symbols):
            trades = client.trade(symbol)
            crowd.add(symbol, partial(taking, trades, crowd.is_over.is_set, seed))
        crowd.repeat("stats", client.stats)
        crowd.repeat("queries", client.list_subscriptions)
        crowd.repeat("more", lambda: client.trade("LTCUSDT").get(LIMIT))
        crowd.repeat("less", lambda: client.trade("ADAUSDT").unsubscribe())
        wait_until(lambda: client.stats().messages > 1000)
        crowd.end()
    for symbol in symbols:
        seen = crowd.results[symbol]
        assert seen == list(range(1, len(seen) + 1))
        assert seen


def test_callbacks_and_loops_share_one_connection(connect: Connect) -> None:
    called: list[int] = []
    with RawServer(Live(1 * MS)) as server:
        client = connect(server.url)
        client.trade("ETHUSDT", on_event=lambda trade: called.append(trade.trade_id))
        trades = client.trade("BTCUSDT")
        crowd = Crowd()
        crowd.add("loop", lambda: taking(trades, crowd.is_over.is_set, 7))
        wait_until(lambda: len(called) > 200)
        crowd.end()
    assert called == list(range(1, len(called) + 1))
    seen = crowd.results["loop"]
    assert seen == list(range(1, len(seen) + 1))


class Loop:
    """A loop over one stream, in a thread of its own."""

    def __init__(self, client: Client[Any], symbol: str) -> None:
        self.seen: list[Trade[Any]] = []
        self._is_ending = False
        self.subscription = client.trade(symbol)
        self.subscription.wait(LIMIT)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        for trade in self.subscription:
            self.seen.append(trade)
            if self._is_ending:
                return

    def end(self, send: Callable[[], None]) -> None:
        self._is_ending = True
        send()
        self.thread.join(LIMIT)
        assert not self.thread.is_alive()


def driver_of(client: Client[Any]) -> Driver:
    return client._engine._driver


def who_drives(client: Client[Any]) -> int | None:
    return driver_of(client)._seat._driver


def test_the_keeper_serves_two_loops_and_the_one_that_is_left_drives_again(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seat, "_SHARED_FOR", 20 * MS)
    live = Live(None)
    with RawServer(live) as server:
        client = connect(server.url)
        first = Loop(client, "BTCUSDT")
        wait_until(lambda: who_drives(client) == first.thread.ident)
        second = Loop(client, "ETHUSDT")
        keeper = driver_of(client)._keeper
        assert keeper is not None
        wait_until(lambda: who_drives(client) == keeper.ident)
        for count in range(1, 20):
            live.send("BTCUSDT")
            live.send("ETHUSDT")
            wait_until(lambda count=count: len(first.seen) == len(second.seen) == count)  # type: ignore[misc]
        first.end(lambda: live.send("BTCUSDT"))

        def is_second_driving() -> bool:
            live.send("ETHUSDT")
            return who_drives(client) == second.thread.ident

        wait_until(is_second_driving)


def test_the_keeper_takes_over_from_a_thread_that_stays_away(connect: Connect) -> None:
    live = Live(None)
    with RawServer(live) as server:
        client = connect(server.url)
        trades = client.trade("BTCUSDT")
        trades.wait(LIMIT)
        keeper = driver_of(client)._keeper
        assert keeper is not None
        live.send()
        trades.get(LIMIT)
        wait_until(lambda: who_drives(client) == keeper.ident)


@pytest.mark.parametrize("in_what", ["loop", "get", "with_notices", "callback", "client"])
def test_the_server_gets_its_pong_while_users_code_does_not_come_back(
    connect: Connect, in_what: str
) -> None:
    """As in a debugger: nothing of the user's goes on before the pong has come."""
    live = Live(None)
    entered, may_go_on = threading.Event(), threading.Event()

    def stay(event: object) -> None:
        entered.set()
        assert may_go_on.wait(LIMIT)

    def work(client: Client[Any]) -> None:
        if in_what == "callback":
            client.trade("BTCUSDT", on_event=stay)
            return
        trades = client.trade("BTCUSDT")
        loops: dict[str, Callable[[], Iterator[Any]]] = {
            "loop": lambda: iter(trades),
            "with_notices": trades.with_notices,
            "client": lambda: iter(client),
            "get": lambda: iter([trades.get(LIMIT)]),
        }
        for event in loops[in_what]():
            stay(event)
            return

    with RawServer(live) as server:
        client = connect(server.url)
        thread = threading.Thread(target=work, args=(client,), daemon=True)
        thread.start()
        wait_until(lambda: client.stats().connections and client.stats().streams)
        wait_until(lambda: len(client.list_subscriptions()) == 1)
        live.send()
        assert entered.wait(LIMIT)
        live.ping()
        wait_until(lambda: live.pongs == 1)
        may_go_on.set()
        thread.join(LIMIT)


def test_the_server_gets_its_pong_while_a_loop_is_suspended(connect: Connect) -> None:
    live = Live(None)
    with RawServer(live) as server:
        client = connect(server.url)
        trades = client.trade("BTCUSDT")
        trades.wait(LIMIT)
        live.send()
        suspended = iter(trades)
        assert next(suspended).trade_id == 1
        live.ping()
        wait_until(lambda: live.pongs == 1)
        live.send()
        assert next(suspended).trade_id == 2


def test_the_watch_notices_a_thread_that_is_not_in_the_seat(
    connect: Connect, one_driver: OneDriver
) -> None:
    """Otherwise, that these tests pass would prove nothing."""
    with RawServer(Live()) as server:
        client = connect(server.url)
        client.trade("BTCUSDT").wait(LIMIT)
        assert one_driver.calls > 10
        engine: Engine = client._engine._engine
        with pytest.raises(AssertionError, match="outside of the seat"):
            engine.tick(time.monotonic())
        in_time(client.close)
    assert len(one_driver.wrong) == 1
    one_driver.wrong.clear()
