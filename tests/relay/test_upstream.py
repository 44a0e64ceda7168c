"""What becomes of clients while connections upstream are lost or replaced."""

from __future__ import annotations

import itertools
import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from binance_streams import Client, Gap
from binance_streams_simulator import Simulator
from tests.relay.conftest import Open, Start, newest_trade
from tests.support.limits import LIMIT, wait_until
from tests.support.log_writer import LogWriter, depth, snapshot
from tests.support.nats_server import NatsServer
from tests.support.relays import RunningRelay


def take(peer: Any, count: int) -> list[int]:
    """The ids of as many trades."""
    return [peer.until(lambda message: "data" in message)["data"]["t"] for _ in range(count)]


def test_a_cut_upstream_is_a_jump_in_the_ids(
    start: Start, open_peer: Open, simulator: Simulator
) -> None:
    """Clients stay connected, miss what was sent meanwhile, and get nothing twice."""
    relay = start()
    peer = open_peer(relay, "/stream?streams=btcusdt@trade")
    ids = take(peer, 20)
    simulator.drop_connections()
    last = newest_trade(simulator) + 100
    while ids[-1] < last:
        ids += take(peer, 1)
    assert ids == sorted(set(ids))
    stats = relay.stats()
    assert stats.clients_accepted == 1
    jumps = sum(after - before > 1 for before, after in itertools.pairwise(ids))
    assert jumps == stats.gaps


def test_a_handover_upstream_is_not_seen(
    start: Start, open_peer: Open, simulator: Simulator
) -> None:
    """The announcement is for the relay itself: it has connected anew before anything is lost."""
    relay = start()
    peer = open_peer(relay, "/stream?streams=btcusdt@trade")
    first = peer.next()
    simulator.shutdown_notice()
    messages = [first]
    wait_until(lambda: simulator.connection_attempts >= 2)
    wait_until(lambda: simulator.connections == 1)
    while len(messages) < 200:
        messages.append(peer.next())
    assert {message["stream"] for message in messages} == {"btcusdt@trade"}
    ids = [message["data"]["t"] for message in messages]
    assert ids == list(range(ids[0], ids[0] + len(ids)))
    assert relay.stats().gaps == 0


def test_this_client_sees_a_gap_for_what_the_relay_missed(
    start: Start, simulator: Simulator
) -> None:
    relay = start()
    with Client(relay.url) as client:
        trades = client.trade("btcusdt")
        trades.wait(LIMIT)
        items = trades.with_notices()
        next(items)
        simulator.skip_events("btcusdt@trade", 3)
        gap = next(item for item in items if isinstance(item, Gap))
        assert gap.missing == 3
    assert relay.stats().gaps == 1


def test_with_redundancy_each_message_comes_once(
    start: Start, open_peer: Open, simulator: Simulator
) -> None:
    relay = start(redundancy=2)
    peer = open_peer(relay, "/stream?streams=btcusdt@trade")
    peer.next()
    wait_until(lambda: simulator.connections == 2)
    ids = take(peer, 100)
    assert ids == list(range(ids[0], ids[0] + 100))


def test_a_log_is_relayed_as_a_server_is(nats_server: NatsServer, open_peer: Open) -> None:
    """In order, each once, with order books that begin with its snapshots."""
    log = LogWriter(nats_server)
    log.snapshot("BTCUSDT", snapshot(100, [["1.0", "2.0"]], [["3.0", "1.0"]]))
    log.write("btcusdt@depth@100ms", [depth(101, 102, [["1.5", "7"]])])
    log.trades([1, 3, 2, 4], by="a")
    log.trades([2, 4, 5], by="b")
    with RunningRelay(f"{nats_server.url}?from=all") as relay:
        peer = open_peer(relay, "/stream?streams=btcusdt@trade")
        assert take(peer, 5) == [1, 2, 3, 4, 5]
        last = {
            "lastUpdateId": 102,
            "bids": [["1.5", "7"], ["1.0", "2.0"]],
            "asks": [["3.0", "1.0"]],
        }
        wait_until(lambda: _book(relay) == last)
        with pytest.raises(urllib.error.HTTPError, match="404") as refused:
            urllib.request.urlopen(f"{relay.rest_url}/api/v3/exchangeInfo", timeout=LIMIT)
        refused.value.close()
        with pytest.raises(InvalidStatus):
            open_peer(relay, "/stream?timeUnit=MICROSECOND")


def _book(relay: RunningRelay) -> Any:
    url = f"{relay.rest_url}/api/v3/depth?symbol=BTCUSDT&limit=5"
    with urllib.request.urlopen(url, timeout=LIMIT) as answer:
        return json.loads(answer.read())
