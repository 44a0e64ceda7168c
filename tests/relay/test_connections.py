"""Limits, pings, slow clients, and the end: as at the venue."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import ssl
import urllib.request
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from binance_streams import ParameterError
from binance_streams_relay import Relay, RelayLimits, RelayOptions
from binance_streams_relay.connection import RelayConnection
from binance_streams_simulator import Simulator
from tests.relay.conftest import Open, Start
from tests.support.certificates import authority, trusting
from tests.support.frames import close_frame, frame
from tests.support.limits import LIMIT, MS, wait_until
from tests.support.relays import RunningRelay

FIRST = 10**12
MANY = 1000
"""More large messages than the buffers of any system hold, and more requests than are allowed."""
SILENT = 1e-6
"""The speed of a server that sends nothing by itself after its first step."""

HANDSHAKE = (
    b"GET %b HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


def ended(peer: Any) -> tuple[int, str]:
    """Read until the server closes; the code and the reason."""
    try:
        while True:
            peer.connection.recv(timeout=LIMIT)
    except ConnectionClosed as closed:
        frame = closed.rcvd
    assert frame is not None
    return frame.code, frame.reason


def test_who_sends_too_much_is_disconnected(start: Start) -> None:
    relay = start()
    # Six are too many if they are of one second: these arrive together.
    requests = b"".join(
        frame(json.dumps({"method": "LIST_SUBSCRIPTIONS", "id": id}), mask=bytes(4))
        for id in range(MANY)
    )
    with _silent(relay, "/stream") as opened:
        opened.sendall(requests)
        received = b""
        while close_frame(1008, "Too many requests") not in received:
            received += _more(opened)
    assert relay.stats().violations == 1


def test_a_request_that_is_too_long_is_ignored(start: Start, open_peer: Open) -> None:
    peer = open_peer(start())
    peer.connection.send(json.dumps({"method": "LIST_SUBSCRIPTIONS", "id": "x" * 5000}))
    assert peer.ask(method="LIST_SUBSCRIPTIONS", id=2)["id"] == 2


def test_more_streams_than_allowed_are_refused(start: Start, open_peer: Open) -> None:
    peer = open_peer(start(limits=RelayLimits(streams_per_connection=2)))
    answer = peer.ask(method="SUBSCRIBE", params=["a@trade", "b@trade", "c@trade"], id=1)
    assert answer["error"]["code"] == 4


def test_limits_can_be_lifted(start: Start, open_peer: Open) -> None:
    peer = open_peer(start(limits=RelayLimits.none()))
    names = [f"unknown{number}" for number in range(1100)]
    for id in range(10):
        peer.subscribe(*names, id=id)
    assert len(peer.ask(method="LIST_SUBSCRIPTIONS", id=11)["result"]) == 1100


def test_who_answers_no_ping_is_disconnected(start: Start) -> None:
    limits = RelayLimits(ping_interval=50 * MS, pong_timeout=100 * MS)
    relay = start(limits=limits)
    with socket.create_connection(("127.0.0.1", relay.port), LIMIT) as silent:
        silent.settimeout(LIMIT)
        silent.sendall(HANDSHAKE % b"/stream")
        received = b""
        while b"\x03\xf0Pong timeout" not in received:
            received += _more(silent)
    # A ping has the time in milliseconds, as at the venue.
    assert b"\x89\x0d" in received


@pytest.mark.parametrize(
    "path", ["/ws/币安人生usdt@trade", "/ws/%E5%B8%81%E5%AE%89%E4%BA%BA%E7%94%9Fusdt@trade"]
)
def test_a_symbol_in_a_path_may_have_letters_of_any_alphabet(
    start: Start, simulator: Simulator, path: str
) -> None:
    """As bytes of UTF-8, which some clients send, or encoded as URLs should be."""
    with socket.create_connection(("127.0.0.1", start().port), LIMIT) as opened:
        opened.settimeout(LIMIT)
        opened.sendall(HANDSHAKE % path.encode())
        received = b""
        while "币安人生USDT".encode() not in received:
            received += _more(opened)
    assert {"币安人生usdt@trade"} in simulator.subscriptions


def test_who_expects_tls_where_there_is_none_is_disconnected_at_once(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Long before a client without a request would be."""
    monkeypatch.setattr("binance_streams_simulator.connection._FIRST_BYTES_TIMEOUT", 2 * LIMIT)
    relay = start()
    with (
        socket.create_connection(("127.0.0.1", relay.port), LIMIT) as opened,
        pytest.raises((ConnectionError, ssl.SSLEOFError)),
    ):
        ssl.create_default_context().wrap_socket(opened, server_hostname="localhost")


