"""What clients of a relay get: as at the venue, with one subscription upstream."""

from __future__ import annotations

import json
import logging
import urllib.request
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from binance_streams_simulator import Simulator
from tests.relay.conftest import Open, Start
from tests.support.limits import LIMIT, wait_until


def upstream(simulator: Simulator) -> list[str]:
    """All streams that are subscribed to upstream; one on two connections comes twice."""
    return sorted(name for names in simulator.subscriptions for name in names)


def test_messages_of_the_combined_path_are_those_of_upstream(
    start: Start, open_peer: Open, simulator: Simulator
) -> None:
    direct = open_peer(simulator, "/stream?streams=btcusdt@trade")
    direct.next()
    # What comes from now on comes to both.
    peer = open_peer(start(), "/stream?streams=btcusdt@trade")
    first = peer.connection.recv(timeout=LIMIT)
    same = direct.until(lambda message: message == json.loads(first))
    assert json.dumps(same, separators=(",", ":")) == first
    for _ in range(10):
        mine, theirs = (one.connection.recv(timeout=LIMIT) for one in (peer, direct))
        assert mine == theirs


def test_the_raw_path_has_bare_payloads(start: Start, open_peer: Open) -> None:
    relay = start()
    peer = open_peer(relay, "/ws/btcusdt@trade/ethusdt@trade")
    symbols = {"BTCUSDT", "ETHUSDT"}
    while symbols:
        message = peer.next()
        assert message["e"] == "trade"
        symbols.discard(message["s"])


def test_a_list_of_events_comes_in_both_forms(start: Start, open_peer: Open) -> None:
    relay = start()
    assert isinstance(open_peer(relay, "/ws/!ticker@arr").next(), list)
    assert isinstance(open_peer(relay, "/stream?streams=!ticker@arr").next()["data"], list)


def test_requests_are_answered_for_each_client(start: Start, open_peer: Open) -> None:
    relay = start()
    one, two = open_peer(relay), open_peer(relay, "/ws")
    one.subscribe("btcusdt@trade", "ethusdt@aggTrade")
    two.subscribe("ethusdt@aggTrade")
    assert one.ask(method="LIST_SUBSCRIPTIONS", id=2)["result"] == [
        "btcusdt@trade",
        "ethusdt@aggTrade",
    ]
    assert two.ask(method="LIST_SUBSCRIPTIONS", id="x")["result"] == ["ethusdt@aggTrade"]
    assert two.ask(method="GET_PROPERTY", params=["combined"], id=3)["result"] is False
    two.ask(method="SET_PROPERTY", params=["combined", True], id=4)
    assert two.until(lambda message: "stream" in message)["stream"] == "ethusdt@aggTrade"
    one.ask(method="UNSUBSCRIBE", params=["ethusdt@aggTrade"], id=5)
    assert {one.next()["stream"] for _ in range(5)} == {"btcusdt@trade"}


def test_refusals_are_the_venues(start: Start, open_peer: Open, simulator: Simulator) -> None:
    relay, direct = open_peer(start()), open_peer(simulator)
    wrong: list[dict[str, Any]] = [
        {"method": "SUBSCRIBE", "params": [1], "id": 1},
        {"method": "SUB", "params": [], "id": 2},
        {"method": "SUBSCRIBE", "params": ["btcusdt@trade"], "id": 1.5},
        {"method": "SET_PROPERTY", "params": ["combined", 1], "id": 4},
    ]
    for request in wrong:
        assert relay.ask(**request) == direct.ask(**request)
    with pytest.raises(InvalidStatus):
        open_peer(simulator, "/stream?timeUnit=hour")


def test_a_stream_is_subscribed_to_once_for_all_clients(
    start: Start, open_peer: Open, simulator: Simulator
) -> None:
    relay = start()
    peers = [open_peer(relay, "/ws/btcusdt@trade") for _ in range(10)]
    for peer in peers:
        peer.next()
    open_peer(relay).subscribe("btcusdt@trade")
    assert upstream(simulator) == ["btcusdt@trade"]
    assert [request["params"] for request in simulator.received] == [["btcusdt@trade"]]


