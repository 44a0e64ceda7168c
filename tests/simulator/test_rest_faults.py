"""Faults of the REST API on order."""

from __future__ import annotations

import http.client
import time
from typing import Any

import pytest

from binance_streams_simulator.book import Book
from tests.support.limits import LIMIT, MS, wait_until
from tests.support.rest import ask

TARGET = "/api/v3/aggTrades?symbol=BTCUSDT&limit=1000"
DEPTH = "/api/v3/depth?symbol=BTCUSDT&limit=5000"


def connect(simulator: Any, timeout: float = LIMIT) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", simulator.port, timeout=timeout)


def test_requests_are_refused_with_a_page(start: Any) -> None:
    simulator = start()
    simulator.refuse_rest()
    answer = ask(simulator, TARGET)
    assert (answer.status, answer.headers["Content-Type"]) == (503, "text/html")
    assert answer.body.startswith(b"<html>")
    simulator.accept_rest()
    assert ask(simulator, TARGET).status == 200


def test_some_requests_are_refused_with_a_pause(start: Any) -> None:
    simulator = start()
    simulator.refuse_rest(429, retry_after=7, body='{"code":-1003,"msg":"x"}', requests=2)
    answers = [ask(simulator, TARGET) for _ in range(3)]
    assert [each.status for each in answers] == [429, 429, 200]
    assert [each.headers["Retry-After"] for each in answers] == ["7", "7", None]
    # It was ordered: no client did anything wrong.
    assert simulator.violations == []


def test_a_status_without_a_name_is_sent_as_well(start: Any) -> None:
    """Content delivery networks have some of their own."""
    simulator = start()
    simulator.refuse_rest(520, requests=1)
    assert ask(simulator, TARGET).status == 520
    assert ask(simulator, TARGET).status == 200


def test_a_stalled_request_gets_no_answer(start: Any) -> None:
    simulator = start()
    simulator.stall_rest()
    connection = connect(simulator, timeout=200 * MS)
    connection.request("GET", TARGET)
    with pytest.raises(TimeoutError):
        connection.getresponse()
    connection.close()
    wait_until(lambda: [call.status for call in simulator.rest_requests] == [None])


def test_a_truncated_answer_is_shorter_than_it_says(start: Any) -> None:
    simulator = start()
    simulator.truncate_rest(requests=1)
    connection = connect(simulator)
    connection.request("GET", TARGET)
    with pytest.raises(http.client.IncompleteRead):
        connection.getresponse().read()
    connection.close()
    assert ask(simulator, TARGET).status == 200


def test_a_slow_answer_comes_in_pieces(start: Any) -> None:
    simulator = start()
    simulator.slow_rest(300 * MS)
    began = time.monotonic()
    assert ask(simulator, TARGET).status == 200
    assert time.monotonic() - began >= 250 * MS


def test_the_connection_is_reset_instead_of_an_answer(start: Any) -> None:
    simulator = start()
    simulator.reset_rest(requests=1)
    connection = connect(simulator)
    connection.request("GET", TARGET)
    with pytest.raises(ConnectionError):
        connection.getresponse()
    connection.close()


def test_open_connections_can_be_dropped(start: Any) -> None:
    simulator = start()
    connection = connect(simulator)
    connection.request("GET", TARGET)
    connection.getresponse().read()
    simulator.drop_rest_connections()
    with pytest.raises(ConnectionResetError):
        connection.sock.recv(1)
    connection.close()


def test_streams_and_rest_fail_apart(start: Any, open_peer: Any) -> None:
    simulator = start(speed=10.0)
    simulator.refuse_rest()
    open_peer(simulator, "/ws/btcusdt@trade").next()
    simulator.accept_rest()
    simulator.refuse_connections(503)
    simulator.stall()
    assert ask(simulator, TARGET).status == 200
    simulator.unstall()


def test_rows_lag_behind_the_stream(start: Any, open_peer: Any) -> None:
    simulator = start(speed=20.0)
    peer = open_peer(simulator, "/ws/btcusdt@trade")
    newest = peer.next()["t"]
    simulator.rest_lag(3600.0)
    target = f"/api/v3/historicalTrades?symbol=BTCUSDT&fromId={newest}"
    assert ask(simulator, target).json == []
    simulator.rest_lag(0.0)
    assert ask(simulator, target).json[0]["id"] == newest