def test_who_answers_pings_stays(start: Start, open_peer: Open) -> None:
    limits = RelayLimits(ping_interval=20 * MS, pong_timeout=LIMIT, messages_per_second=0)
    peer = open_peer(start(limits=limits), "/ws/btcusdt@trade")
    for _ in range(20):
        peer.next()


def test_who_does_not_read_is_disconnected_and_holds_up_nobody(open_peer: Open) -> None:
    with (
        Simulator(speed=SILENT) as simulator,
        RunningRelay(simulator, max_pending_bytes=64 * 1024) as relay,
    ):
        good = open_peer(relay)
        good.subscribe("btcusdt@trade")
        with _silent(relay, "/stream?streams=btcusdt@trade"):
            wait_until(lambda: relay.listeners("btcusdt@trade") == 2)
            wait_until(lambda: {"btcusdt@trade"} in simulator.subscriptions)
            number = FIRST
            while not relay.stats().clients_dropped:
                number += 1
                assert number < FIRST + MANY
                simulator.send_raw(_trade(number, filler=100_000))
                good.until(lambda message: message["data"]["t"] == number)  # noqa: B023
            wait_until(lambda: relay.stats().clients == 1)
        simulator.send_raw(_trade(number + 1))
        assert good.next()["data"]["t"] == number + 1


