"""Refused for a while, much to subscribe again, and calls in the meantime."""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from binance_streams import VENUE, Client, Connected, ConnectionLost, Disconnected, Resubscribed
from binance_streams_runtime.catalog.streams import Catalog
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.limits import LIMIT, failure, in_time, wait_until
from tests.support.raw_server import Peer, RawServer
from tests.support.watching import Notices, at_once


def allow(monkeypatch: pytest.MonkeyPatch, **limits: int) -> None:
    """Let the venue allow more or less than it does."""
    changed = msgspec.structs.replace(VENUE.limits, **limits)
    monkeypatch.setattr(Client, "venue", msgspec.structs.replace(VENUE, limits=changed))


def soon() -> Iterator[float]:
    while True:
        yield 0.02


# Refused for a while


def test_pauses_grow_at_random_up_to_a_limit(
    connect: Connect, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once, then a random share (here a hundredth) of 0.5, 1, 2, 4, 8, 16, 30, 30 seconds."""
    monkeypatch.setattr(random, "random", lambda: 0.01)
    notices = Notices()
    simulator.refuse_connections()
    connect(simulator.url, on_notice=notices).trade("BTCUSDT")
    ends = notices.wait_for(Disconnected, 9)
    pauses = [end.retry_in for end in ends[:9]]
    assert pauses == pytest.approx([0, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.3, 0.3])


@pytest.mark.parametrize(
    ("status", "text"), [(None, "Reset"), (503, "overloaded"), (403, "firewall"), (451, "region")]
)
def test_it_comes_back_after_being_refused(
    connect: Connect, simulator: Simulator, status: int | None, text: str
) -> None:
    notices = Notices()
    client = connect(simulator.url, on_notice=notices, backoff=soon)
    subscription = client.trade("BTCUSDT")
    subscription.get(LIMIT)
    simulator.refuse_connections(status)
    simulator.drop_connections()
    _, *refusals = notices.wait_for(Disconnected, 4)
    simulator.accept_connections()
    assert {refusal.status for refusal in refusals} == {status}
    assert all(text in refusal.reason for refusal in refusals)
    assert all(refusal.retry_in == 0.02 for refusal in refusals)
    assert notices.wait_for(Resubscribed)[0].streams == ("btcusdt@trade",)


@pytest.mark.parametrize(
    ("status", "retry_after", "least"),
    [(429, 17, 17), (503, 20, 20), (429, None, 10), (418, None, 60)],
)
def test_the_server_says_how_long_to_wait(
    connect: Connect, simulator: Simulator, status: int, retry_after: int | None, least: int
) -> None:
    """A little more than that, at random, or all clients would come back in one wave."""
    notices = Notices()
    simulator.refuse_connections(status, retry_after=retry_after)
    connect(simulator.url, on_notice=notices, backoff=at_once).trade("BTCUSDT")
    (refusal,) = notices.wait_for(Disconnected)
    assert refusal.status == status
    assert refusal.retry_in is not None
    assert least <= refusal.retry_in <= least * 1.25
    assert simulator.connection_attempts == 1


def test_a_backoff_that_ends_gives_up(connect: Connect, simulator: Simulator) -> None:
    simulator.refuse_connections(503)
    client = connect(simulator.url, backoff=lambda: iter([0.0, 0.0]))
    error = failure(client.trade("BTCUSDT").wait)
    assert isinstance(error, ConnectionLost)
    assert error.status == 503
    assert simulator.connection_attempts == 3


# Much to subscribe again

STREAMS = 1024


def long_names(count: int, length: int = 32) -> list[str]:
    """Names of ``length`` characters, so that a frame of 4,096 bytes holds some of them only."""
    return [f"s{number:0{length - 7}}@trade" for number in range(count)]


def silent_simulator() -> Simulator:
    """It confirms streams and enforces limits; thousands of markets would cost too much."""
    return Simulator(catalog=Catalog(()), examples={})


def frames_needed(names: list[str]) -> int:
    """How many frames the names take at least: each with its quotes and a comma."""
    return -(-sum(len(name) + 3 for name in names) // VENUE.limits.frame_bytes)


def test_a_full_connection_is_subscribed_again(connect: Connect) -> None:
    """All of it is confirmed, on one connection, without breaking a limit."""
    names = long_names(STREAMS, length=18)
    notices = Notices()
    with silent_simulator() as simulator:
        client = connect(simulator.url, on_notice=notices, maxsize=8)
        for name in names:
            client.subscribe(name)
        wait_until(lambda: simulator.subscriptions == [set(names)])
        asked = len(simulator.received)
        simulator.drop_connections()
        (recovered,) = notices.wait_for(Resubscribed)
        assert sorted(recovered.streams) == names
        assert simulator.subscriptions == [set(names)]
        # Again they are asked for in full frames.
        assert len(simulator.received) - asked <= frames_needed(names) + 1
        assert {one.state for one in client.subscriptions} == {"confirmed"}
        assert simulator.violations == []


def test_three_thousand_subscriptions_in_a_loop(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three connections, no limit broken, and hardly more messages than they need."""
    allow(monkeypatch, connection_attempts=1_000_000)
    names = long_names(3000, length=24)
    with silent_simulator() as simulator:
        # What is sent while a slow loop goes on is in as many messages as that takes seconds.
        simulator.refuse_connections()
        client = connect(simulator.url, maxsize=8, backoff=soon)
        subscriptions = [client.subscribe(name) for name in names]
        simulator.accept_connections()
        for subscription in subscriptions:
            subscription.wait(LIMIT)
        carried = simulator.subscriptions
        assert sorted(map(len, carried)) == [3000 - 2 * STREAMS, STREAMS, STREAMS]
        assert set().union(*carried) == set(names)
        assert simulator.violations == []
        needed = sum(frames_needed(sorted(some)) for some in carried)
        # The limit is one of messages a second, so this is the share of time as well.
        assert needed <= len(simulator.received) <= 1.5 * needed


# Calls while disconnected


def test_calls_while_disconnected(connect: Connect, simulator: Simulator) -> None:
    """What is asked for in the end is what was wanted in the end; nothing else is mentioned."""
    notices = Notices()
    client = connect(simulator.url, on_notice=notices, backoff=soon)
    kept, left = client.trade("BTCUSDT"), client.trade("ETHUSDT")
    kept.get(LIMIT)
    left.wait(LIMIT)
    simulator.refuse_connections()
    simulator.drop_connections()
    notices.wait_for(Disconnected, 2)
    asked = len(simulator.received)
    left.unsubscribe()
    added = client.trade("BNBUSDT")
    client.agg_trade("BTCUSDT").unsubscribe()
    simulator.accept_connections()
    in_time(lambda: added.wait(LIMIT))
    wait_until(lambda: simulator.subscriptions == [{"btcusdt@trade", "bnbusdt@trade"}])
    named = {name for request in simulator.received[asked:] for name in request["params"]}
    assert named == {"btcusdt@trade", "bnbusdt@trade"}
    in_time(lambda: list(left))


def test_requests_with_ids_while_disconnected(connect: Connect, simulator: Simulator) -> None:
    notices = Notices()
    client = connect(simulator.url, on_notice=notices, backoff=soon)
    client.trade("BTCUSDT", id=1).get(LIMIT)
    simulator.refuse_connections()
    simulator.drop_connections()
    notices.wait_for(Disconnected, 2)
    client.agg_trade("ETHUSDT", id=7)
    client.unsubscribe("ethusdt@aggTrade", id=8)
    client.unsubscribe("btcusdt@trade", id=9)
    kept = client.trade("BNBUSDT", id=10)
    simulator.accept_connections()
    in_time(lambda: kept.wait(LIMIT))
    wait_until(lambda: simulator.subscriptions == [{"bnbusdt@trade"}])
    # Each id is free again.
    in_time(lambda: client.agg_trade("BTCUSDT", id=7).wait(LIMIT))


def test_calls_while_reconnecting(connect: Connect) -> None:
    """In the midst of the second handshake."""
    go_on = threading.Event()
    requests: list[Any] = []
    first = threading.Event()

    def handle(peer: Peer) -> None:
        if not first.is_set():
            first.set()
            peer.shake()
            peer.confirm()
            return
        go_on.wait(LIMIT)
        peer.shake()
        while True:
            requests.append(peer.confirm())

    with RawServer(handle) as server:
        client = connect(server.url)
        left = client.trade("BTCUSDT")
        wait_until(lambda: len(server.peers) == 2)
        added = client.trade("ETHUSDT")
        left.unsubscribe()
        go_on.set()
        in_time(lambda: added.wait(LIMIT))
        # The client may hear of it before the server's thread goes on.
        wait_until(lambda: requests)
        assert [request["params"] for request in requests] == [["ethusdt@trade"]]


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_called_between_losses(
    connect: Connect, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """The server's limit of messages a second is lifted, to have many of them."""
    allow(monkeypatch, messages_per_second=10_000, connection_attempts=10_000)
    with Simulator(speed=10, messages_per_second=10_000) as server:
        client = connect(server.url, backoff=at_once)
        dice = random.Random(seed)
        names = [f"s{number}@trade" for number in range(20)]
        desired: set[str] = set()
        for _ in range(300):
            name = dice.choice(names)
            if dice.random() < 0.05:
                # The server may be closing one of them in this moment.
                with contextlib.suppress(OSError):
                    server.drop_connections()
            elif dice.random() < 0.5:
                client.subscribe(name)
                desired.add(name)
            else:
                client.unsubscribe(name)
                desired.discard(name)
        wait_until(lambda: {one.name for one in client.subscriptions} == desired)
        wait_until(lambda: [some for some in server.subscriptions if some] == [desired])
        for subscription in client.subscriptions:
            subscription.wait(LIMIT)
        assert set(in_time(client.list_subscriptions)) == desired


def test_a_stream_that_is_wanted_again_at_once(connect: Connect, simulator: Simulator) -> None:
    notices = Notices()
    client = connect(simulator.url, on_notice=notices, backoff=soon)
    client.trade("BTCUSDT").get(LIMIT)
    simulator.refuse_connections()
    simulator.drop_connections()
    notices.wait_for(Disconnected, 2)
    client.unsubscribe("btcusdt@trade")
    again = client.trade("BTCUSDT")
    simulator.accept_connections()
    assert in_time(lambda: again.get(LIMIT)).symbol == "BTCUSDT"
    assert len(notices.wait_for(Connected, 2)) == 2
    assert simulator.subscriptions == [{"btcusdt@trade"}]
