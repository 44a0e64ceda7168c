"""Through a proxy, or a clear error without the password; never around it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from binance_streams import ConnectionLost
from tests.support.certificates import authority, presenting, trusting
from tests.support.proxies import (
    HOST,
    LOGIN,
    PASSWORD,
    USER,
    assert_harmless,
    at,
    closed_port,
    connection,
    greet,
    http_proxy,
    read_word,
    refusal,
    socks_proxy,
)
from tests.support.raw_server import Handle, Peer, RawServer
from tests.support.scripts import answering


def refused(handle: Handle, scheme: str = "http", **options: Any) -> ConnectionLost:
    """Why a proxy that was given a password made no tunnel; nothing went around it."""
    with RawServer(greet) as server, RawServer(handle) as proxy:
        url = f"ws://127.0.0.1:{server.port}"
        error = refusal(url, proxy=at(proxy, scheme, LOGIN), **options)
        assert server.peers == []
        assert len(proxy.peers) == 1
    assert f"the proxy 127.0.0.1:{proxy.port}" in error.reason
    assert_harmless(error)
    return error


# A tunnel that works


@pytest.mark.parametrize(
    ("scheme", "make"), [("http", http_proxy), ("socks5h", socks_proxy), ("socks5", socks_proxy)]
)
@pytest.mark.parametrize(("login", "written"), [(None, ""), (f"{USER}:{PASSWORD}", LOGIN)])
def test_a_tunnel_with_and_without_password(
    scheme: str, make: Callable[..., Handle], login: str | None, written: str
) -> None:
    seen: list[bytes] = []
    with RawServer(greet) as server, RawServer(make(seen, login)) as proxy:
        url = f"ws://127.0.0.1:{server.port}/stream"
        with connection(url, proxy=at(proxy, scheme, written)) as opened:
            assert read_word(opened) == b"hello"
        assert server.peers[0].head.startswith(b"GET /stream HTTP/1.1\r\n")
        assert b"Authorization" not in server.peers[0].head
    assert len(seen) == 1


@pytest.mark.parametrize(("scheme", "make"), [("http", http_proxy), ("socks5h", socks_proxy)])
def test_the_proxy_looks_the_name_up(scheme: str, make: Callable[..., Handle]) -> None:
    """Here it would not be found."""
    seen: list[bytes] = []
    with (
        RawServer(greet) as server,
        RawServer(make(seen)) as proxy,
        connection(f"ws://{HOST}:{server.port}", proxy=at(proxy, scheme)) as opened,
    ):
        assert read_word(opened) == b"hello"
    assert HOST.encode() in seen[0]


def test_socks5_looks_the_name_up_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy sees an address; what is not found here does not reach it."""
    look_up = socket.getaddrinfo

    def look_up_here(host: str, *arguments: Any, **options: Any) -> Any:
        if host == "unknown.test":
            raise socket.gaierror(-2, "Name or service not known")
        return look_up("127.0.0.1" if host == HOST else host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up_here)
    seen: list[bytes] = []
    with RawServer(greet) as server, RawServer(socks_proxy(seen)) as proxy:
        with connection(f"ws://{HOST}:{server.port}", proxy=at(proxy, "socks5")) as opened:
            assert read_word(opened) == b"hello"
        error = refusal("ws://unknown.test", proxy=at(proxy, "socks5"))
    assert seen == [b"\x01\x7f\0\0\1"]
    assert "unknown.test cannot be looked up" in error.reason


