"""Code of the user's that runs inside the client: whatever it does, the streams go on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from binance_streams import Trade
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.limits import LIMIT, MS, in_time, wait_until


class Broken(logging.Handler):
    """A handler that fails, as one does whose disk is full."""

    def emit(self, record: logging.LogRecord) -> None:
        raise ValueError("the disk is full")


@pytest.fixture
def broken_log() -> Iterator[None]:
    handler = Broken()
    logger = logging.getLogger("binance_streams")
    logger.addHandler(handler)
    yield
    logger.removeHandler(handler)


def leave(lost: BaseException) -> bool:
    raise SystemExit(1)


def no_pauses() -> Iterator[float]:
    raise KeyboardInterrupt


def nonsense() -> Iterator[Any]:
    yield "soon"


@pytest.mark.parametrize(
    "option",
    [{"reconnect": leave}, {"backoff": no_pauses}, {"backoff": nonsense}],
    ids=["reconnect", "backoff", "pause"],
)
def test_what_decides_about_attempts_may_fail(
    connect: Connect, simulator: Simulator, option: dict[str, Callable[..., Any]]
) -> None:
    client = connect(simulator.url, **option)
    trades = client.trade("BTCUSDT")
    trades.wait(LIMIT)
    simulator.drop_connections()
    wait_until(lambda: client.stats().reconnects == 1)
    in_time(lambda: trades.wait(LIMIT))
    assert in_time(lambda: trades.get(LIMIT)).symbol == "BTCUSDT"


@pytest.mark.sync_only("a function cannot wait for what a client for asyncio is asked")
def test_what_decides_about_attempts_cannot_ask_the_client(
    connect: Connect, simulator: Simulator
) -> None:
    """It runs in the thread that would have to deliver the answer."""
    errors: list[BaseException] = []

    def decide(lost: BaseException) -> bool:
        for ask in (client.list_subscriptions, trades.wait, trades.get):
            try:
                ask()
            except RuntimeError as error:
                errors.append(error)
        return True

    client = connect(simulator.url, reconnect=decide)
    trades = client.trade("BTCUSDT")
    trades.wait(LIMIT)
    simulator.drop_connections()
    wait_until(lambda: client.stats().reconnects == 1)
    assert len(errors) == 3


def test_a_broken_log_costs_no_stream_and_no_callback(
    connect: Connect, simulator: Simulator, broken_log: None
) -> None:
    """A callback fails, a request is not answered, a connection is lost: all of it is logged."""
    seen: list[int] = []

    def take(trade: Trade[Any]) -> None:
        seen.append(trade.trade_id)
        if len(seen) == 3:
            raise ValueError("a mistake")

    client = connect(simulator.url, request_timeout=200 * MS)
    client.trade("BTCUSDT", on_event=take)
    wait_until(lambda: len(seen) > 5)
    simulator.ignore_requests(1)
    late = client.trade("ETHUSDT")
    in_time(lambda: late.get(LIMIT))
    # A slow machine may leave so many requests unanswered that the connection is replaced.
    before = client.stats().reconnects
    simulator.drop_connections()
    wait_until(lambda: client.stats().reconnects > before)
    count = len(seen)
    wait_until(lambda: len(seen) > count + 5)
