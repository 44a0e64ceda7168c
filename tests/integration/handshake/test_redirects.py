"""A redirect is never followed, wherever it points."""

from __future__ import annotations

import pytest

from tests.support.certificates import authority, presenting, trusting
from tests.support.proxies import refusal
from tests.support.raw_server import Peer, RawServer
from tests.support.scripts import answering


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
def test_another_host_is_not_connected_to(status: int) -> None:
    with RawServer(Peer.drain) as other:
        head = f"HTTP/1.1 {status} Moved\nLocation: {other.url}/stream"
        with RawServer(answering(head)) as server:
            error = refusal(server.url)
            assert len(server.peers) == 1
        assert other.peers == []
    assert error.status == status
    assert error.reason == f"HTTP status {status} Moved: redirects are not followed"


@pytest.mark.parametrize("location", ["/elsewhere", "ws://", "http://[", "javascript:x", ""])
def test_nor_the_same_host_again(location: str) -> None:
    with RawServer(answering(f"HTTP/1.1 302 Found\nLocation: {location}")) as server:
        assert refusal(server.url).status == 302
        assert len(server.peers) == 1


def test_no_step_down_from_tls() -> None:
    """301 from wss to ws."""
    ca = authority()
    server_side = presenting(ca.issue_cert("localhost"))
    with RawServer(Peer.drain) as other:
        head = f"HTTP/1.1 301 Moved\nLocation: {other.url}"
        with RawServer(answering(head), server_side) as server:
            error = refusal(f"wss://localhost:{server.port}", ssl_context=trusting(ca))
        assert other.peers == []
    assert error.status == 301
