"""How many connections a process may open: by window, by host, over threads and clients."""

from __future__ import annotations

import itertools
import random
import socket
import threading
from typing import Any

import pytest

from binance_streams import VENUE, ConnectionLost, Disconnected
from binance_streams_runtime.client.attempts import Attempts, attempts_at
from tests.runtime.conftest import Connect
from tests.runtime.limits import LIMIT, failure, wait_until


def test_attempts_below_the_limit_are_made_at_once() -> None:
    attempts = Attempts(3, 10.0)
    assert [attempts.reserve(now) for now in (0.0, 0.0, 5.0)] == [0.0, 0.0, 5.0]


def test_one_attempt_too_many_waits_until_the_window_has_passed() -> None:
    attempts = Attempts(3, 10.0)
    for now in (0.0, 1.0, 5.0):
        attempts.reserve(now)
    assert [attempts.reserve(5.0) for _ in range(4)] == [10.0, 11.0, 15.0, 20.0]
    assert attempts.reserve(100.0) == 100.0


def test_nobody_is_overtaken() -> None:
    """Who asks later is served later, also where there would be room before."""
    attempts = Attempts(2, 10.0)
    assert [attempts.reserve(now) for now in (0.0, 0.0, 1.0, 2.0)] == [0.0, 0.0, 10.0, 10.0]
    assert attempts.reserve(19.0) == 20.0


@pytest.mark.parametrize("seed", range(20))
def test_no_window_ever_holds_more_than_the_limit(seed: int) -> None:
    chance = random.Random(seed)
    limit, window = chance.randint(1, 5), 10.0
    attempts = Attempts(limit, window)
    now, made = 0.0, []
    for _ in range(200):
        now += chance.choice([0.0, 0.0, 0.1, chance.uniform(0, 15)])
        at = attempts.reserve(now)
        assert at >= now
        made.append(at)
    assert made == sorted(made)
    apart = [later - first for first, later in zip(made, made[limit:], strict=False)]
    # But for what adding two floats may round off.
    assert min(apart) > window - 1e-9


def test_threads_share_one_limit() -> None:
    attempts = Attempts(10, 60.0)
    made: list[float] = []

    def reserve() -> None:
        made.extend(attempts.reserve(0.0) for _ in range(50))

    threads = [threading.Thread(target=reserve, daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
    assert sorted(made) == [60.0 * (number // 10) for number in range(400)]


def shared(first: str, second: str) -> bool:
    return attempts_at(first, 5, 1.0) is attempts_at(second, 5, 1.0)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("wss://stream.binance.com:9443/stream", "wss://data-stream.binance.com/stream"),
        ("wss://stream.binance.com:9443", "wss://STREAM.Binance.com:443"),
        ("ws://127.0.0.1:8080", "ws://127.0.0.1:8080/stream"),
        ("ws://[::1]:8080", "ws://[::1]:8080/stream"),
    ],
)
def test_the_venue_counts_over_all_its_servers(first: str, second: str) -> None:
    assert shared(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("wss://stream.binance.com:9443", "wss://stream.binance.us:9443"),
        ("wss://stream.binance.com:9443", "wss://stream.testnet.binance.vision:9443"),
        ("ws://127.0.0.1:8080", "ws://127.0.0.1:8081"),
        ("ws://localhost:8080", "ws://localhost:8081"),
        ("ws://[::1]:8080", "ws://[::1]:8081"),
        ("ws://localhost.example.org:8080", "ws://localhost:8080"),
    ],
)
def test_others_count_for_themselves(first: str, second: str) -> None:
    """So does each port of this machine, where tests and simulators run."""
    assert not shared(first, second)


def test_two_clients_that_cannot_connect_stay_within_the_venues_limit(connect: Connect) -> None:
    """However fast their backoff is: then both wait, and say so."""
    notices: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    clients = [
        connect(
            f"ws://127.0.0.1:{port}",
            on_notice=notices.append,
            backoff=lambda: itertools.repeat(0.0),
        )
        for _ in range(2)
    ]
    for client in clients:
        client.trade("BTCUSDT")
    wait_until(lambda: len(notices) >= VENUE.limits.connection_attempts)
    for client in clients:
        assert isinstance(failure(client.list_subscriptions), ConnectionLost)
        (connection,) = client.stats().connections
        assert connection.state == "waiting"
    assert len(notices) == VENUE.limits.connection_attempts == 300
    assert all(isinstance(notice, Disconnected) for notice in notices)
