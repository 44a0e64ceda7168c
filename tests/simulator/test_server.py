"""The server over real connections: paths, answers, limits, pings, threads."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Opcode

from binance_streams import CATALOG
from binance_streams._examples import EXAMPLES
from binance_streams_simulator import Simulator
from tests.support.limits import LIMIT, MARGIN, MS


def ended(peer: Any) -> tuple[int, str]:
    """Read until the server closes; the code and the reason."""
    try:
        while True:
            peer.connection.recv(timeout=LIMIT)
    except ConnectionClosed as closed:
        frame = closed.rcvd
    assert frame is not None
    return frame.code, frame.reason


def test_a_client_that_leaves_while_it_connects_is_no_error(
    start: Any, open_peer: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever the version of websockets: a traceback would look like a fault of the program."""
    simulator = start()
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", simulator.port), LIMIT) as left:
            left.sendall(b"GET /stream HTTP/1.1\r\n")
    open_peer(simulator).subscribe("btcusdt@trade")
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


def test_every_stream_arrives_wrapped(start: Any, open_peer: Any) -> None:
    names = {example.stream for kind in CATALOG for example in EXAMPLES[kind.key][:1]}
    peer = open_peer(start(speed=10.0))
    peer.subscribe(*sorted(names))
    missing = set(names)
    while missing:
        message = peer.next()
        assert list(message) == ["stream", "data"]
        missing.discard(message["stream"])


def test_raw_paths_send_bare_payloads(start: Any, open_peer: Any) -> None:
    simulator = start(speed=10.0)
    assert open_peer(simulator, "/ws/btcusdt@trade").next()["e"] == "trade"
    both = open_peer(simulator, "/ws/btcusdt@trade/btcusdt@aggTrade")
    both.until(lambda message: message["e"] == "trade")
    both.until(lambda message: message["e"] == "aggTrade")


def test_a_combined_path_subscribes_at_once(start: Any, open_peer: Any) -> None:
    peer = open_peer(start(), "/stream?streams=btcusdt@kline_1m@+08:00/ethusdt@bookTicker")
    peer.until(lambda message: message["stream"] == "btcusdt@kline_1m@+08:00")
    peer.until(lambda message: message["stream"] == "ethusdt@bookTicker")
    assert peer.ask(method="LIST_SUBSCRIPTIONS", id=1)["result"] == [
        "btcusdt@kline_1m@+08:00",
        "ethusdt@bookTicker",
    ]


def test_combined_can_be_switched_while_events_flow(start: Any, open_peer: Any) -> None:
    peer = open_peer(start(speed=10.0), "/ws/btcusdt@trade")
    assert "stream" not in peer.next()
    peer.ask(method="SET_PROPERTY", params=["combined", True], id=1)
    assert peer.next()["stream"] == "btcusdt@trade"