def test_a_client_that_reads_no_answer_to_its_pings_is_dropped(
    start: Start, open_peer: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are answered by the library, so that nobody else counts what waits."""
    relay = start(max_pending_bytes=64 * 2**10)
    peer = open_peer(relay)
    monkeypatch.setattr(RelayConnection, "unsent_bytes", 64 * 2**10 + 2**20)
    relay.do(lambda: next(iter(relay._relay._connections)).watch(0.0, 0))
    assert relay.stats().clients_dropped == 0
    monkeypatch.setattr(RelayConnection, "unsent_bytes", 64 * 2**10 + 2**20 + 1)
    wait_until(lambda: relay.stats().clients_dropped == 1)
    with pytest.raises(ConnectionClosed):
        peer.next()


def test_of_whole_states_a_slow_client_gets_the_newest() -> None:
    """Nothing is dropped of the other streams, and what comes is in order."""
    with (
        Simulator(speed=SILENT) as simulator,
        RunningRelay(simulator, slow="conflate", max_pending_bytes=64 * 2**20) as relay,
    ):
        with _silent(relay, "/stream?streams=btcusdt@bookTicker/btcusdt@trade") as slow:
            wait_until(lambda: relay.listeners("btcusdt@bookTicker") == 1)
            wait_until(lambda: any(simulator.subscriptions))
            number = FIRST
            while relay.stats().messages_conflated < 10:
                number += 1
                assert number < FIRST + MANY
                simulator.send_raw(_trade(number, filler=100_000))
                simulator.send_raw(_ticker(number))
            simulator.send_raw(_trade(number + 1))
            trades, tickers = _read_until_trade(slow, number + 1)
        assert [id for id in trades if id > FIRST] == list(range(FIRST + 1, number + 2))
        assert tickers[-1] == number
        assert tickers == sorted(tickers)
        assert relay.stats().messages_conflated == number - FIRST - len(
            [id for id in tickers if id > FIRST]
        )


def test_the_end_is_announced(start: Start, open_peer: Open) -> None:
    relay = start()
    combined, raw = open_peer(relay), open_peer(relay, "/ws/btcusdt@trade")
    raw.next()
    wait_until(lambda: relay.stats().clients == 2)
    relay.close()
    notice = combined.until(lambda message: message.get("stream") == "!serverShutdown")
    assert notice["data"]["e"] == "serverShutdown"
    assert raw.until(lambda message: message["e"] == "serverShutdown")["E"] > 10**12
    assert ended(combined) == (1001, "")
    assert ended(raw) == (1001, "")


def test_it_closes_while_upstream_cannot_be_reached(open_peer: Open) -> None:
    with Simulator() as simulator:
        relay = RunningRelay(simulator)
        simulator.close()
        peer = open_peer(relay)
        peer.subscribe("btcusdt@trade")
        relay.close()
        ended(peer)


def test_tls_serves_wss_and_https(start: Start, open_peer: Open, tmp_path: Any) -> None:
    ca = authority()
    pem = tmp_path / "relay.pem"
    ca.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(pem))
    relay = start(tls_certificate=str(pem))
    assert relay.url == f"wss://127.0.0.1:{relay.port}"
    context = trusting(ca)
    assert open_peer(relay, "/ws/btcusdt@trade", ssl=context).next()["e"] == "trade"
    ping = f"{relay.rest_url}/api/v3/ping"
    with urllib.request.urlopen(ping, timeout=LIMIT, context=context) as answer:
        assert answer.read() == b"{}"


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"upstream": "nowhere"}, "'production'"),
        ({"upstream": "replay:rec"}, "a recording"),
        ({"port": 70_000}, "65535"),
        ({"slow": "drop"}, "'conflate'"),
        ({"max_pending_bytes": 1}, "at least 65536"),
        ({"tls_key": "nowhere.pem"}, "a file that exists"),
        ({"tls_certificate": __file__}, "PEM files with a certificate"),
        ({"market": "nowhere"}, "a generated package"),
        ({"linger": -1}, "seconds, from 0"),
        ({"limits": RelayLimits(ping_interval=0)}, "seconds, above 0"),
        ({"limits": RelayLimits(frame_bytes=-1)}, "bytes, at least 0"),
        ({"limits": RelayLimits(connection_lifetime=-1)}, "seconds, from 0"),
    ],
)
def test_what_is_not_allowed_is_refused_before_anything_is_done(
    options: dict[str, Any], text: str
) -> None:
    with pytest.raises(ParameterError, match=text):
        Relay(RelayOptions(**options))


def test_a_host_without_an_address_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def find_none(*arguments: object, **options: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    async def serve() -> None:
        async with Relay(RelayOptions("ws://127.0.0.1:9", host="nowhere")):
            pass

    monkeypatch.setattr(socket, "getaddrinfo", find_none)
    with pytest.raises(OSError, match="no address to listen at: nowhere: "):
        asyncio.run(serve())


def test_a_host_without_an_address_for_metrics_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not that of the relay."""

    def find_none(*arguments: object, **options: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    async def serve() -> None:
        async with Relay(RelayOptions("ws://127.0.0.1:9", metrics="nowhere:0")):
            pass

    monkeypatch.setattr(socket, "getaddrinfo", find_none)
    with pytest.raises(OSError, match=r"] metrics cannot be served at nowhere:0: "):
        asyncio.run(serve())


def _trade(id: int, filler: int = 0) -> str:
    trade = {"e": "trade", "E": id, "s": "BTCUSDT", "t": id, "p": "1.0", "q": "1.0", "T": id}
    data = {**trade, "m": True, "M": True, "filler": "x" * filler}
    return json.dumps({"stream": "btcusdt@trade", "data": data})


def _ticker(id: int) -> str:
    data = {"u": id, "s": "BTCUSDT", "b": "1.0", "B": "1.0", "a": "2.0", "A": "1.0"}
    return json.dumps({"stream": "btcusdt@bookTicker", "data": data})


def _silent(relay: RunningRelay, target: str) -> socket.socket:
    """A client that has read nothing but the handshake."""
    opened = socket.socket()
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    opened.settimeout(LIMIT)
    opened.connect(("127.0.0.1", relay.port))
    opened.sendall(HANDSHAKE % target.encode())
    received = b""
    while not received.endswith(b"\r\n\r\n"):
        received += _more(opened, 1)
    return opened


def _more(opened: socket.socket, size: int = 65536) -> bytes:
    received = opened.recv(size)
    assert received, "the relay has closed"
    return received


def _read_until_trade(opened: socket.socket, id: int) -> tuple[list[int], list[int]]:
    """The ids of the trades and of the book tickers that come until a trade."""
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**20)
    received = bytearray()
    end = b'"t": %d,' % id
    while end not in received[-10_000:]:
        received += _more(opened, 2**20)
    trades = [int(one) for one in re.findall(rb'"t": ?(\d+)', received)]
    return trades, [int(one) for one in re.findall(rb'"u": ?(\d+)', received)]
