"""What is said to proxies, byte by byte, and what their refusals mean."""

from __future__ import annotations

import pytest

from binance_streams import ConnectionLost
from binance_streams_runtime.protocol.proxy import parse_proxy, tunnel
from tests.support.conversations import Spoken, converse
from tests.support.proxies import LOGIN, PASSWORD, USER, assert_harmless

CONNECTED = b"\x05\x00\x00\x01" + bytes(6)
EACH_SCHEME = pytest.mark.parametrize("scheme", ["http", "socks5h"])


def spoken(
    scheme: str, answers: bytes, host: str = "venue.test", login: str = "", port: int = 9443
) -> Spoken:
    proxy = parse_proxy(f"{scheme}://{login}proxy.test:1080")
    return converse(tunnel(proxy, host, port, unix_time=0.0), answers)


def refusal(scheme: str, answers: bytes, login: str = LOGIN, host: str = "venue.test") -> str:
    """Why there is no tunnel; it was the proxy, and its words and the password are not in it."""
    with pytest.raises(ConnectionLost) as caught:
        spoken(scheme, answers, host, login)
    assert "the proxy proxy.test:1080" in caught.value.reason
    assert_harmless(caught.value)
    return caught.value.reason


# What is sent


def test_connect_without_a_password() -> None:
    sent, _, unread = spoken("http", b"HTTP/1.1 200 Fine\r\nVia: x\r\n\r\nhello")
    assert sent == b"CONNECT venue.test:9443 HTTP/1.1\r\nHost: venue.test:9443\r\n\r\n"
    # Nothing of the tunnel is swallowed.
    assert unread == b"hello"


def test_connect_with_a_password() -> None:
    """RFC 7617: the name, a colon and the password in Base64."""
    sent, _, _ = spoken("http", b"HTTP/1.1 200 Fine\r\n\r\n", login="alice:secret@")
    assert b"\r\nProxy-Authorization: Basic YWxpY2U6c2VjcmV0\r\n" in sent


@pytest.mark.parametrize(
    ("kind", "address"),
    [(1, bytes(4)), (4, bytes(16)), (3, b"\x04here")],
    ids=["ipv4", "ipv6", "name"],
)
def test_socks_without_a_password(kind: int, address: bytes) -> None:
    """Whatever the proxy says of its own address, the tunnel begins behind it."""
    answers = b"\x05\x00" + b"\x05\x00\x00" + bytes([kind]) + address + b"\x00\x50" + b"hello"
    sent, _, unread = spoken("socks5h", answers)
    assert sent == b"\x05\x01\x00" + b"\x05\x01\x00\x03\x0avenue.test\x24\xe3"
    assert unread == b"hello"


def test_socks_with_a_password() -> None:
    """RFC 1929, section 2."""
    sent, _, _ = spoken("socks5h", b"\x05\x02\x01\x00" + CONNECTED, login=LOGIN)
    name, password = USER.encode(), PASSWORD.encode()
    login = b"\x01" + bytes([len(name)]) + name + bytes([len(password)]) + password
    assert sent == b"\x05\x02\x00\x02" + login + b"\x05\x01\x00\x03\x0avenue.test\x24\xe3"


@pytest.mark.parametrize(
    ("host", "connect", "socks"),
    [
        ("::1", b"CONNECT [::1]:9443 ", b"\x04" + bytes(15) + b"\x01"),
        ("192.0.2.1", b"CONNECT 192.0.2.1:9443 ", b"\x01\xc0\x00\x02\x01"),
        ("bücher.test", b"CONNECT xn--bcher-kva.test:9443 ", b"\x03\x12xn--bcher-kva.test"),
    ],
    ids=["ipv6", "ipv4", "idna"],
)
def test_hosts_are_written_as_each_protocol_wants_them(
    host: str, connect: bytes, socks: bytes
) -> None:
    assert spoken("http", b"HTTP/1.1 200 Fine\r\n\r\n", host).sent.startswith(connect)
    asked = spoken("socks5h", b"\x05\x00" + CONNECTED, host).sent
    assert asked == b"\x05\x01\x00" + b"\x05\x01\x00" + socks + b"\x24\xe3"


