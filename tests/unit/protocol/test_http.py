"""Heads of HTTP answers: what is read of them, and what is refused."""

from __future__ import annotations

from email.utils import formatdate

import pytest

from binance_streams import ConnectionLost
from binance_streams_runtime.protocol.http import MAX_HEAD, Head, explain_status, read_head
from tests.support.conversations import converse

NOW = 1_790_000_000.0


def head_of(text: str) -> Head:
    """What is read of an answer with these lines."""
    spoken = converse(
        read_head("the server", NOW), text.replace("\n", "\r\n").encode() + b"\r\n\r\n"
    )
    assert isinstance(spoken.result, Head)
    return spoken.result


def failure_of(answer: bytes) -> str:
    with pytest.raises(ConnectionLost) as caught:
        converse(read_head("the server", NOW), answer)
    assert caught.value.status is None
    return caught.value.reason


@pytest.mark.parametrize("end", [b"\r\n\r\n", b"\n\n", b"\n\r\n"])
def test_a_head_ends_at_its_first_blank_line(end: bytes) -> None:
    """What follows belongs to the frames, or to the tunnel."""
    head = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket" + end
    spoken = converse(read_head("the server", NOW), head + b"\x81\x00")
    assert spoken == (b"", Head(head, 101, "Switching Protocols", None), b"\x81\x00")


@pytest.mark.parametrize(
    "head", ["nonsense", "", "HTTP/1.1", "HTTP/1.1 abc", "HTTP/1.1 99999 x", "HTTP/2 200"]
)
def test_an_answer_that_is_not_http(head: str) -> None:
    assert failure_of(head.encode() + b"\r\n\r\n") == "the server: the response is not HTTP/1.1"


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 101 Sw", b"HTTP/1.1 101 Switching\r\n"])
def test_an_end_within_the_head(answer: bytes) -> None:
    assert failure_of(answer) == "the server closed the connection instead of answering"


def test_a_head_that_is_too_long_is_refused_before_more_is_read() -> None:
    line = b"X: " + b"x" * 1000 + b"\r\n"
    reason = failure_of(b"HTTP/1.1 200 Fine\r\n" + line * 100)
    assert reason == f"the server: the response head exceeds {MAX_HEAD} bytes"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
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
    assert head_of(f"HTTP/1.1 429 Slow\nRetry-After: {value}").retry_after == seconds


@pytest.mark.parametrize("zone", ["GMT", "-0000", "+0000"])
def test_retry_after_may_be_a_date(zone: str) -> None:
    date = formatdate(NOW + 3600).replace("-0000", zone)
    assert head_of(f"HTTP/1.1 429 Slow\nretry-after:{date}").retry_after == 3600


def test_the_words_of_the_server_are_cut_and_harmless() -> None:
    text = explain_status(500, "\x1b[31mred\r" + "x" * 1000)
    assert text.isprintable()
    assert len(text) < 250


def test_a_redirect_leads_nowhere_and_says_so() -> None:
    assert explain_status(302, "Found") == "HTTP status 302 Found: redirects are not followed"
