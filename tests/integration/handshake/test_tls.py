"""TLS: what must be refused, what must work, and what must not hang."""

from __future__ import annotations

import os
import socket
import ssl
import struct
import subprocess
from pathlib import Path
from typing import Any

import pytest

import binance_streams
from tests.support.clients import Connect
from tests.support.ends import assert_all_ends, serving
from tests.support.frames import frame, trade_frame
from tests.support.limits import LIMIT, wait_until
from tests.support.raw_server import Peer, RawServer
from tests.support.scripts import ids, take, trades


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a self-signed certificate for localhost, in one file."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
        f" -addext subjectAltName=DNS:localhost -keyout {path}.key -out {path}.crt"
    )
    try:
        subprocess.run(command.split(), check=True, capture_output=True, timeout=LIMIT)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no certificate without the openssl command: {error}")
    path.write_bytes(Path(f"{path}.key").read_bytes() + Path(f"{path}.crt").read_bytes())
    return path


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=f"{certificate}.crt")


def test_an_unknown_certificate_is_refused(connect: Connect, tls: ssl.SSLContext) -> None:
    with RawServer(trades(1), tls) as server:
        assert_all_ends(connect, server.url, "CERTIFICATE_VERIFY_FAILED")


def test_streams_over_tls(connect: Connect, tls: ssl.SSLContext, certificate: Path) -> None:
    """Also what TLS has decrypted while the selector sees nothing on the socket."""
    with RawServer(trades(20_000), tls) as server:
        url = f"wss://localhost:{server.port}"
        subscription = connect(url, ssl_context=trusting(certificate)).trade("BTCUSDT")
        assert ids(take(iter(subscription), 20_000)) == list(range(1, 20_001))


def test_bytes_sent_with_the_handshake_are_read(
    connect: Connect, tls: ssl.SSLContext, certificate: Path
) -> None:
    """The server sends an event in the same TLS record as its answer to the handshake."""

    def handle(peer: Peer) -> None:
        held: list[bytes] = []
        send = peer.send
        peer.send = held.append  # type: ignore[assignment, method-assign]
        peer.shake()
        send(held[0] + frame('{"e":"serverShutdown","E":1}') + trade_frame(1))
        peer.hold()

    notices: list[Any] = []
    for scheme, context in (("ws", None), ("wss", tls)):
        with RawServer(handle, context) as server:
            url = f"{scheme}://localhost:{server.port}"
            client = connect(url, ssl_context=trusting(certificate), on_notice=notices.append)
            client.trade("BTCUSDT")
            wait_until(lambda: any("Shutdown" in type(notice).__name__ for notice in notices))
            notices.clear()


def test_plain_where_tls_is_due(connect: Connect) -> None:
    def handle(peer: Peer) -> None:
        peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        peer.drain()

    with RawServer(handle) as server:
        assert_all_ends(connect, server.url.replace("ws:", "wss:"), "SSL")


def test_a_reset_in_a_tls_stream_is_noticed(
    connect: Connect, tls: ssl.SSLContext, certificate: Path
) -> None:
    def reset(peer: Peer) -> None:
        peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(peer.socket.detach())

    with RawServer(serving(reset), tls) as server:
        url = f"wss://localhost:{server.port}"
        assert_all_ends(connect, url, ssl_context=trusting(certificate))


def test_the_handshake_says_which_version_it_is(connect: Connect) -> None:
    with RawServer(trades(1)) as server:
        connect(server.url).trade("BTCUSDT").get(LIMIT)
        agent = f"User-Agent: binance-streams/{binance_streams.__version__}"
        assert agent.encode() in server.peers[0].head.splitlines()
