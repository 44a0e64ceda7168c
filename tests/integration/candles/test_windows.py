"""Windows of candles: history by REST, continued by the stream, over both front ends."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from binance_streams import ClientClosed, ParameterError, RequestError
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.limits import LIMIT, in_time, wait_until


@pytest.fixture(scope="module")
def history() -> Iterator[Simulator]:
    """A server with candles of an hour; updates come 50 times a second."""
    with Simulator(speed=50, history=3600) as simulator:
        yield simulator


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """The same to misbehave on order, with few symbols that exist."""
    with Simulator(speed=50, history=3600, symbols=["BTCUSDT"]) as simulator:
        yield simulator


def rows(simulator: Simulator, since: int) -> dict[int, list[Any]]:
    url = f"{simulator.rest_url}/api/v3/klines?symbol=BTCUSDT&interval=1s&startTime={since}"
    with urllib.request.urlopen(url, timeout=LIMIT) as answer:
        return {row[0]: row for row in json.load(answer)}


def assert_right(simulator: Simulator, candles: tuple[Any, ...]) -> None:
    """One follows the other, and each closed one is what the server says now."""
    assert all(after.open_time == before.close_time + 1 for before, after in pairwise(candles))
    server = rows(simulator, candles[0].open_time)
    for candle in candles[:-1]:
        assert candle.is_closed
        row = server[candle.open_time]
        assert [f"{candle.close:f}", candle.trade_count] == [row[4], row[8]]


def test_history_is_continued_by_the_stream_without_a_seam(
    connect: Connect, history: Simulator
) -> None:
    window: Any = connect(history.url).kline("BTCUSDT", "1s").window(40)
    window.wait(LIMIT)
    assert window.is_complete
    assert window.reason == ""
    # All of them are closed between the end of one and the first event of the next.
    looks = iter(lambda: window.candles, None)
    first = in_time(lambda: next(seen for seen in looks if not seen[-1].is_closed))
    assert len(first) == len(window) == window.count == 40
    changes: list[Any] = []
    for change in window:
        if change.is_new and not changes:
            # The iteration has begun between two candles.
            continue
        changes.append(change)
        if change.is_new:
            break
    assert [change.is_closed for change in changes[-2:]] == [True, False]
    assert {change.is_new for change in changes[:-1]} == {False}
    assert changes[-1].candle.open_time == changes[-2].candle.close_time + 1
    assert window[-1].open_time == changes[-1].candle.open_time
    assert window[0].open_time > first[0].open_time
    assert_right(history, window.candles)


def test_what_was_missed_while_the_connection_was_lost_is_fetched(
    connect: Connect, simulator: Simulator
) -> None:
    window: Any = connect(simulator.url).kline("BTCUSDT", "1s").window(20)
    window.wait(LIMIT)
    simulator.refuse_connections()
    simulator.drop_connections()
    wait_until(lambda: not window.is_complete)
    opens = window[-1].open_time
    assert window.reason
    simulator.accept_connections()
    window.wait(LIMIT)
    wait_until(lambda: window[-1].open_time > opens)
    window.wait(LIMIT)
    assert_right(simulator, window.candles)


def test_a_callback_gets_each_change(connect: Connect, history: Simulator) -> None:
    got: list[Any] = []
    subscription: Any = connect(history.url).kline("BTCUSDT", "1s")
    window = subscription.window(5, on_event=got.append)
    wait_until(lambda: len(got) > 5)
    assert window.is_complete
    with pytest.raises(ParameterError, match="a window without on_event" + "$"):
        next(iter(window))


def test_the_callback_of_the_subscription_continues(connect: Connect, history: Simulator) -> None:
    got: list[Any] = []
    window: Any = connect(history.url).kline("BTCUSDT", "1s", on_event=got.append).window(5)
    window.wait(LIMIT)
    seen = len(got)
    wait_until(lambda: len(got) > seen + 5)
    assert got[-1].kline.interval == "1s"


def test_the_subscription_of_a_window_is_not_iterated_as_well(
    connect: Connect, history: Simulator
) -> None:
    subscription: Any = connect(history.url).kline("BTCUSDT", "1s")
    window = subscription.window(5)
    with pytest.raises(ParameterError, match=r"a subscription without window\(\)"):
        next(iter(subscription))
    assert subscription.window(5).count == window.count
    with pytest.raises(
        ParameterError,
        match="5, as the window of btcusdt@kline_1s exists",
    ):
        subscription.window(6)


def test_a_count_that_is_not_allowed_is_refused(connect: Connect, history: Simulator) -> None:
    subscription: Any = connect(history.url).kline("BTCUSDT", "1s")
    for count in (0, -1, 10_001, True, "5", 2.0, None):
        with pytest.raises(ParameterError, match="a whole number of candles, from 1 to 10000"):
            subscription.window(count)


def test_an_unknown_option_is_refused(connect: Connect, history: Simulator) -> None:
    subscription: Any = connect(history.url).kline("BTCUSDT", "1s")
    with pytest.raises(TypeError, match="allowed: count, on_event, maxsize"):
        subscription.window(5, fill=True)


def test_a_symbol_that_does_not_exist_ends_the_window(
    connect: Connect, simulator: Simulator
) -> None:
    window: Any = connect(simulator.url).kline("NOSUCH", "1s").window(5)
    with pytest.raises(RequestError, match="there are no candles of nosuch, 1s: "):
        window.wait(LIMIT)


@pytest.mark.parametrize("how", ["window", "subscription", "client"])
def test_a_window_ends_with_its_subscription_and_the_client(
    connect: Connect, history: Simulator, how: str
) -> None:
    client: Any = connect(history.url)
    subscription = client.kline("BTCUSDT", "1s")
    window = subscription.window(5)
    window.wait(LIMIT)
    next(iter(window))
    if how == "subscription":
        subscription.unsubscribe()
    else:
        {"window": window, "client": client}[how].close()
    wait_until(lambda: not window.is_complete)
    assert len(window.candles) == 5
    assert window.reason == "the window is closed"
    wait_until(lambda: subscription.state == "ended")
    with pytest.raises(ClientClosed):
        window.wait(LIMIT)
    window.close()
    if how != "client":
        assert client.kline("BTCUSDT", "1s").window(3).count == 3


@pytest.mark.sync_only
def test_a_replay_has_the_same_window(
    connect: Connect, simulator: Simulator, tmp_path: Path
) -> None:
    """Its history is the recorded one, as long as it asks for the same."""
    got: list[Any] = []
    client: Any = connect(simulator.url)
    with client.record(tmp_path):
        window = client.kline("BTCUSDT", "1s").window(5, on_event=got.append)
        window.wait(LIMIT)
        simulator.drop_connections()
        wait_until(lambda: any(change.is_new for change in got))
        window.close()
    again: list[Any] = []
    replayed = (
        connect(f"replay:{tmp_path}?speed=max")
        .kline("BTCUSDT", "1s")
        .window(5, on_event=again.append)
    )
    wait_until(lambda: len(again) >= len(got))
    assert again[: len(got)] == got
    assert len(replayed) == 5
