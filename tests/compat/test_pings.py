"""Pings and pongs, both ways."""

from __future__ import annotations

import time

from binance_streams_simulator import Simulator
from tests.compat.conftest import Make, Recorder
from tests.support.frames import PING, PONG, frame, wrapped
from tests.support.limits import in_time, wait_until
from tests.support.raw_server import Peer, RawServer


def test_ping_is_answered_once_with_its_payload(make: Make, recorder: Recorder) -> None:
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
        client = make(server.url, recorder)
        wait_until(lambda: len(pongs) == 3)
        client.trade("btcusdt")
        wait_until(lambda: len(recorder.texts) == 2)
        in_time(client.stop)
        in_time(client.join)
    assert pongs == [(PONG, b"1795346408779"), (PONG, b""), (PONG, b"\x00\xff")]
    assert recorder.calls == [
        ("on_open", ()),
        ("on_ping", (b"1795346408779",)),
        ("on_ping", (b"",)),
        ("on_ping", (b"\x00\xff",)),
        ("on_close", ()),
    ]


def test_ping_of_ones_own_is_a_ping_frame(make: Make, recorder: Recorder) -> None:
    pings: list[tuple[int, bytes]] = []

    def handle(peer: Peer) -> None:
        peer.shake()
        pings.append(peer.read_frame())
        peer.send(frame(b"", PONG))
        peer.drain()

    with RawServer(handle) as server:
        client = make(server.url, recorder)
        client.ping()
        wait_until(lambda: ("on_pong", ()) in recorder.calls)
        in_time(client.stop)
    assert pings == [(PING, b"")]


def test_many_pings_stay_below_the_limit(make: Make, recorder: Recorder) -> None:
    """Five messages a second are allowed; the old client was cut off.

    How many there are in each second is counted in simulated time, as a server may read those of
    two seconds together. Here it counts none, and eight take longer than a second.
    """
    with Simulator(speed=50, messages_per_second=0) as simulator:
        client = make(simulator.url, recorder)
        begun = time.monotonic()
        for _ in range(7):
            client.ping()
        client.trade("btcusdt")
        wait_until(lambda: recorder.names().count("on_pong") == 7)
        wait_until(lambda: recorder.texts)
        assert time.monotonic() - begun > 1
        assert simulator.connection_attempts == 1
        in_time(client.stop)
    assert recorder.names().count("on_open") == 1


def test_ping_without_a_connection_is_none(
    make: Make, recorder: Recorder, simulator: Simulator
) -> None:
    """It would say nothing of the connection that comes."""
    client = make(simulator.url, recorder)
    simulator.refuse_connections()
    simulator.drop_connections()
    simulator.wait_for(lambda: simulator.connection_attempts > 1)
    client.ping()
    simulator.accept_connections()
    wait_until(lambda: recorder.names().count("on_open") == 2)
    client.ping()
    wait_until(lambda: "on_pong" in recorder.names())
