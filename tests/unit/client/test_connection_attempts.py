"""How many connections a process may open: by window and by host."""

from __future__ import annotations

import random

import pytest

from binance_streams_runtime.client import connect_limit as attempts
from binance_streams_runtime.client.connect_limit import ConnectLimiter, reserve_at


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
