"""Moments between two steps, where a client could hang, lie or lose a stream."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections import deque
from types import FrameType
from typing import Any

import pytest

from binance_streams import (
    Client,
    ClientClosed,
    Dropped,
    Gap,
    ParameterError,
    RequestError,
    Trade,
)
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.frames import frame
from tests.support.limits import LIMIT, descriptors, failure, in_time, wait_until
from tests.support.raw_server import Peer, RawServer

TRADE = (
    '{"stream":"btcusdt@trade","data":{"e":"trade","E":1,"s":"BTCUSDT","t":%d,"p":"1","q":"1",'
    '"T":1,"m":true,"M":true}}'
)


def test_closing_in_a_signal_handler_does_not_hang(simulator: Simulator) -> None:
    """The handler may interrupt the main thread in the midst of posting a command."""
    client = Client(simulator.url)

    class Interrupted(deque[Any]):
        def append(self, command: Any) -> None:
            super().append(command)
            if not client._engine.is_closed:
                signal.raise_signal(signal.SIGUSR1)

    def handler(number: int, at: FrameType | None) -> None:
        client.close()

    client._engine._shell._commands = Interrupted()
    before = signal.signal(signal.SIGUSR1, handler)
    # The handler runs in this very thread; only another one could tell that it hangs.
    alarm = threading.Timer(LIMIT, os.abort)
    alarm.start()
    try:
        with pytest.raises(ClientClosed):
            client.trade("BTCUSDT")
    finally:
        alarm.cancel()
        signal.signal(signal.SIGUSR1, before)
    assert client.subscriptions == ()


@pytest.mark.parametrize("seconds", [3e6, 1e10, float("inf"), float("nan"), 0, -1, True])
def test_times_that_no_selector_takes_are_refused(seconds: Any) -> None:
    timeouts = ("connect_timeout", "request_timeout", "silence_timeout", "handover_timeout")
    for name in timeouts:
        with pytest.raises(ParameterError, match="at most 86400"):
            Client(**{name: seconds})


def test_the_longest_time_is_taken(connect: Connect, shared_simulator: Simulator) -> None:
    client = connect(shared_simulator.url, silence_timeout=86400, connect_timeout=86400)
    assert in_time(lambda: client.trade("BTCUSDT").get(LIMIT)).symbol == "BTCUSDT"


def test_the_end_of_a_stream_does_not_reach_its_successor(
    connect: Connect, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection is lost, and the name wanted anew, before the end of the first is told."""
    client = connect(simulator.url, reconnect=False)
    first = client.trade("BTCUSDT")
    first.wait(LIMIT)
    outcomes = client._engine._outcomes
    ended = outcomes._ended
    again: list[Any] = []

    def late(name: str, error: BaseException) -> None:
        if not again:
            first.unsubscribe()
            again.append(client.trade("BTCUSDT"))
        ended(name, error)

    monkeypatch.setattr(outcomes, "_ended", late)
    simulator.drop_connections()
    wait_until(lambda: again)
    assert again[0].get(LIMIT).symbol == "BTCUSDT"
    assert client.subscriptions == (again[0],)


def test_a_failing_log_handler_costs_no_stream(
    connect: Connect, shared_simulator: Simulator
) -> None:
    class Broken(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            raise ZeroDivisionError

    broken = Broken()
    logger = logging.getLogger("binance_streams")
    logger.addHandler(broken)
    level = logger.level
    logger.setLevel(logging.INFO)
    try:
        client = connect(shared_simulator.url)
        assert client.trade("BTCUSDT").get(LIMIT).symbol == "BTCUSDT"
    finally:
        logger.removeHandler(broken)
        logger.setLevel(level)


def test_drops_are_told_although_nothing_more_comes(connect: Connect) -> None:
    def burst(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        for number in range(0, 100, 10):
            peer.send(b"".join(frame((TRADE % (number + i)).encode()) for i in range(10)))
        peer.hold()

    notices: list[Any] = []
    with RawServer(burst) as server:
        client = connect(server.url, on_notice=notices.append)
        subscription = client.trade("BTCUSDT", maxsize=5)
        wait_until(lambda: subscription.stats().messages == 100)
        wait_until(lambda: sum(told.count for told in notices if isinstance(told, Dropped)) == 95)


def test_plain_iteration_gives_no_notices_after_with_notices(connect: Connect) -> None:
    def gaps(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        peer.send(b"".join(frame((TRADE % number).encode()) for number in (1, 2, 5, 6, 9, 10)))
        peer.hold()

    with RawServer(gaps) as server:
        subscription = connect(server.url).trade("BTCUSDT")
        told = subscription.with_notices()
        kinds = [in_time(lambda: type(next(told))) for _ in range(4)]
        assert kinds.index(Gap) == 2
        wait_until(lambda: subscription.stats().messages == 6)
        rest = [subscription.get(LIMIT).trade_id for _ in range(3)]
        assert rest == [6, 9, 10]


def test_a_client_that_was_never_used_holds_no_descriptor() -> None:
    before = descriptors()
    clients = [Client("ws://127.0.0.1:9") for _ in range(10)]
    assert descriptors() == before
    for client in clients:
        client.close()


def test_the_client_goes_on_after_its_queue_raised(connect: Connect) -> None:
    def serve(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        peer.send(b"".join(frame((TRADE % number).encode()) for number in range(20)))
        peer.confirm()
        peer.confirm()
        text = TRADE.replace("btcusdt", "ethusdt")
        peer.send(frame((text % 1).encode()))
        peer.hold()

    with RawServer(serve) as server:
        client = connect(server.url, maxsize=5, overflow="raise")
        loop = iter(client)
        client.trade("BTCUSDT")
        events = [in_time(lambda: next(loop)).data for _ in range(5)]
        assert [one.trade_id for one in events if isinstance(one, Trade)] == [0, 1, 2, 3, 4]
        assert "more than 5 events" in str(failure(lambda: next(loop)))
        client.trade("ETHUSDT")
        assert in_time(lambda: next(iter(client))).stream == "ethusdt@trade"


def test_a_refusal_shows_no_secret() -> None:
    error = RequestError(2, f"Invalid request: {'k3y' * 20}", 1)
    assert "k3y" * 5 not in str(error)
