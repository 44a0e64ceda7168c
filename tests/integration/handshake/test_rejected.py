"""Refused by RST or by an HTTP status; both are reported, and Retry-After with them."""

from __future__ import annotations

import pytest

from tests.support.proxies import closed_port, refusal
from tests.support.raw_server import Peer, RawServer
from tests.support.scripts import answering


@pytest.mark.parametrize(
    ("head", "status", "text", "retry_after"),
    [
        ("HTTP/1.1 503 Busy", 503, "HTTP status 503 Busy: the venue is overloaded", None),
        ("HTTP/1.1 503 Busy\nRetry-After: 120", 503, "try again later", 120.0),
        ("HTTP/1.1 429 Too Many\nretry-after:7", 429, "too many requests", 7.0),
        ("HTTP/1.1 418 I'm a teapot\nRetry-After: 259200", 418, "banned", 259200.0),
        ("HTTP/1.1 403 Forbidden", 403, "firewall", None),
        ("HTTP/1.1 407 Who", 407, "a proxy on the way asks", None),
        ("HTTP/1.1 451 No", 451, "does not serve this region", None),
        ("HTTP/1.1 502 Bad Gateway", 502, "gateway", None),
        ("HTTP/1.1 404 Not Found", 404, "HTTP status 404 Not Found", None),
        ("HTTP/1.1 500", 500, "HTTP status 500", None),
        ("HTTP/1.0 200 OK\nContent-Length: 2", 200, "HTTP status 200 OK", None),
    ],
)
def test_a_status_is_reported(head: str, status: int, text: str, retry_after: float | None) -> None:
    with RawServer(answering(head)) as server:
        error = refusal(server.url)
    assert (error.status, error.retry_after, error.code) == (status, retry_after, None)
    assert text in error.reason


def test_a_refused_connection_has_no_status() -> None:
    error = refusal(f"ws://127.0.0.1:{closed_port()}")
    assert (error.status, error.retry_after) == (None, None)
    assert "ConnectionRefusedError connecting to 127.0.0.1:" in error.reason


def test_a_reset_instead_of_an_answer() -> None:
    def handle(peer: Peer) -> None:
        peer.read_head()
        peer.reset()

    with RawServer(handle) as server:
        error = refusal(server.url)
    assert error.status is None
    assert "ConnectionResetError" in error.reason


def test_an_end_instead_of_an_answer() -> None:
    with RawServer(Peer.read_head) as server:  # type: ignore[arg-type]
        assert "closed the connection instead of answering" in refusal(server.url).reason