def test_microseconds(start: Any, open_peer: Any) -> None:
    simulator = start(speed=10.0)
    micro = open_peer(simulator, "/ws/btcusdt@miniTicker?timeUnit=MICROSECOND").next()["E"]
    milli = open_peer(simulator, "/ws/btcusdt@miniTicker").next()["E"]
    # Both are of one market, and far less than a year apart however slow the machine is.
    assert abs(micro // 1_000 - milli) < 365 * 24 * 3_600_000


def test_unsubscribed_streams_fall_silent(start: Any, open_peer: Any) -> None:
    peer = open_peer(start(speed=10.0))
    peer.subscribe("btcusdt@trade", "ethusdt@trade")
    peer.until(lambda message: message.get("stream") == "btcusdt@trade")
    peer.ask(method="UNSUBSCRIBE", params=["btcusdt@trade"], id=2)
    assert {peer.next()["stream"] for _ in range(30)} == {"ethusdt@trade"}


def test_unknown_names_are_acknowledged_and_silent(start: Any, open_peer: Any) -> None:
    peer = open_peer(start(speed=10.0))
    peer.subscribe("BTCUSDT@trade", "btcusdt@nonsense", "ethusdt@trade")
    assert {peer.next()["stream"] for _ in range(30)} == {"ethusdt@trade"}
    assert len(peer.ask(method="LIST_SUBSCRIPTIONS", id=2)["result"]) == 3


def test_symbols_that_are_not_listed_are_confirmed_and_silent(start: Any, open_peer: Any) -> None:
    peer = open_peer(start(speed=10.0, symbols=["ethusdt"]))
    peer.subscribe("btcusdt@trade", "btcusdt@depth", "ethusdt@kline_1s", "!miniTicker@arr")
    seen = [peer.next() for _ in range(10)]
    assert {event["stream"] for event in seen} == {"ethusdt@kline_1s", "!miniTicker@arr"}


def test_unknown_paths_are_404(start: Any, open_peer: Any) -> None:
    with pytest.raises(InvalidStatus) as refused:
        open_peer(start(), "/nothing")
    assert refused.value.response.status_code == 404


def test_an_unknown_time_unit_is_400(start: Any, open_peer: Any) -> None:
    with pytest.raises(InvalidStatus) as refused:
        open_peer(start(), "/ws?timeUnit=HOUR")
    assert refused.value.response.status_code == 400


@pytest.mark.parametrize("kind", ["text", "ping", "pong"])
def test_more_than_five_messages_a_second_end_the_connection(
    start: Any, open_peer: Any, kind: str
) -> None:
    simulator = start()
    peer = open_peer(simulator)
    # On a slow machine the first of them may be a second old when the sixth arrives.
    with contextlib.suppress(ConnectionClosed):
        for number in itertools.count():
            if kind == "text":
                peer.connection.send(json.dumps({"method": "LIST_SUBSCRIPTIONS", "id": number}))
            elif kind == "ping":
                peer.connection.ping(str(number))
            else:
                peer.connection.pong()
            if number >= 5 and simulator.violations:
                break
    assert ended(peer) == (1008, "Too many requests")
    assert "6 messages in a second, 5 are allowed" in simulator.violations


def test_five_messages_a_second_are_fine(start: Any, open_peer: Any) -> None:
    simulator = start()
    peer = open_peer(simulator)
    for number in range(5):
        assert peer.ask(method="LIST_SUBSCRIPTIONS", id=number)["id"] == number
    assert simulator.violations == []


def test_large_frames_are_ignored_in_silence(start: Any, open_peer: Any) -> None:
    simulator = start()
    peer = open_peer(simulator)
    names = [f"symbol{number}@trade" for number in range(400)]
    peer.connection.send(json.dumps({"method": "SUBSCRIBE", "params": names, "id": 1}))
    assert peer.ask(method="LIST_SUBSCRIPTIONS", id=2) == {"result": [], "id": 2}
    assert len(simulator.violations) == 1


def test_a_message_in_fragments_is_one_message(start: Any, open_peer: Any) -> None:
    peer = open_peer(start())
    peer.connection.send(['{"method":"LIST_', 'SUBSCRIPTIONS",', '"id":7}'])
    assert peer.next() == {"result": [], "id": 7}


def test_1024_streams_and_no_more(start: Any, open_peer: Any) -> None:
    simulator = start(messages_per_second=1000, speed=0.01)
    peer = open_peer(simulator)
    names = [f"s{number}@trade" for number in range(1024)]
    for first in range(0, 1024, 128):
        peer.subscribe(*names[first : first + 128], id=first)
    refused = peer.ask(method="SUBSCRIBE", params=["btcusdt@depth"], id=19)
    assert refused == {"error": {"code": 4, "msg": "Too many subscriptions"}, "id": 19}
    assert simulator.subscriptions == [set(names)]


def test_a_url_with_too_many_streams_is_refused(start: Any, open_peer: Any) -> None:
    with pytest.raises(InvalidStatus) as refused:
        open_peer(start(streams_per_connection=2), "/stream?streams=a/b/c")
    assert refused.value.response.status_code == 400


def test_pings_come_with_a_payload_and_answers_keep_the_connection(
    start: Any, open_peer: Any
) -> None:
    simulator = start(ping_interval=50 * MS, pong_timeout=MARGIN, messages_per_second=1000)
    peer = open_peer(simulator)
    pings: list[bytes] = []
    receive = peer.connection.protocol.recv_frame

    def spy(frame: Any) -> None:
        if frame.opcode is Opcode.PING:
            pings.append(bytes(frame.data))
        receive(frame)

    peer.connection.protocol.recv_frame = spy
    simulator.wait_for(lambda: len(pings) >= 5, LIMIT)
    assert all(ping.isdigit() for ping in pings)
    (connection,) = simulator._server.connections
    # Where no ping waits for its pong, there is none that could come too late.
    simulator.wait_for(lambda: not connection._unanswered, LIMIT)
    assert simulator.connections == 1
    assert simulator.violations == []


def raw_connection(simulator: Simulator) -> socket.socket:
    """A handshake by hand, for a client that never answers anything."""
    raw = socket.create_connection(("127.0.0.1", simulator.port), timeout=LIMIT)
    raw.sendall(
        b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    return raw


def test_no_pong_ends_the_connection(start: Any) -> None:
    simulator = start(ping_interval=100 * MS, pong_timeout=1000 * MS)
    received = b""
    with raw_connection(simulator) as raw:
        while b"Pong timeout" not in received:
            more = raw.recv(4096)
            assert more, received
            if not received:
                # An unsolicited pong does not help: masked, empty.
                raw.sendall(b"\x8a\x80\x00\x00\x00\x00")
            received += more
    assert b"\x03\xf0Pong timeout" in received


def test_a_lifetime_ends(start: Any, open_peer: Any) -> None:
    assert ended(open_peer(start(connection_lifetime=200 * MS)))[0] == 1001


def test_connection_attempts_are_limited_where_asked(start: Any, open_peer: Any) -> None:
    simulator = start(connection_attempts=2)
    open_peer(simulator)
    open_peer(simulator)
    with pytest.raises(InvalidStatus) as refused:
        open_peer(simulator)
    assert refused.value.response.status_code == 429
    assert simulator.violations == ["3 connection attempts in 300 s"]


def test_the_shutdown_notice_reaches_everybody(start: Any, open_peer: Any) -> None:
    simulator = start()
    raw, combined = open_peer(simulator, "/ws"), open_peer(simulator)
    simulator.wait_for(lambda: simulator.connections == 2, LIMIT)
    simulator.shutdown_notice()
    assert raw.next()["e"] == "serverShutdown"
    message = combined.next()
    assert message["stream"] == "!serverShutdown"
    assert message["data"]["e"] == "serverShutdown"


def test_requests_are_remembered(start: Any, open_peer: Any) -> None:
    simulator = start()
    open_peer(simulator).subscribe("btcusdt@trade")
    assert simulator.received == [{"method": "SUBSCRIBE", "params": ["btcusdt@trade"], "id": 1}]


def test_compression_is_not_offered(start: Any, open_peer: Any) -> None:
    assert open_peer(start()).connection.response.headers.get("Sec-WebSocket-Extensions") is None


def descriptors() -> set[tuple[str, str]]:
    """What is open, and as what."""
    found = set()
    for name in os.listdir("/proc/self/fd"):
        # That of the folder itself is closed by now.
        with contextlib.suppress(FileNotFoundError):
            found.add((name, os.readlink(f"/proc/self/fd/{name}")))
    return found


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="no /proc to see descriptors in")
def test_nothing_is_left_behind(open_peer: Callable[..., Any]) -> None:
    """What other tests have left may end meanwhile."""
    Simulator().close()
    threads, before = {*threading.enumerate()}, descriptors()
    for _ in range(10):
        with Simulator() as simulator, raw_connection(simulator):
            open_socket = socket.create_connection(("127.0.0.1", simulator.port))
            simulator.wait_for(lambda: simulator.connections == 1, LIMIT)
            simulator.stall()
        open_socket.close()
    assert {*threading.enumerate()} <= threads
    assert descriptors() <= before


def test_close_twice_and_ask_afterwards() -> None:
    simulator = Simulator()
    simulator.close()
    simulator.close()
    assert simulator.connections == 0


def test_a_taken_port_is_an_error(start: Any) -> None:
    with pytest.raises(OSError, match="address"):
        Simulator(port=start().port)


def test_several_in_one_process(start: Any, open_peer: Any) -> None:
    for simulator in [start(seed=number) for number in range(5)]:
        assert open_peer(simulator, "/ws/btcusdt@depth5").next()["lastUpdateId"] > 0
