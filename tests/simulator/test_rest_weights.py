"""Request weight: counted, reported, and limited."""

from __future__ import annotations

import http.client
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from binance_streams_simulator import Simulator
from binance_streams_simulator.refusals import Refusal
from binance_streams_simulator.rest.weights import UsedWeight
from tests.support.limits import LIMIT
from tests.support.rest import ask

HEADER = "X-MBX-USED-WEIGHT-1M"
HOUR = 3600.0
NOON = 12 * HOUR

LONG = 2_400 * HOUR
"""A window that does not end in the midst of a test, as one of an hour does every hour."""


def refused(used: UsedWeight, weight: int, now: float) -> tuple[int, int | None] | None:
    try:
        used.spend("here", weight, now)
    except Refusal as error:
        return error.status, error.retry_after
    return None


def test_weight_is_counted_by_window_and_address() -> None:
    used = UsedWeight(limit=100, window=60)
    assert refused(used, 60, NOON + 1) is None
    used.spend("there", 30, NOON + 2)
    assert (used.used("here", NOON + 3), used.used("there", NOON + 3)) == (60, 30)
    assert used.total(NOON + 59) == 60
    assert used.total(NOON + 60) == 0


def test_the_very_limit_may_be_used() -> None:
    used = UsedWeight(limit=100, window=60)
    assert refused(used, 100, NOON) is None
    assert refused(used, 1, NOON + 45.5) == (429, 15)
    assert used.used("here", NOON + 46) == 100
    assert refused(used, 1, NOON + 60) is None


def test_whoever_goes_on_is_banned_longer_each_time() -> None:
    used = UsedWeight(limit=10, window=60)
    used.set(10, NOON)
    answers = [refused(used, 1, NOON + second) for second in range(5)]
    assert answers == [(429, 60), (429, 59), (429, 58), (418, 120), (418, 119)]
    # Another window does not help, as long as the ban lasts.
    assert refused(used, 1, NOON + 61) == (418, 62)
    assert refused(used, 1, NOON + 123) is None
    used.set(10, NOON + 240)
    assert [refused(used, 1, NOON + 240) for _ in range(4)][-1] == (418, 240)


def test_whatever_others_use_counts_for_all() -> None:
    used = UsedWeight(limit=100, window=60)
    used.spend("here", 5, NOON)
    used.set(70, NOON + 1)
    used.spend("here", 5, NOON + 2)
    assert (used.used("here", NOON + 3), used.used("new", NOON + 3)) == (75, 70)
    assert used.used("here", NOON + 60) == 0


@pytest.mark.parametrize(
    ("target", "weight"),
    [
        ("depth?symbol=BTCUSDT", 5),
        ("depth?symbol=BTCUSDT&limit=500", 25),
        ("depth?symbol=BTCUSDT&limit=5000", 250),
        ("depth?symbol=BTCUSDT&limit=9999", 250),
        ("aggTrades?symbol=BTCUSDT&limit=1", 4),
        ("historicalTrades?symbol=BTCUSDT", 25),
        ("klines?symbol=BTCUSDT&interval=1m", 2),
        ("exchangeInfo", 20),
        ("ping", 1),
        ("depth", 5),
        ("nothing", 1),
    ],
)
def test_each_answer_has_the_weight_used(start: Any, target: str, weight: int) -> None:
    simulator = start(rest_window=LONG)
    simulator.set_used_weight(100)
    assert ask(simulator, f"/api/v3/{target}").headers[HEADER] == str(100 + weight)
    assert simulator.used_weight == 100 + weight


def test_each_answer_has_the_time_of_the_server(start: Any) -> None:
    simulator = start()
    before = ask(simulator, "/api/v3/time").json["serverTime"]
    reported = parsedate_to_datetime(ask(simulator, "/api/v3/nothing").headers["Date"]).timestamp()
    assert reported >= before // 1_000


def test_beyond_the_limit_429_and_then_418(start: Any) -> None:
    simulator = start(rest_weight=10, rest_window=LONG)
    target = "/api/v3/depth?symbol=BTCUSDT"
    answers = [ask(simulator, target) for _ in range(6)]
    assert [each.status for each in answers] == [200, 200, 429, 429, 429, 418]
    assert 0 < int(answers[2].headers["Retry-After"]) <= LONG
    assert int(answers[5].headers["Retry-After"]) == 3 * 24 * HOUR
    assert answers[2].json["code"] == answers[5].json["code"] == -1003
    assert "current limit is 10 request weight per 2400 HOUR." in answers[2].json["msg"]
    assert "IP banned until" in answers[5].json["msg"]
    assert len(simulator.violations) == 4
    assert [call.status for call in simulator.rest_requests] == [200, 200, 429, 429, 429, 418]
    assert answers[2].headers[HEADER] == answers[2].headers["X-MBX-USED-WEIGHT"] == "10"


def test_a_window_ends(start: Any) -> None:
    simulator = start(rest_weight=5, rest_window=1.0)

    def is_served() -> bool:
        return ask(simulator, "/api/v3/depth?symbol=BTCUSDT").status == 200

    simulator.wait_for(is_served, LIMIT)
    simulator.wait_for(lambda: simulator.used_weight == 0, LIMIT)
    simulator.wait_for(is_served, LIMIT)


def test_exchange_info_has_the_limit(start: Any) -> None:
    info = ask(start(), "/api/v3/exchangeInfo").json
    assert info["rateLimits"] == [
        {
            "rateLimitType": "REQUEST_WEIGHT",
            "interval": "MINUTE",
            "intervalNum": 1,
            "limit": 6000,
        }
    ]
    assert "BTCUSDT" in [each["symbol"] for each in info["symbols"]]


def test_exchange_info_is_about_the_symbols_that_are_asked_for(start: Any) -> None:
    simulator = start()

    def symbols(query: str) -> Any:
        answer = ask(simulator, f"/api/v3/exchangeInfo?{query}").json
        return [each["symbol"] for each in answer["symbols"]] if "symbols" in answer else answer

    assert symbols("symbol=BTCUSDT") == ["BTCUSDT"]
    assert symbols("symbols=%5B%22BTCUSDT%22,%22ETHUSDT%22%5D") == ["BTCUSDT", "ETHUSDT"]
    assert symbols("symbols=BTCUSDT")["code"] == -1130
    assert symbols("symbols=%5B%22BTCUSDT%22,%22NOSUCH%22%5D")["code"] == -1121


def test_requests_are_remembered(start: Any) -> None:
    simulator = start()
    ask(simulator, "/api/v3/klines?symbol=BTCUSDT&interval=2m")
    (call,) = simulator.rest_requests
    assert (call.path, call.status) == ("/api/v3/klines", 400)
    assert call.query == {"symbol": "BTCUSDT", "interval": "2m"}


def test_a_connection_carries_many_requests(start: Any) -> None:
    simulator = start()
    connection = http.client.HTTPConnection("127.0.0.1", simulator.port, timeout=LIMIT)
    for limit in (5, 10, 20):
        connection.request("GET", f"/api/v3/depth?symbol=BTCUSDT&limit={limit}")
        with connection.getresponse() as response:
            assert response.status == 200
            assert response.read().count(b"[") == 2 * limit + 2
            port = connection.sock.getsockname()[1]
    assert connection.sock.getsockname()[1] == port
    connection.close()


@pytest.mark.parametrize("given", [{"rest_weight": 0}, {"rest_window": 0.0}])
def test_limits_are_above_zero(given: Any) -> None:
    with pytest.raises(ValueError, match="limits are above zero"):
        Simulator(**given)