def test_who_joins_a_stream_is_answered_while_upstream_is_silent(
    start: Start, open_peer: Open, simulator: Simulator
) -> None:
    """Nothing is asked upstream: its answers, if there were any, would not come."""
    relay = start()
    open_peer(relay, "/ws/btcusdt@trade").next()
    simulator.ignore_requests(100)
    late = open_peer(relay)
    late.subscribe("btcusdt@trade")
    assert late.next()["stream"] == "btcusdt@trade"
    assert len(simulator.received) == 1


def test_a_stream_that_nobody_needs_is_unsubscribed_after_a_while(
    start: Start, open_peer: Open, simulator: Simulator
) -> None:
    relay = start(linger=0.0)
    staying, leaving = open_peer(relay), open_peer(relay)
    staying.subscribe("btcusdt@trade", "ethusdt@trade")
    leaving.subscribe("btcusdt@trade", "bnbusdt@trade")
    wait_until(lambda: len(upstream(simulator)) == 3)
    leaving.connection.close()
    wait_until(lambda: upstream(simulator) == ["btcusdt@trade", "ethusdt@trade"])
    staying.ask(method="UNSUBSCRIBE", params=["ethusdt@trade"], id=2)
    wait_until(lambda: upstream(simulator) == ["btcusdt@trade"])
    staying.ask(method="UNSUBSCRIBE", params=["btcusdt@trade"], id=3)
    wait_until(lambda: upstream(simulator) == [])


def test_who_comes_back_at_once_costs_no_request(
    start: Start, open_peer: Open, simulator: Simulator
) -> None:
    relay = start(linger=600.0)
    for _ in range(3):
        peer = open_peer(relay, "/ws/btcusdt@trade")
        peer.next()
        peer.connection.close()
    wait_until(lambda: relay.stats().clients == 0)
    assert len(simulator.received) == 1
    assert relay.streams() == {"btcusdt@trade"}


def test_unknown_and_secret_streams_are_silent_and_go_no_further(
    start: Start, open_peer: Open, simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    key = "kTu6jDCwuG1kmq5BpuGEmIzAHELRrqVLYlvXjMXgYxWfDLEg4TLUoGkkhZ0S"
    peer = open_peer(start())
    with caplog.at_level(logging.DEBUG):
        peer.subscribe("BTCUSDT@trade", key, f"{key}x", "btcusdt@trade")
        assert peer.next()["stream"] == "btcusdt@trade"
    assert upstream(simulator) == ["btcusdt@trade"]
    assert key not in caplog.text
    assert "not in the catalog" in caplog.text


def test_microseconds_come_from_a_connection_of_their_own(
    start: Start, open_peer: Open, simulator: Simulator
) -> None:
    relay = start()
    milli = open_peer(relay, "/ws/btcusdt@trade")
    micro = open_peer(relay, "/ws/btcusdt@trade?timeUnit=MICROSECOND")
    assert len(str(milli.next()["T"])) == 13
    assert len(str(micro.next()["T"])) == 16
    assert upstream(simulator) == ["btcusdt@trade", "btcusdt@trade"]


def test_a_path_that_does_not_exist_is_refused(start: Start, open_peer: Open) -> None:
    relay = start()
    for target, status in (("/nothing", 404), ("/stream?timeUnit=hour", 400)):
        with pytest.raises(InvalidStatus) as refused:
            open_peer(relay, target)
        assert refused.value.response.status_code == status


def test_uvloop_serves_as_well(start: Start, open_peer: Open) -> None:
    uvloop = pytest.importorskip("uvloop", reason="UVLOOP IS NOT TESTED: it is not installed")
    relay = start(new_event_loop=uvloop.new_event_loop)
    assert open_peer(relay, "/ws/btcusdt@trade").next()["e"] == "trade"
    with urllib.request.urlopen(f"{relay.rest_url}/api/v3/ping", timeout=LIMIT) as answer:
        assert answer.read() == b"{}"
    relay.close()
