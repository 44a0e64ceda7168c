"""What becomes of clients while connections upstream are lost or replaced."""

from __future__ import annotations

import itertools
from typing import Any

from binance_streams import Client, Gap
from binance_streams_simulator import Simulator
from tests.relay.conftest import Open, Start
from tests.support.limits import LIMIT, wait_until


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
    ids += take(peer, 200)
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
    wait_until(lambda: simulator.connection_attempts == 2)
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
