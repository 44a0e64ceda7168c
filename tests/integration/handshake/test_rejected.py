"""Refused by RST or by an HTTP status; both are reported, and Retry-After with them."""

from __future__ import annotations

import time
from email.utils import formatdate

import pytest

from binance_streams_runtime.protocol.http import explain_status
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


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("-5", 0.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("1e400", None),
        ("inf", None),
        ("9" * 5000, None),
        ("٣", None),
        ("Wed, 99 Oct 99999 07:28:00 GMT", None),
        ("5\nRetry-After: 9", 5.0),
    ],
)
def test_what_retry_after_may_be(value: str, seconds: float | None) -> None:
    with RawServer(answering(f"HTTP/1.1 429 Slow\nRetry-After: {value}")) as server:
        assert refusal(server.url).retry_after == seconds


@pytest.mark.parametrize("zone", ["GMT", "-0000", "+0000"])
def test_retry_after_may_be_a_date(zone: str) -> None:
    date = formatdate(time.time() + 3600).replace("-0000", zone)
    with RawServer(answering(f"HTTP/1.1 429 Slow\nRetry-After: {date}")) as server:
        seconds = refusal(server.url).retry_after
    assert seconds is not None
    assert 3000 < seconds <= 3600


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


@pytest.mark.parametrize("head", ["nonsense", "", "HTTP/1.1", "HTTP/1.1 abc", "HTTP/1.1 99999 x"])
def test_an_answer_that_is_not_http(head: str) -> None:
    with RawServer(answering(head)) as server:
        error = refusal(server.url)
    assert (error.status, error.reason) == (None, "the server: the answer is not HTTP/1.1")


def test_the_words_of_the_server_are_cut_and_harmless() -> None:
    text = explain_status(500, "\x1b[31mred\r" + "x" * 1000)
    assert text.isprintable()
    assert len(text) < 250