@pytest.mark.parametrize(("scheme", "make"), [("http", http_proxy), ("socks5h", socks_proxy)])
def test_the_venues_name_is_verified_in_the_tunnel(
    scheme: str, make: Callable[..., Handle]
) -> None:
    """TLS is with the venue: its name is sent, another's certificate is refused."""
    ca = authority()
    mine = trusting(ca)
    names: list[str | None] = []
    theirs = presenting(ca.issue_cert(HOST))
    theirs.sni_callback = lambda _, name, __: names.append(name)
    with RawServer(greet, theirs) as server, RawServer(make([])) as proxy:
        through = at(proxy, scheme)
        with connection(f"wss://{HOST}:{server.port}", proxy=through, ssl_context=mine) as opened:
            assert read_word(opened) == b"hello"
        wrong = refusal(f"wss://localhost:{server.port}", proxy=through, ssl_context=mine)
        untrusted = refusal(f"wss://{HOST}:{server.port}", proxy=through)
    assert names == [HOST, "localhost", HOST]
    assert "Hostname mismatch" in wrong.reason
    assert "CERTIFICATE_VERIFY_FAILED" in untrusted.reason
    assert f"through the proxy 127.0.0.1:{proxy.port}" in untrusted.reason


def test_nothing_behind_the_proxys_head_is_swallowed() -> None:
    """The bytes of the tunnel may come in one packet with the proxy's own."""

    def handle(peer: Peer) -> None:
        peer.read_head()
        send = peer.send
        held = [b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"]
        # The answer of the venue needs the request, so only its first half can come early.
        send(held[0] + b"HTTP/1.1 101 Switching Protocols\r\n")
        peer.send = lambda data: send(data.partition(b"\r\n")[2])  # type: ignore[method-assign]
        peer.shake()
        send(b"hello")
        peer.drain()

    with RawServer(handle) as proxy, connection(f"ws://{HOST}", proxy=at(proxy)) as opened:
        assert read_word(opened) == b"hello"


# A proxy that refuses


@pytest.mark.parametrize(("scheme", "make"), [("http", http_proxy), ("socks5h", socks_proxy)])
def test_a_wrong_password_is_refused(scheme: str, make: Callable[..., Handle]) -> None:
    error = refused(make([], "alice:other"), scheme)
    assert error.reason.endswith("it refused the user name or the password")


# A proxy that fails


@pytest.mark.parametrize("scheme", ["http", "socks5", "socks5h"])
def test_a_dead_proxy_is_not_gone_around(scheme: str) -> None:
    with RawServer(greet) as server:
        proxy = f"{scheme}://{LOGIN}127.0.0.1:{closed_port()}"
        error = refusal(f"ws://127.0.0.1:{server.port}", proxy=proxy)
        assert server.peers == []
    assert "ConnectionRefusedError connecting to the proxy 127.0.0.1:" in error.reason
    assert_harmless(error)


@pytest.mark.parametrize("die", [Peer.leave, Peer.reset])
@pytest.mark.parametrize("url", [f"ws://{HOST}", f"wss://{HOST}"])
def test_a_proxy_that_dies_in_the_tunnel(die: Callable[[Peer], None], url: str) -> None:
    def handle(peer: Peer) -> None:
        peer.read_head()
        peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
        peer.socket.recv(1)
        die(peer)

    with RawServer(handle) as proxy:
        error = refusal(url, proxy=at(proxy, login=LOGIN))
    assert error.status is None
    assert_harmless(error)


def test_the_status_of_the_venue_is_not_the_proxys() -> None:
    with RawServer(answering("HTTP/1.1 403 No")) as server, RawServer(http_proxy([])) as proxy:
        error = refusal(server.url, proxy=at(proxy))
    assert error.status == 403
    assert "proxy" not in error.reason


def test_neither_origin_nor_deflate_nor_cookies_are_sent() -> None:
    """Nor does a cookie of one connection get into another of the process."""

    def handle(peer: Peer) -> None:
        send = peer.send
        cookie = b"Set-Cookie: a=b; Domain=127.0.0.1\r\n\r\n"
        peer.send = lambda data: send(data[:-2] + cookie)  # type: ignore[method-assign]
        peer.shake()
        peer.drain()

    with RawServer(handle) as server:
        for _ in range(2):
            with connection(server.url):
                pass
        heads = [peer.head.lower() for peer in server.peers]
    for name in (b"origin:", b"sec-websocket-extensions:", b"cookie:"):
        assert [name in head for head in heads] == [False, False]
