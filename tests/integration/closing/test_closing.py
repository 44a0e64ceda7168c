"""close() from everywhere: in time, for good, and nothing is left behind."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from binance_streams import Client, ClientClosed, ConnectionLost, Dropped
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.frames import trade_frame
from tests.support.limits import (
    LIMIT,
    MARGIN,
    client_threads,
    descriptors,
    failure,
    in_time,
    wait_until,
)
from tests.support.raw_server import Peer, RawServer
from tests.support.scripts import serving

CLOSE_LIMIT = 2.0


def seconds_of(work: Callable[[], object]) -> float:
    began = time.monotonic()
    in_time(work)
    return time.monotonic() - began


def test_closing_ends_every_loop_quietly(connect: Connect, shared_simulator: Simulator) -> None:
    client = connect(shared_simulator.url)
    subscription, merged = client.trade("BTCUSDT"), client.agg_trade("BTCUSDT")
    noted = client.book_ticker("BTCUSDT").with_notices()
    in_time(merged.wait)
    seen: dict[int, list[int]] = {}
    outcomes: list[str] = []

    def run(source: Any) -> None:
        seen[id(source)] = []
        seen[id(source)].extend(map(id, source))
        outcomes.append("ended")

    threads = [
        threading.Thread(target=run, args=(source,), daemon=True)
        for source in (subscription, client, noted)
    ]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(seen) == 3 and all(seen.values()))
    assert seconds_of(client.close) < CLOSE_LIMIT + MARGIN
    for thread in threads:
        thread.join(LIMIT)
    assert outcomes == ["ended"] * 3


def test_a_closed_client_refuses_everything(connect: Connect, shared_simulator: Simulator) -> None:
    client = connect(shared_simulator.url)
    subscription = client.trade("BTCUSDT")
    in_time(lambda: subscription.get(LIMIT))
    client.close()
    calls: list[Callable[[], object]] = [
        lambda: client.agg_trade("BTCUSDT"),
        lambda: client.trade("BTCUSDT", on_event=print),
        lambda: client.trade("BTCUSDT", id=3),
        lambda: client.subscribe("btcusdt@trade"),
        client.list_subscriptions,
        lambda: client.get_property("combined"),
        lambda: client.set_property("combined", True),
    ]
    for call in calls:
        assert isinstance(failure(call), ClientClosed)
    assert client.subscriptions == ()
    assert "closed" in repr(client)
    assert isinstance(failure(lambda: list(subscription)), ClientClosed)
    assert isinstance(failure(lambda: list(client)), ClientClosed)
    in_time(client.stats)
    in_time(subscription.stats)
    in_time(subscription.unsubscribe)
    assert isinstance(failure(lambda: subscription.get(LIMIT)), ClientClosed)


def test_closing_an_unused_client_twice(client_class: Any) -> None:
    before = client_threads()
    client = client_class("ws://127.0.0.1:1")
    in_time(client.close)
    in_time(client.close)
    assert [thread for thread in client_threads() if thread not in before] == []


def test_with_closes_also_after_an_error(client_class: Any, shared_simulator: Simulator) -> None:
    with (  # noqa: PT012
        pytest.raises(ZeroDivisionError),
        client_class(shared_simulator.url) as client,
    ):
        in_time(client.trade("BTCUSDT").wait)
        raise ZeroDivisionError
    assert isinstance(failure(client.list_subscriptions), ClientClosed)


def test_subscribing_while_closing_hangs_nowhere(
    client_class: Any, shared_simulator: Simulator
) -> None:
    """Many rounds of a race: each call returns or raises ClientClosed, no waiter is forgotten."""
    for round in range(30):
        client = client_class(shared_simulator.url)
        client.trade("BTCUSDT")
        finished: list[object] = []

        def work(number: int, client: Any = client, to: list[object] = finished) -> None:
            try:
                client.subscribe(f"s{number}@trade").wait()
                client.list_subscriptions()
            except ClientClosed:
                pass
            finally:
                to.append(number)

        threads = [threading.Thread(target=work, args=(n,), daemon=True) for n in range(5)]
        for thread in threads:
            thread.start()
        time.sleep(round / 5000)
        in_time(client.close)
        for thread in threads:
            thread.join(LIMIT)
        assert len(finished) == 5
        assert client.subscriptions == ()


def test_many_clients_leak_nothing(client_class: Any, simulator: Simulator) -> None:
    def use() -> None:
        with client_class(simulator.url) as client:
            subscription = client.trade("BTCUSDT")
            client.book_ticker("BTCUSDT", on_event=lambda _: None)
            subscription.get(LIMIT)

    in_time(use)
    wait_until(lambda: simulator.connections == 0 and not client_threads())
    gc.collect()
    threads, before = threading.active_count(), descriptors()
    for _ in range(25):
        in_time(use)
    wait_until(lambda: simulator.connections == 0 and not client_threads())
    wait_until(lambda: descriptors() <= before and threading.active_count() <= threads)


def test_failed_attempts_leak_nothing(client_class: Any) -> None:
    def handle(peer: Peer) -> None:
        peer.read_head()
        peer.send(b"HTTP/1.1 503 x\r\n\r\n")

    with RawServer(handle) as server, client_class(server.url, reconnect=False) as client:

        def fail() -> None:
            failure(client.trade("BTCUSDT").wait)

        fail()
        wait_until(lambda: sum("connect" in thread.name for thread in client_threads()) == 0)
        gc.collect()
        gc.disable()
        try:
            before = descriptors()
            for _ in range(25):
                fail()
            # The server's ends stay open until it is closed, so only a few may be left here.
            own = [peer for peer in server.peers if peer.socket.fileno() >= 0]
            wait_until(lambda: descriptors() <= before + len(own) + 2)
        finally:
            gc.enable()
    wait_until(lambda: not client_threads())


def test_a_failure_of_the_client_itself_is_an_end_and_no_silence(
    connect: Connect,
    shared_simulator: Simulator,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is known to break the I/O thread; if something does, everybody is notified."""

    def fail(now: float) -> None:
        raise ZeroDivisionError

    client = connect(shared_simulator.url)
    first = client.trade("BTCUSDT")
    in_time(lambda: first.get(LIMIT))
    monkeypatch.setattr(client._engine._engine, "_work", fail)
    assert isinstance(failure(lambda: list(first)), ConnectionLost)
    assert "ZeroDivisionError" in str(failure(client.list_subscriptions))
    assert isinstance(failure(lambda: client.agg_trade("BTCUSDT")), ConnectionLost)
    wait_until(lambda: "ZeroDivisionError" in caplog.text)
    assert seconds_of(client.close) < CLOSE_LIMIT + MARGIN