def test_snapshots_lag_behind_the_updates(start: Any, open_peer: Any) -> None:
    simulator = start(speed=20.0)
    before = ask(simulator, DEPTH).json
    peer = open_peer(simulator, "/ws/btcusdt@depth@100ms")
    for _ in range(10):
        last_id = peer.next()["u"]
    assert ask(simulator, DEPTH).json["lastUpdateId"] >= last_id
    simulator.rest_lag(0.0, snapshots=3600.0)
    assert ask(simulator, DEPTH).json == before


def test_a_book_remembers_how_it_was() -> None:
    book = Book(update_id=10)
    states = []
    for time_, (price, quantity) in enumerate([(5, 1), (6, 2), (5, 0), (6, 3), (7, 1)]):
        book.time = time_
        book.change(book.bids, price, quantity)
        states.append(book.snapshot(10))
    for time_, state in enumerate(states):
        assert book.snapshot(10, until=time_) == state
    assert book.snapshot(10, until=-1).bids == []
    assert book.snapshot(10) == states[-1]


def test_the_true_book_is_known_at_each_update(start: Any, open_peer: Any) -> None:
    simulator = start(speed=20.0)
    before = simulator.order_book("BTCUSDT")
    peer = open_peer(simulator, "/ws/btcusdt@depth@100ms")
    update = peer.until(lambda each: each["u"] > before[0] + 50)
    assert simulator.order_book("btcusdt", before[0]) == before
    last_id, bids, _ = simulator.order_book("BTCUSDT", update["u"])
    assert last_id == update["u"]
    quantities = dict(map(tuple, bids))
    for price, quantity in update["b"]:
        assert quantities.get(price, "0.00000000") == quantity
    with pytest.raises(ValueError, match="known are updates "):
        simulator.order_book("BTCUSDT", 10**15)
    with pytest.raises(ValueError, match="nobody has asked for 'NOPE'"):
        simulator.order_book("NOPE")


def test_updates_can_lack_their_levels(start: Any, open_peer: Any) -> None:
    simulator = start(speed=20.0)
    peer = open_peer(simulator, "/ws/btcusdt@depth@100ms")
    before = peer.next()
    simulator.empty_events("btcusdt@depth@100ms")
    emptied: list[Any] = []
    while not emptied:
        update = peer.next()
        assert update["U"] == before["u"] + 1
        if not update["b"] and not update["a"]:
            emptied.append(update)
        before = update
    after = peer.next()
    assert after["U"] == emptied[0]["u"] + 1
    assert after["b"] or after["a"]


@pytest.mark.parametrize("lag", [(-1.0, 0.0), (0.0, -1.0)])
def test_a_lag_is_not_below_zero(start: Any, lag: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="a lag is 0 seconds or more"):
        start().rest_lag(lag[0], snapshots=lag[1])


def test_ids_begin_anew_on_the_same_connection(start: Any, open_peer: Any) -> None:
    simulator = start(speed=20.0)
    peer = open_peer(simulator, "/stream?streams=btcusdt@trade/btcusdt@depth@100ms")
    old = ask(simulator, DEPTH).json
    peer.until(lambda message: message["stream"] == "btcusdt@trade")
    simulator.restart_ids("BTCUSDT")
    trade = peer.until(lambda message: message["data"].get("t", old["lastUpdateId"]) < 1_000)
    rows = ask(simulator, "/api/v3/historicalTrades?symbol=BTCUSDT&fromId=0").json
    assert rows[0]["id"] == 1
    assert trade["data"]["t"] in [row["id"] for row in rows]
    update = peer.until(lambda message: message["data"].get("u", 10**12) < 100_000)["data"]
    new = ask(simulator, DEPTH).json
    assert update["U"] <= new["lastUpdateId"] < old["lastUpdateId"]
    assert new["bids"] != old["bids"]
    with pytest.raises(ValueError, match="nobody has asked for 'NOPE'"):
        simulator.restart_ids("NOPE")
