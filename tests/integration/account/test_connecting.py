"""Connections to the WebSocket API go where those to the streams go: proxy, TLS, another host."""

from __future__ import annotations

from typing import Any

import pytest

from binance_streams import HmacKey
from binance_streams_simulator import Simulator
from tests.support.accounts import key_of
from tests.support.certificates import authority, presenting, trusting
from tests.support.clients import Connect
from tests.support.limits import LIMIT, wait_until
from tests.support.proxies import at, http_proxy
from tests.support.raw_server import Peer, RawServer


@pytest.fixture(scope="module")
def ca() -> Any:
    return authority()


def test_api_url_and_proxy(connect: Connect, simulator: Simulator) -> None:
    """The streams are elsewhere, where nobody listens."""
    seen: list[bytes] = []
    with RawServer(http_proxy(seen)) as proxy:
        client: Any = connect(
            "ws://127.0.0.1:9", api_url=f"ws://127.0.0.1:{simulator.port}", proxy=at(proxy)
        )
        client.account(key_of(simulator.demo_account)).wait(LIMIT)
        assert [head.split()[1].decode() for head in seen] == [f"127.0.0.1:{simulator.port}"]
        client.close()


def test_tls(connect: Connect, ca: Any) -> None:
    """With the client's own context, and the path of the API."""
    heads: list[bytes] = []

    def handle(peer: Peer) -> None:
        heads.append(peer.read_head())
        peer.hold()

    with RawServer(handle, presenting(ca.issue_cert("localhost"))) as server:
        client: Any = connect(f"wss://localhost:{server.port}", ssl_context=trusting(ca))
        client.account(HmacKey("k" * 64, "secret"))
        wait_until(lambda: heads)
        assert heads[0].startswith(b"GET /ws-api/v3 HTTP/1.1\r\n")
        client.close()
