"""The REST API of a relay: snapshots of its own books, which clients' books begin with."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from typing import Any, Literal, NamedTuple

import pytest

from binance_streams import Client
from binance_streams_relay import books
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

        def ask(
            server: Any,
            target: str,
            method: str = "GET",
            body: str | None = None,
            headers: dict[str, str] | None = None,
        ) -> Answer:
            if server.port not in connections:
                connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=LIMIT)
                stack.callback(connection.close)
                connections[server.port] = connection
            connection = connections[server.port]
            connection.request(method, target, body, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, json.loads(answer.read()), answer.headers)

        yield ask


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests for snapshots are not passed on only because the machine is slow."""
    monkeypatch.setattr(books, "_WAIT_TO_FORWARD", LIMIT)


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
    snapshot = ask(relay, target)
    # Those that come later may be of another minute.
    assert int(snapshot.headers["X-MBX-USED-WEIGHT-1M"]) > 0
    first = snapshot.body["lastUpdateId"]
    wait_until(lambda: ask(relay, target).body["lastUpdateId"] > first)
    answer = ask(relay, target)
    assert answer.status == 200
    assert answer.headers["X-MBX-USED-WEIGHT"] == answer.headers["X-MBX-USED-WEIGHT-1M"]
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


def test_a_snapshot_is_asked_for_upstream_if_the_book_is_not_right_in_time(
    start: Start, ask: Ask, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some clients end if they wait for long."""
    monkeypatch.setattr(books, "_WAIT_TO_FORWARD", 0.05)
    simulator.refuse_connections(503)
    relay = start()
    answer = ask(relay, f"{DEPTH}?symbol=BTCUSDT&limit=20")
    assert (answer.status, len(answer.body["bids"])) == (200, 20)
    assert relay.stats().snapshots == 0
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


def test_a_ping_costs_nothing(start: Start, ask: Ask, simulator: Simulator) -> None:
    assert ask(start(), "/api/v3/ping").body == {}
    assert spent(simulator) == []


def test_the_time_is_that_of_the_venue(start: Start, ask: Ask, simulator: Simulator) -> None:
    """Its clock runs twenty times as fast as that of the relay's machine."""
    relay = start()
    before = ask(simulator, "/api/v3/time").body["serverTime"]
    found = ask(relay, "/api/v3/time").body["serverTime"]
    assert before <= found <= ask(simulator, "/api/v3/time").body["serverTime"]


@pytest.mark.parametrize(
    "target",
    [
        "historicalTrades?symbol=BTCUSDT&fromId=1",
        "aggTrades?symbol=BTCUSDT&fromId=1",
        "klines?symbol=BTCUSDT&interval=1s&startTime=0&timeZone=5:45",
    ],
)
def test_rows_are_those_of_the_venue(
    start: Start, ask: Ask, simulator: Simulator, target: str
) -> None:
    # So that the last row that is compared does not change any more.
    wait_until(lambda: len(ask(simulator, f"/api/v3/{target}&limit=7").body) == 7)
    mine, theirs = (ask(one, f"/api/v3/{target}&limit=5") for one in (start(), simulator))
    assert mine.status == 200
    assert mine.body == theirs.body
    assert len(mine.body) == 5


@pytest.mark.parametrize(
    "target",
    [
        "exchangeInfo?symbols=%5B%22BTCUSDT%22%5D&x=1",
        "klines?symbol=BTCUSDT&interval=2m",
        "aggTrades?symbol=NOSUCH",
        "ping?x=1",
        "ticker/24hr?symbol=BTCUSDT",
    ],
)
def test_what_the_venue_refuses_is_refused_in_its_words(
    start: Start, ask: Ask, simulator: Simulator, target: str
) -> None:
    mine, theirs = (ask(server, f"/api/v3/{target}") for server in (start(), simulator))
    assert (mine.status, mine.body) == (theirs.status, theirs.body)


def test_the_unit_of_times_is_passed_on(start: Start, ask: Ask, simulator: Simulator) -> None:
    target, name = "/api/v3/aggTrades?symbol=BTCUSDT&fromId=3&limit=1", "X-MBX-TIME-UNIT"
    relay = start()
    wait_until(lambda: len(ask(simulator, target).body) == 1)
    found = [
        ask(server, target, headers={name: "microsecond"}).body[0]["T"]
        for server in (simulator, relay)
    ]
    assert found[0] == found[1] > 10**15
    assert ask(relay, target).body[0]["T"] < 10**13
    assert ask(relay, target, headers={name: "hours"}).body["code"] == -1194


def test_what_is_not_public_is_refused_and_goes_no_further(
    start: Start, ask: Ask, simulator: Simulator
) -> None:
    relay = start()
    account = ask(relay, "/api/v3/account?timestamp=1&signature=abc")
    assert (account.status, account.body["code"]) == (404, -1)
    assert "/api/v3/depth" in account.body["msg"]
    signed = ask(relay, "/api/v3/klines?symbol=BTCUSDT&interval=1m&signature=abc")
    assert (signed.status, signed.body["code"]) == (400, -1104)
    posted = ask(relay, "/api/v3/klines", "POST", "symbol=BTCUSDT")
    assert (posted.status, posted.headers["Connection"]) == (405, "close")
    assert spent(simulator) == []


def test_a_body_is_refused(start: Start, ask: Ask) -> None:
    """Otherwise it would be taken for another request."""
    answer = ask(start(), "/api/v3/klines?symbol=BTCUSDT&interval=1m", "GET", "GET /x HTTP/1.1")
    assert (answer.status, answer.headers["Connection"]) == (400, "close")


def test_no_header_of_a_client_goes_further(start: Start) -> None:
    """Only that for the unit of times does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        relay = start(rest_url=f"http://127.0.0.1:{server.getsockname()[1]}")
        asking = http.client.HTTPConnection("127.0.0.1", relay.port, timeout=LIMIT)
        headers = {"X-MBX-APIKEY": "secret", "Cookie": "secret", "Authorization": "secret"}
        asking.request("GET", "/api/v3/avgPrice?symbol=BTCUSDT", None, headers)
        server.settimeout(LIMIT)
        with server.accept()[0] as peer:
            peer.settimeout(LIMIT)
            received = b""
            while b"\r\n\r\n" not in received:
                received += peer.recv(65_536)
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        assert asking.getresponse().read() == b"{}"
        asking.close()
    assert received.startswith(b"GET /api/v3/avgPrice?symbol=BTCUSDT HTTP/1.1\r\n")
    assert b"secret" not in received


@pytest.mark.parametrize("status", [429, 418])
def test_a_refusal_for_too_much_weight_is_one_for_all_clients(
    start: Start, ask: Ask, simulator: Simulator, status: int
) -> None:
    """The server is left alone meanwhile, whatever else is asked for."""
    simulator.refuse_rest(status, retry_after=3600)
    relay = start(book_depth=0)
    first = ask(relay, f"{DEPTH}?symbol=BTCUSDT")
    assert (first.status, first.body["code"]) == (status, -1003)
    assert int(first.headers["Retry-After"]) == 3600
    second = ask(relay, "/api/v3/avgPrice?symbol=BTCUSDT")
    assert (second.status, second.body["code"]) == (429, -1003)
    assert 3500 < int(second.headers["Retry-After"]) <= 3600
    assert len(spent(simulator)) == 1


def test_beside_a_log_there_may_be_a_rest_api(ask: Ask, simulator: Simulator) -> None:
    """A log has none, so the relay only has the time of its own machine."""
    target = "/api/v3/exchangeInfo"
    log = f"nats://127.0.0.1:{simulator.port}"
    with RunningRelay(log, rest_url=simulator.rest_url) as relay:
        assert ask(relay, target).body["symbols"] == ask(simulator, target).body["symbols"]
    with RunningRelay(log) as relay:
        refused = ask(relay, target)
        assert (refused.status, refused.body["code"]) == (404, -1)
        assert ask(relay, "/api/v3/time").body["serverTime"] > 10**12


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
