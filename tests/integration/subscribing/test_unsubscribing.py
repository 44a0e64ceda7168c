"""After ``unsubscribe()`` no callback of the stream begins, whoever unsubscribes and when."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from binance_streams import Message, Trade
from binance_streams_runtime.client.callbacks import ignore
from binance_streams_runtime.pipeline.queues import EventQueue
from binance_streams_runtime.pipeline.route import Route
from binance_streams_runtime.sync.callbacks import CallbackDispatcher
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.frames import frame
from tests.support.limits import LIMIT, in_time, wait_until
from tests.support.raw_server import Peer, RawServer
from tests.support.scripts import serving


@pytest.mark.callbacks_wait
def test_what_waits_is_not_called_any_more(connect: Connect) -> None:
    running, release = threading.Event(), threading.Event()
    seen: list[int] = []

    def callback(event: Trade[Any]) -> None:
        seen.append(event.trade_id)
        running.set()
        release.wait(LIMIT)

    with RawServer(serving(1, 1000)) as server:
        client = connect(server.url)
        subscription: Any = client.trade("BTCUSDT", on_event=callback)
        wait_until(lambda: subscription.stats().messages == 1000 and running.is_set())
        ending = threading.Thread(target=subscription.unsubscribe)
        ending.start()
        wait_until(lambda: subscription._channel.callback is ignore)
        release.set()
        ending.join(LIMIT)
        wait_until(lambda: subscription.state == "ended")
        client.close()
    assert seen == [1]


def test_a_call_that_is_running_is_waited_for() -> None:
    running, release = threading.Event(), threading.Event()
    seen: list[str] = []

    def callback(item: int) -> None:
        running.set()
        release.wait(LIMIT)
        seen.append("called")

    def stop() -> None:
        channel.stop(LIMIT)
        seen.append("stopped")

    dispatcher = CallbackDispatcher(lambda label, error: None, lambda label, error: None)
    queue = EventQueue()
    channel = dispatcher.add(queue, callback, "test")
    queue.put([1, 2, 3])
    assert running.wait(LIMIT)
    stopping = threading.Thread(target=stop)
    stopping.start()
    wait_until(lambda: queue.is_closed)
    release.set()
    stopping.join(LIMIT)
    dispatcher.close(LIMIT)
    assert seen == ["called", "stopped"]


@pytest.mark.callbacks_wait
def test_a_callback_that_takes_longer_is_not_waited_for_for_ever(connect: Connect) -> None:
    """It may wait for the one that unsubscribes; no other call begins after it."""
    running, release = threading.Event(), threading.Event()
    seen: list[int] = []

    def callback(event: Trade[Any]) -> None:
        seen.append(event.trade_id)
        running.set()
        release.wait(LIMIT)

    with RawServer(serving(1, 1000)) as server:
        subscription = connect(server.url).trade("BTCUSDT", on_event=callback)
        assert running.wait(LIMIT)
        in_time(subscription.unsubscribe)
        release.set()
        wait_until(lambda: subscription.state == "ended")
        in_time(subscription.unsubscribe)
        assert seen == [1]


@pytest.mark.parametrize("how", ["subscription", "client", "name"])
def test_a_callback_may_unsubscribe_itself(connect: Connect, how: str) -> None:
    seen: list[int] = []
    left: list[bool] = []

    def callback(event: Trade[Any]) -> None:
        seen.append(event.trade_id)
        if event.trade_id == 10:
            if how == "subscription":
                subscriptions[0].unsubscribe()
            elif how == "client":
                client.trade("BTCUSDT", action="UNSUBSCRIBE")
            else:
                client.unsubscribe("btcusdt@trade")
            left.append(True)

    with RawServer(serving(1, 1000)) as server:
        client = connect(server.url)
        subscriptions = [client.trade("BTCUSDT", on_event=callback)]
        wait_until(lambda: left and subscriptions[0].state == "ended")
        client.close()
    assert seen == list(range(1, 11))


def test_a_stream_that_flows_is_over_at_once() -> None:
    """Whatever is on its way at that moment."""
    dispatcher = CallbackDispatcher(lambda label, error: None, lambda label, error: None)
    stopped: set[int] = set()
    late: list[int] = []
    seen: list[int] = []

    def callback(item: int) -> None:
        seen.append(item)
        if item in stopped:
            late.append(item)

    for number in range(20):
        queue = EventQueue()
        channel = dispatcher.add(queue, callback, "test")
        is_over = threading.Event()

        def produce(
            queue: EventQueue = queue, number: int = number, is_over: threading.Event = is_over
        ) -> None:
            while not is_over.is_set():
                queue.put([number] * 10)

        producer = threading.Thread(target=produce)
        producer.start()
        seen.clear()
        wait_until(lambda: seen)
        channel.stop(LIMIT)
        stopped.add(number)
        is_over.set()
        producer.join(LIMIT)
    dispatcher.close(LIMIT)
    assert late == []


@pytest.mark.callbacks_wait
def test_the_clients_callback_gets_nothing_more_of_the_stream(connect: Connect) -> None:
    """But what it is just being called with, and what other streams deliver."""
    running, release = threading.Event(), threading.Event()
    seen: list[str] = []

    def callback(message: Message[Any]) -> None:
        seen.append(message.stream)
        running.set()
        release.wait(LIMIT)

    def serve(peer: Peer) -> None:
        peer.shake()
        while len(names) < 2:
            names.extend(peer.confirm()["params"])
        both = [EVENT % (name, number) for number in range(1, 51) for name in names]
        peer.send(b"".join(frame(text) for text in both))
        peer.drain()

    names: list[str] = []
    with RawServer(serve) as server:
        client = connect(server.url, on_event=callback)
        trades, kept = client.trade("BTCUSDT"), client.trade("ETHUSDT")
        wait_until(lambda: trades.stats().messages == kept.stats().messages == 50)
        assert running.wait(LIMIT)
        first = list(seen)
        trades.unsubscribe()
        release.set()
        wait_until(lambda: seen.count("ethusdt@trade") == 50)
        assert seen == first + ["ethusdt@trade"] * (50 - first.count("ethusdt@trade"))


EVENT = (
    '{"stream":"%s","data":{"e":"trade","E":1,"s":"X","t":%d,"p":"1","q":"1","T":1,"m":true,'
    '"M":true}}'
)


def test_what_is_being_put_at_that_moment_is_not_called_either() -> None:
    """The I/O thread may have looked already whether the queue is closed."""
    seen: list[int] = []
    dispatcher = CallbackDispatcher(lambda label, error: None, lambda label, error: None)
    queue = EventQueue()

    def callback(item: int) -> None:
        seen.append(item)
        channel.stop(0)
        queue.items.extend([4, 5])

    channel = dispatcher.add(queue, callback, "test")
    queue.put([1, 2, 3])
    wait_until(lambda: seen and not queue.items)
    dispatcher.close(LIMIT)
    assert seen == [1]


def test_the_end_of_a_stream_does_not_reach_its_successor(
    connect: Connect, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection is lost, and the name wanted anew, before the end of the first is reported."""
    client = connect(simulator.url, reconnect=False)
    first = client.trade("BTCUSDT")
    first.wait(LIMIT)
    engine = client._engine._engine
    end = engine._routes.end
    again: list[Any] = []

    def late(route: Route, error: BaseException) -> None:
        if not again:
            first.unsubscribe()
            again.append(client.trade("BTCUSDT"))
        end(route, error)

    monkeypatch.setattr(engine._routes, "end", late)
    simulator.drop_connections()
    wait_until(lambda: again)
    assert again[0].get(LIMIT).symbol == "BTCUSDT"
    assert client.subscriptions == (again[0],)


def test_an_ended_subscription_cannot_end_its_successor(
    connect: Connect, simulator: Simulator
) -> None:
    """unsubscribe() of the old one, repeated, is about the old one."""
    client = connect(simulator.url)
    for _ in range(50):
        old = client.trade("BTCUSDT")
        old.unsubscribe()
        new = client.trade("BTCUSDT")
        old.unsubscribe()
        assert client.subscriptions == (new,)
        new.unsubscribe()
