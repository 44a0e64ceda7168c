"""How many connections a process may open: by window, by host, over threads and clients."""

from __future__ import annotations

import itertools
import random
import socket
import threading
from functools import partial
from typing import Any

import pytest

from binance_streams import VENUE, Disconnected, RateLimited
from binance_streams_runtime.client import connect_limit as attempts
from binance_streams_runtime.client.connect_limit import ConnectLimiter, reserve_at
from tests.support.clients import Connect
from tests.support.limits import LIMIT, failure, wait_until


def test_attempts_below_the_limit_are_made_at_once() -> None:
    attempts = ConnectLimiter(3, 10.0)
    assert [attempts.reserve(now) for now in (0.0, 0.0, 5.0)] == [0.0, 0.0, 5.0]


def test_one_attempt_too_many_waits_until_the_window_has_passed() -> None:
    attempts = ConnectLimiter(3, 10.0)
    for now in (0.0, 1.0, 5.0):
        attempts.reserve(now)
    assert [attempts.reserve(5.0) for _ in range(4)] == [10.0, 11.0, 15.0, 20.0]
    assert attempts.reserve(100.0) == 100.0


def test_nobody_is_overtaken() -> None:
    """Who asks later is served later, even if there would be room before."""
    attempts = ConnectLimiter(2, 10.0)
    assert [attempts.reserve(now) for now in (0.0, 0.0, 1.0, 2.0)] == [0.0, 0.0, 10.0, 10.0]
    assert attempts.reserve(19.0) == 20.0


@pytest.mark.parametrize("seed", range(20))
def test_no_window_ever_holds_more_than_the_limit(seed: int) -> None:
    chance = random.Random(seed)
    limit, window = chance.randint(1, 5), 10.0
    attempts = ConnectLimiter(limit, window)
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
    attempts = ConnectLimiter(10, 60.0)
    made: list[float] = []

    def reserve() -> None:
        made.extend(attempts.reserve(0.0) for _ in range(50))

    threads = [threading.Thread(target=reserve, daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
    assert sorted(made) == [60.0 * (number // 10) for number in range(400)]


@pytest.fixture
def _nothing_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "_by_host", {})


def shared(first: str, second: str) -> bool:
    """Whether an attempt at ``first`` makes one at ``second`` wait."""
    reserve_at(first, 1, 1.0)(100.0)
    return reserve_at(second, 1, 1.0)(100.0) > 100.0


@pytest.mark.usefixtures("_nothing_made")
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("wss://stream.binance.com:9443/stream", "wss://data-stream.binance.com/stream"),
        ("wss://stream.binance.com:9443", "wss://STREAM.Binance.com:443"),
        ("wss://stream.binance.com:9443", "wss://stream.binance.com.:9443"),
        ("ws://192.0.2.1:8080", "ws://192.0.2.1:8081/stream"),
        ("ws://[2001:db8::1]:8080", "ws://[2001:db8::1]:8080/stream"),
    ],
)
def test_the_venue_counts_over_all_its_servers(first: str, second: str) -> None:
    assert shared(first, second)


@pytest.mark.usefixtures("_nothing_made")
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("wss://stream.binance.com:9443", "wss://stream.binance.us:9443"),
        ("wss://stream.binance.com:9443", "wss://stream.testnet.binance.vision:9443"),
        ("ws://192.0.2.1:8080", "ws://192.0.2.2:8080"),
    ],
)
def test_others_count_for_themselves(first: str, second: str) -> None:
    assert not shared(first, second)


@pytest.mark.usefixtures("_nothing_made")
@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.8.9.10",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "venue.localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
    ],
)
def test_servers_of_this_machine_have_no_limit(host: str) -> None:
    """Nobody is protected by one, and a test suite makes hundreds of clients."""
    assert not shared(f"ws://{host}:8080", f"ws://{host}:8080/stream")


@pytest.mark.usefixtures("_nothing_made")
@pytest.mark.parametrize("host", ["localhost.example.org", "mylocalhost", "[::ffff:192.0.2.1]"])
def test_what_only_looks_like_this_machine_has_one(host: str) -> None:
    assert shared(f"ws://{host}:8080", f"ws://{host}:8080/stream")


@pytest.mark.usefixtures("_nothing_made")
def test_clients_that_have_made_all_attempts_wait_and_say_for_how_long(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However fast their backoff is."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        dead = listener.getsockname()
    found = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", dead)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: found)
    notices: list[Any] = []
    clients = [
        connect(
            f"ws://venue.test:{dead[1]}",
            on_notice=notices.append,
            backoff=lambda: itertools.repeat(0.0),
        )
        for _ in range(2)
    ]
    trades = [client.trade("BTCUSDT") for client in clients]
    most = VENUE.limits.connection_attempts

    def ends() -> int:
        return sum(isinstance(notice, Disconnected) for notice in list(notices))

    def limited() -> list[RateLimited]:
        # One may wait for a moment first, if the other one has the attempt before it.
        return [n for n in list(notices) if isinstance(n, RateLimited) and n.seconds > 1]

    # The last attempts may still be on their way when no more are allowed.
    wait_until(lambda: len(limited()) == 2 and ends() >= most)
    assert ends() == most == 300
    for client, trade in zip(clients, trades, strict=True):
        (connection,) = client.stats().connections
        assert connection.state == "waiting"
        assert connection.retry_in is not None
        assert 200 < connection.retry_in < 310
        assert connection.reason is not None
        assert "ConnectionRefusedError" in connection.reason
        for work in (client.list_subscriptions, partial(trade.wait, 0.0), partial(trade.get, 0.0)):
            error = failure(work)
            assert "no more than 300 attempts in 300 s by one process are allowed" in str(error)
            assert "the next attempt is in " in str(error)
            assert "ConnectionRefusedError" in str(error.__cause__)
    assert all(200 < notice.seconds < 310 for notice in limited())
