"""The REST requests of clients: results reach the engine, and closing waits for none."""

from __future__ import annotations

import queue
import time
from typing import Any

import msgspec

from binance_streams import Client
from binance_streams_runtime.engine import Engine
from binance_streams_runtime.protocol.rest import Need, RestRequest
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.fetching import answer, answering, http
from tests.support.limits import LIMIT, client_threads, wait_until
from tests.support.proxies import at, http_proxy
from tests.support.raw_server import Peer, RawServer


def request(client: Client[Any], path: str = "/rows", **query: str) -> RestRequest:
    """A request to the client's own server."""
    server = client._engine._engine.rest
    assert server is not None
    return RestRequest(
        *(server.url_of(path), path, query, 5, Need.BOOK, LIMIT, msgspec.json.decode),
        server.headers,
    )


def fetch(client: Client[Any], made: RestRequest) -> queue.Queue[Any]:
    """Have the engine make a request; where the result will be."""
    results: queue.Queue[Any] = queue.Queue()

    def done(now: float, result: object) -> None:
        results.put(result)

    def start(now: float, engine: Engine) -> None:
        engine.fetches.start(made, done)

    # An asynchronous client belongs to a loop from its first subscription on.
    client.trade("BTCUSDT")
    client._engine.command(start)
    return results


def test_a_snapshot_of_the_simulator(connect: Connect, simulator: Simulator) -> None:
    client = connect(simulator.url)
    snapshot = fetch(client, request(client, "/api/v3/depth", symbol="BTCUSDT", limit="5")).get(
        timeout=LIMIT
    )
    assert len(snapshot["bids"]) == len(snapshot["asks"]) == 5


def test_rest_url_and_proxy_are_those_of_the_client(connect: Connect, simulator: Simulator) -> None:
    seen: list[bytes] = []
    with RawServer(answering(answer(b"[1]"))) as server, RawServer(http_proxy(seen)) as proxy:
        client = connect(simulator.url, rest_url=http(server), proxy=at(proxy))
        assert fetch(client, request(client)).get(timeout=LIMIT) == [1]
        tunnels = [head.split()[1].decode() for head in seen]
        assert tunnels.count(f"127.0.0.1:{server.port}") == 1


def test_closing_a_client_waits_for_no_request(connect: Connect, simulator: Simulator) -> None:
    heads: list[bytes] = []

    def hang(peer: Peer) -> None:
        heads.append(peer.read_head())
        peer.hold()

    with RawServer(hang) as server:
        client = connect(simulator.url, rest_url=http(server))
        results = fetch(client, request(client))
        wait_until(lambda: heads)
        begun = time.monotonic()
        client.close()
        assert time.monotonic() - begun < LIMIT / 2
        wait_until(lambda: not client_threads())
        assert results.empty()


def test_the_thread_serves_many_clients(connect: Connect, simulator: Simulator) -> None:
    clients = [connect(simulator.url) for _ in range(4)]
    pending = [
        fetch(client, request(client, "/api/v3/depth", symbol="BTCUSDT", limit="5"))
        for client in clients
    ]
    assert [len(results.get(timeout=LIMIT)["bids"]) for results in pending] == [5] * 4
    threads = [thread.name for thread in client_threads()]
    assert threads.count("binance-streams-rest") == 1


def test_statistics_say_what_rest_has_used(connect: Connect, simulator: Simulator) -> None:
    client = connect(simulator.url)
    assert client.stats().rest_requests == 0
    made = request(client, "/api/v3/depth", symbol="BTCUSDT", limit="5")
    for _ in range(2):
        fetch(client, made).get(timeout=LIMIT)
    stats = client.stats()
    assert (stats.rest_requests, stats.rest_weight, stats.rest_pending) == (2, 10, 0)

    def has_counted_others() -> bool:
        simulator.set_used_weight(100)
        fetch(client, made).get(timeout=LIMIT)
        return client.stats().rest_weight_used == 105

    # Not if the server's minute ends in between.
    wait_until(has_counted_others)