def test_numbers_add_up(connect: Connect) -> None:
    with RawServer(serving(1, 1000)) as server:
        client = connect(server.url)
        subscription = client.trade("BTCUSDT", maxsize=10)
        # Counted first, and dropped a moment later.
        wait_until(lambda: subscription.stats().dropped == 990)
        stats = client.stats()
        one = stats.streams["btcusdt@trade"]
        assert stats.messages == one.messages == 1000
        assert (one.waiting, one.dropped) == (10, 990)
        assert one.lag is not None
        assert one.seconds_since_last is not None
        assert 0 <= one.seconds_since_last < LIMIT
        (connection,) = stats.connections
        assert (connection.state, connection.streams) == ("open", 1)
        # The answer to SUBSCRIBE is a message as well.
        assert connection.messages == 1001
        assert connection.bytes > one.bytes > 100_000


def test_a_stream_that_never_received_does_not_spoil_the_numbers_of_others(
    connect: Connect,
) -> None:
    """An undecodable message of a silent stream, right after an event of another one."""
    from tests.support.frames import frame, trade_frame, wrapped

    def handle(peer: Peer) -> None:
        peer.shake()
        names: list[str] = []
        while len(names) < 2:
            names += peer.confirm()["params"]
        peer.send(trade_frame(1) + frame(wrapped("ethusdt@trade", "{}")))
        peer.drain()

    with RawServer(handle) as server:
        client = connect(server.url)
        busy, silent = client.trade("BTCUSDT"), client.trade("ETHUSDT")
        wait_until(lambda: silent.stats().undecodable == 1)
        since = busy.stats().seconds_since_last
        assert since is not None
        assert 0 <= since < LIMIT


@pytest.mark.parametrize("of", ["subscription", "client"])
@pytest.mark.usefixtures("patient")
def test_what_a_queue_dropped_last_is_reported_at_the_end(connect: Connect, of: str) -> None:
    """Although Dropped comes once a second at most, and no second goes by."""
    notices: list[Any] = []

    def serve(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        for number in range(1, 101):
            peer.send(trade_frame(number))
        peer.drain()

    with RawServer(serve) as server:
        client = connect(server.url, maxsize=10, on_notice=notices.append)
        # As if it had reported just now, in a second that does not end.
        client._engine._engine.delivery._notify_at = time.monotonic() + 3600
        if of == "client":
            iter(client)
        subscription = client.trade("BTCUSDT")
        wait_until(lambda: subscription.stats().messages == 100)
        in_time(client.close)
    reported = [notice for notice in notices if isinstance(notice, Dropped)]
    assert reported == [Dropped("*" if of == "client" else "btcusdt@trade", 90, "drop_oldest")]


@pytest.mark.usefixtures("patient")
def test_notices_that_wait_are_handed_over_before_the_end(connect: Connect) -> None:
    """Even if a callback closes the client."""
    notices: list[Any] = []

    def close(event: object) -> None:
        client.close()

    with RawServer(serving(1, 3)) as server:
        client = connect(server.url, on_notice=notices.append)
        subscription = client.trade("BTCUSDT", on_event=close, maxsize=1)
        wait_until(lambda: subscription.state == "ended")
        wait_until(lambda: any(isinstance(notice, Dropped) for notice in notices))


@pytest.mark.sync_only("an event loop runs no handler of a signal in the midst of a call")
def test_closing_in_a_signal_handler_does_not_hang(simulator: Simulator) -> None:
    """The handler may interrupt the main thread in the midst of posting a command."""
    client = Client(simulator.url)

    class Interrupted(deque[Any]):
        def append(self, command: Any) -> None:
            super().append(command)
            if not client._engine.is_closed:
                signal.raise_signal(signal.SIGINT)

    def handler(number: int, at: FrameType | None) -> None:
        client.close()

    # Nothing else posts a command from now on.
    client.trade("ETHUSDT").wait(LIMIT)
    sockets = client._engine._driver._sockets
    assert sockets is not None
    sockets.commands = Interrupted(sockets.commands)
    before = signal.signal(signal.SIGINT, handler)
    # The handler runs in this very thread; only another one could see that it hangs.
    alarm = threading.Timer(LIMIT, os.abort)
    alarm.start()
    try:
        with pytest.raises(ClientClosed):
            client.trade("BTCUSDT")
    finally:
        alarm.cancel()
        signal.signal(signal.SIGINT, before)
    assert client.subscriptions == ()


def test_a_client_that_was_never_used_holds_no_descriptor(client_class: Any) -> None:
    # What the tests before have left to be closed may be closed meanwhile.
    before = descriptors()
    clients = [client_class("ws://127.0.0.1:9") for _ in range(10)]
    assert descriptors() <= before
    for client in clients:
        client.close()