def test_a_name_too_long_for_socks() -> None:
    with pytest.raises(ConnectionLost, match="too long for SOCKS5"):
        spoken("socks5h", b"\x05\x00", host=f"{'a.' * 150}test")


# What is refused


@pytest.mark.parametrize(
    ("head", "status", "text", "retry_after"),
    [
        ("HTTP/1.1 407 alice hunter", 407, "it refused the user name or the password", None),
        ("HTTP/1.1 502 hunter", 502, "it cannot reach venue.test:9443", None),
        ("HTTP/1.0 503 x\r\nRetry-After: 9", 503, "it is overloaded", 9.0),
        ("HTTP/1.1 504", 504, "it did not reach", None),
        ("HTTP/1.1 403 x", 403, "its rules forbid", None),
        ("HTTP/1.1 405 x", 405, "it makes no tunnels", None),
        ("HTTP/1.1 400 x", 400, "is it an HTTP proxy?", None),
        ("HTTP/1.1 599 alice", 599, "HTTP status 599", None),
        ("HTTP/1.1 302 x\r\nLocation: http://127.0.0.1/", 302, "HTTP status 302 Found", None),
        ("HTTP/1.1 101 x", 101, "HTTP status 101 Switching Protocols", None),
    ],
)
def test_a_status_of_the_proxy(
    head: str, status: int, text: str, retry_after: float | None
) -> None:
    """It is said that it was the proxy, and not in its own words."""
    with pytest.raises(ConnectionLost) as caught:
        spoken("http", head.encode() + b"\r\n\r\n", login=LOGIN)
    error = caught.value
    assert (error.status, error.retry_after) == (status, retry_after)
    assert f"the proxy proxy.test:1080 answered HTTP status {status}" in error.reason
    assert text in error.reason
    assert_harmless(error)


@pytest.mark.parametrize(
    ("scheme", "answers"), [("http", b"HTTP/1.1 407 Who?\r\n\r\n"), ("socks5h", b"\x05\xff")]
)
def test_a_password_is_asked_for(scheme: str, answers: bytes) -> None:
    reason = refusal(scheme, answers, login="")
    assert reason.endswith("it asks for a user name and a password")


@pytest.mark.parametrize("answers", [b"\x05\xff", b"\x05\x02\x01\x01"])
def test_a_wrong_password_is_refused_by_socks(answers: bytes) -> None:
    assert refusal("socks5h", answers).endswith("it refused the user name or the password")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (1, "general failure"),
        (2, "not allowed by its rules"),
        (3, "network unreachable"),
        (4, "host unreachable"),
        (5, "connection refused"),
        (6, "the time to live expired"),
        (7, "command not supported"),
        (8, "address type not supported"),
        (99, "unknown reason (SOCKS5 99)"),
    ],
)
def test_refusals_of_socks_in_words(code: int, words: str) -> None:
    reason = refusal("socks5h", b"\x05\x00" + bytes([5, code, 0, 1]) + bytes(6))
    assert f"refused to connect to venue.test:9443: {words}" in reason


@EACH_SCHEME
@pytest.mark.parametrize(
    "answers",
    [b"", b"alice hunter\r\n\r\n", b"\x00" * 100 + b"\r\n\r\n", b"HTTP/2 200\r\n\r\n", b"\x04\x5a"],
)
def test_a_proxy_that_speaks_something_else(scheme: str, answers: bytes) -> None:
    assert "status" not in refusal(scheme, answers)


@pytest.mark.parametrize(
    ("answers", "text"),
    [
        (b"\x05\x01", "chose a way to log in that was not offered: 1"),
        (b"\x05\x00\x04\x00\x00\x01", "does not speak SOCKS5"),
        (b"\x05\x00\x05\x00\x00\x02" + bytes(6), "an unknown type of address: 2"),
        (b"\x05\x00\x05\x00", "closed the connection"),
    ],
    ids=["a-login-that-was-not-offered", "another-version", "an-unknown-address", "an-end"],
)
def test_socks_that_breaks_its_rules(answers: bytes, text: str) -> None:
    assert text in refusal("socks5h", answers)
