"""TLS: what must be refused, what must work, and what must not hang."""

from __future__ import annotations

import os
import socket
import struct
from typing import Any

import pytest

import binance_streams
from tests.support.certificates import authority, presenting, trusting
from tests.support.clients import Connect
from tests.support.ends import assert_all_ends
from tests.support.frames import frame, trade_frame
from tests.support.limits import LIMIT, wait_until
from tests.support.raw_server import Peer, RawServer
from tests.support.scripts import after_a_request, serving
from tests.support.watching import ids, take


@pytest.fixture(scope="module")
def ca() -> Any:
    return authority()


def test_an_unknown_certificate_is_refused(connect: Connect, ca: Any) -> None:
    with RawServer(serving(1, 1), presenting(ca.issue_cert("localhost"))) as server:
        assert_all_ends(connect, server.url, "CERTIFICATE_VERIFY_FAILED")


def test_streams_over_tls(connect: Connect, ca: Any) -> None:
    """Also what TLS has decrypted while the selector sees nothing on the socket."""
    with RawServer(serving(1, 20_000), presenting(ca.issue_cert("localhost"))) as server:
        url = f"wss://localhost:{server.port}"
        subscription = connect(url, ssl_context=trusting(ca)).trade("BTCUSDT")
        assert ids(take(iter(subscription), 20_000)) == list(range(1, 20_001))


def test_bytes_sent_with_the_handshake_are_read(connect: Connect, ca: Any) -> None:
    """The server sends an event in the same TLS record as its answer to the handshake."""

    def handle(peer: Peer) -> None:
        held: list[bytes] = []
        send = peer.send
        peer.send = held.append  # type: ignore[assignment, method-assign]
        peer.shake()
        send(held[0] + frame('{"e":"serverShutdown","E":1}') + trade_frame(1))
        peer.hold()

    notices: list[Any] = []
    for scheme, context in (("ws", None), ("wss", presenting(ca.issue_cert("localhost")))):
        with RawServer(handle, context) as server:
            url = f"{scheme}://localhost:{server.port}"
            client = connect(url, ssl_context=trusting(ca), on_notice=notices.append)
            client.trade("BTCUSDT")
            wait_until(lambda: any("Shutdown" in type(notice).__name__ for notice in notices))
            notices.clear()


def test_plain_where_tls_is_due(connect: Connect) -> None:
    def handle(peer: Peer) -> None:
        peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        peer.drain()

    with RawServer(handle) as server:
        assert_all_ends(connect, server.url.replace("ws:", "wss:"), "SSL")


def test_a_reset_in_a_tls_stream_is_noticed(connect: Connect, ca: Any) -> None:
    def reset(peer: Peer) -> None:
        peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(peer.socket.detach())

    with RawServer(after_a_request(reset), presenting(ca.issue_cert("localhost"))) as server:
        url = f"wss://localhost:{server.port}"
        assert_all_ends(connect, url, ssl_context=trusting(ca))


def test_the_handshake_says_which_version_it_is(connect: Connect) -> None:
    with RawServer(serving(1, 1)) as server:
        connect(server.url).trade("BTCUSDT").get(LIMIT)
        agent = f"User-Agent: binance-streams/{binance_streams.__version__}"
        assert agent.encode() in server.peers[0].head.splitlines()
