"""Pings and pongs, both ways."""

from __future__ import annotations

from binance_streams_simulator import Simulator
from tests.compat.conftest import Make, Told
from tests.support.frames import PING, PONG, frame, wrapped
from tests.support.limits import in_time, wait_until
from tests.support.raw_server import Peer, RawServer


def test_ping_is_answered_once_with_its_payload(make: Make, told: Told) -> None:
    """The old client sent an empty pong besides, which counted as a message."""
    pongs: list[tuple[int, bytes]] = []

    def handle(peer: Peer) -> None:
        peer.shake()
        for payload in (b"1795346408779", b"", b"\x00\xff"):
            peer.send(frame(payload, PING))
            pongs.append(peer.read_frame())
        peer.confirm()
        peer.send(frame(wrapped("btcusdt@trade", "1")))
        peer.drain()

    with RawServer(handle) as server:
        client = make(server.url, told)
        wait_until(lambda: len(pongs) == 3)
        client.trade("btcusdt")
        wait_until(lambda: len(told.texts) == 2)
        in_time(client.stop)
    assert pongs == [(PONG, b"1795346408779"), (PONG, b""), (PONG, b"\x00\xff")]
    assert told.calls == [
        ("on_open", ()),
        ("on_ping", (b"1795346408779",)),
        ("on_ping", (b"",)),
        ("on_ping", (b"\x00\xff",)),
        ("on_close", ()),
    ]


def test_ping_of_ones_own_is_a_ping_frame(make: Make, told: Told) -> None:
    pings: list[tuple[int, bytes]] = []

    def handle(peer: Peer) -> None:
        peer.shake()
        pings.append(peer.read_frame())
        peer.send(frame(b"", PONG))
        peer.drain()

    with RawServer(handle) as server:
        client = make(server.url, told)
        client.ping()
        wait_until(lambda: ("on_pong", ()) in told.calls)
        in_time(client.stop)
    assert pings == [(PING, b"")]


def test_many_pings_stay_below_the_limit(make: Make, told: Told, simulator: Simulator) -> None:
    """Five messages a second are allowed; the old client was cut off."""
    client = make(simulator.url, told)
    for _ in range(7):
        client.ping()
    client.trade("btcusdt")
    wait_until(lambda: told.names().count("on_pong") == 7)
    wait_until(lambda: told.texts)
    assert simulator.violations == []
    assert told.names().count("on_open") == 1


def test_ping_without_a_connection_is_none(make: Make, told: Told, simulator: Simulator) -> None:
    """It would tell nothing of the connection that comes."""
    client = make(simulator.url, told)
    simulator.refuse_connections()
    simulator.drop_connections()
    simulator.wait_for(lambda: simulator.connection_attempts > 1)
    client.ping()
    simulator.accept_connections()
    wait_until(lambda: told.names().count("on_open") == 2)
    client.ping()
    wait_until(lambda: "on_pong" in told.names())
