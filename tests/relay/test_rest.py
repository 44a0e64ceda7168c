"""The REST API of a relay: snapshots of its own books, which clients' books begin with."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from typing import Any, Literal, NamedTuple

import pytest

from binance_streams import Client
from binance_streams_simulator import Simulator
from tests.relay.conftest import Open, Start
from tests.support.limits import LIMIT, wait_until
from tests.support.relays import RunningRelay

DEPTH = "/api/v3/depth"


class Answer(NamedTuple):
    status: int
    body: Any
    headers: http.client.HTTPMessage


Ask = Callable[..., Answer]


@pytest.fixture
def ask() -> Iterator[Ask]:
    """Ask a server by HTTP, on one connection for all requests to it."""
    connections: dict[int, http.client.HTTPConnection] = {}
    with ExitStack() as stack:

        def ask(server: Any, target: str, method: str = "GET", body: str | None = None) -> Answer:
            if server.port not in connections:
                connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=LIMIT)
                stack.callback(connection.close)
                connections[server.port] = connection
            connection = connections[server.port]
            connection.request(method, target, body)
            answer = connection.getresponse()
            return Answer(answer.status, json.loads(answer.read()), answer.headers)

        yield ask


def spent(simulator: Simulator) -> list[str]:
    """The paths of the requests that came to the simulator."""
    return [call.path for call in simulator.rest_requests]


def test_a_snapshot_is_the_venues_at_its_update_id(
    start: Start, ask: Ask, simulator: Simulator
) -> None:
    answer = ask(start(), f"{DEPTH}?symbol=BTCUSDT&limit=50")
    assert answer.status == 200
    assert list(answer.body) == ["lastUpdateId", "bids", "asks"]
    _, bids, asks = simulator.order_book("BTCUSDT", answer.body["lastUpdateId"])
    assert answer.body["bids"] == bids[:50]
    assert answer.body["asks"] == asks[:50]


def test_no_weight_is_spent_once_there_is_a_book(
    start: Start, ask: Ask, simulator: Simulator
) -> None:
    relay = start(book_depth=100)
    target = f"{DEPTH}?symbol=BTCUSDT&limit=20"
    first = ask(relay, target).body["lastUpdateId"]
    wait_until(lambda: ask(relay, target).body["lastUpdateId"] > first)
    answer = ask(relay, target)
    assert answer.status == 200
    assert int(answer.headers["X-MBX-USED-WEIGHT-1M"]) > 0
    stats = relay.stats()
    assert stats.requests_forwarded == 0
    assert stats.snapshots >= 3


def test_more_levels_than_the_book_has_are_asked_for_upstream(
    start: Start, ask: Ask, simulator: Simulator
) -> None:
    relay = start(book_depth=10)
    assert len(ask(relay, f"{DEPTH}?symbol=BTCUSDT&limit=500").body["bids"]) == 500
    assert spent(simulator) == [DEPTH]
    assert relay.streams() == set()
    assert relay.stats().requests_forwarded == 1


def test_without_a_limit_it_has_100_levels(start: Start, ask: Ask) -> None:
    assert len(ask(start(), f"{DEPTH}?symbol=ETHUSDT").body["asks"]) == 100


@pytest.mark.parametrize(
    "query", ["", "?symbol=btcusdt", "?symbol=BTCUSDT&limit=x", "?symbol=BTCUSDT&limit=0", "?x=1"]
)
def test_bad_requests_are_refused_in_the_venues_words(
    start: Start, ask: Ask, simulator: Simulator, query: str
) -> None:
    mine, theirs = ask(start(), DEPTH + query), ask(simulator, DEPTH + query)
    assert (mine.status, mine.body) == (theirs.status, theirs.body) != (200, {})


def test_a_symbol_that_upstream_refuses_is_refused_and_not_asked_for_again(
    ask: Ask, open_peer: Open
) -> None:
    with Simulator(symbols=["BTCUSDT"]) as simulator, RunningRelay(simulator) as relay:
        for _ in range(3):
            answer = ask(relay, f"{DEPTH}?symbol=NOSUCH")
            assert answer.status == 400
            assert answer.body == {"code": -1121, "msg": "Invalid symbol."}
        assert spent(simulator) == [DEPTH]


def test_the_description_of_the_market_is_cached(
    start: Start, ask: Ask, simulator: Simulator
) -> None:
    relay = start()
    for _ in range(3):
        assert ask(relay, "/api/v3/exchangeInfo").body["symbols"]
    assert spent(simulator) == ["/api/v3/exchangeInfo"]


def test_ping_and_time_cost_nothing(start: Start, ask: Ask, simulator: Simulator) -> None:
    relay = start()
    assert ask(relay, "/api/v3/ping").body == {}
    assert ask(relay, "/api/v3/time").body["serverTime"] > 10**12
    assert spent(simulator) == []


def test_anything_else_is_refused_with_what_there_is(start: Start, ask: Ask) -> None:
    relay = start()
    other = ask(relay, "/api/v3/klines?symbol=BTCUSDT&interval=1m")
    assert (other.status, other.body["code"]) == (404, -1)
    assert "/api/v3/depth" in other.body["msg"]
    posted = ask(relay, "/api/v3/order", "POST", "symbol=BTCUSDT")
    assert posted.status == 405
    assert posted.headers["Connection"] == "close"


def test_an_error_upstream_is_passed_on(start: Start, ask: Ask, simulator: Simulator) -> None:
    simulator.refuse_rest(429, retry_after=7)
    answer = ask(start(book_depth=0), f"{DEPTH}?symbol=BTCUSDT")
    assert answer.status == 503
    assert "No answer from upstream" in answer.body["msg"]


@pytest.mark.parametrize("speed", [100, 1000])
def test_a_book_over_the_relay_is_right_through_cuts(
    start: Start, simulator: Simulator, speed: Literal[100, 1000]
) -> None:
    """Its snapshot is the relay's, its updates are those that the relay passes on."""
    relay = start()
    with Client(relay.url) as client:
        book = client.order_book("BTCUSDT", speed=speed, depth=100)
        book.wait(LIMIT)
        _check(simulator, book)
        simulator.drop_connections()
        before = book.last_update_id
        assert before is not None
        wait_until(lambda: (book.last_update_id or 0) > before + 20)
        book.wait(LIMIT)
        _check(simulator, book)


def _check(simulator: Simulator, book: Any) -> None:
    view = book.top(20)
    if view.state != "synced":
        return
    _, bids, asks = simulator.order_book("BTCUSDT", view.update_id)
    for mine, theirs in ((view.bids, bids), (view.asks, asks)):
        levels = [[Decimal(price), Decimal(quantity)] for price, quantity in theirs[: len(mine)]]
        assert [[level.price, level.quantity] for level in mine] == levels
