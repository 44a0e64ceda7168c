"""What the tests of opening a connection share: attempts, and small proxies that misbehave."""

from __future__ import annotations

import base64
import queue
import selectors
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from binance_streams import ConnectionLost
from binance_streams_runtime.driver.open_socket import OpenSocket
from binance_streams_runtime.protocol.proxy import Proxy, parse_proxy
from binance_streams_runtime.transport.deadline_socket import Deadline, wait_ready
from binance_streams_runtime.transport.dialer import Dialed, Dialer
from tests.support.limits import LIMIT, client_threads, wait_until
from tests.support.raw_server import Handle, Peer, RawServer

Outcome = tuple[Dialed | None, ConnectionLost | None]

HOST = "venue.test"
"""A name that only the proxies here know: what reaches it did not go around them."""

USER, PASSWORD = "alice", "hunter:2@/é %"
LOGIN = "alice:hunter%3A2%40%2F%C3%A9%20%25@"
SECRETS = (USER, PASSWORD, "hunter", LOGIN, "YWxpY2U6")


def at(server: RawServer, scheme: str = "http", login: str = "") -> str:
    return f"{scheme}://{login}127.0.0.1:{server.port}"


def assert_harmless(*things: object) -> None:
    """Neither the user's name nor the password is in what anybody might print."""
    for thing in things:
        shown = f"{thing} {thing!r} {vars(thing) if hasattr(thing, '__dict__') else ''}"
        assert [secret for secret in SECRETS if secret in shown] == []


def started(
    url: str,
    *,
    timeout: float = LIMIT,
    ssl_context: ssl.SSLContext | None = None,
    proxy: str | Proxy | None = None,
) -> tuple[Dialer, queue.Queue[Outcome]]:
    """An attempt that runs, and where its outcome will be."""
    outcomes: queue.Queue[Outcome] = queue.Queue()
    through = parse_proxy(proxy) if isinstance(proxy, str) else proxy
    made = Dialer(url, timeout, ssl_context, through, lambda *outcome: outcomes.put(outcome))
    made.start()
    return made, outcomes


def attempt(url: str, **options: Any) -> Outcome:
    """What comes of an attempt, once its thread is gone and if it was reported only once."""
    _, outcomes = started(url, **options)
    outcome = outcomes.get(timeout=LIMIT)
    wait_until(lambda: not client_threads())
    assert outcomes.empty()
    return outcome


def refusal(url: str, **options: Any) -> ConnectionLost:
    """Why an attempt failed."""
    opened, error = attempt(url, **options)
    if opened is not None:
        opened.socket.close()
    assert opened is None
    assert isinstance(error, ConnectionLost)
    return error


@contextmanager
def connection(url: str, **options: Any) -> Iterator[Dialed]:
    """What an attempt opened."""
    opened, error = attempt(url, **options)
    assert error is None
    assert opened is not None
    with opened.socket:
        yield opened


def greet(peer: Peer) -> None:
    """Shake hands, say a word, and wait for the end."""
    peer.shake()
    peer.send(b"hello")
    peer.drain()


def read_word(dialed: Dialed) -> bytes:
    """The word of ``greet``: the tunnel carries, and nothing of it was swallowed."""
    opened = OpenSocket(1, *dialed)
    word = b""
    while len(word) < 5 and (data := opened.receive()) != b"":
        word += data or b""
        if data is None:
            wait_ready(opened.socket, selectors.EVENT_READ, Deadline(time.monotonic() + LIMIT))
    return word


def relay(peer: Peer, onward: socket.socket) -> None:
    """Carry bytes both ways until one end is gone."""
    ends = {peer.socket: onward, onward: peer.socket}
    with selectors.DefaultSelector() as selector:
        for end in ends:
            selector.register(end, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                source = key.fileobj
                assert isinstance(source, socket.socket)
                data = source.recv(65536)
                if not data:
                    return
                ends[source].sendall(data)


def onward_to(host: str, port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1" if host == HOST else host, port), LIMIT)


def http_proxy(seen: list[bytes], login: str | None = None) -> Handle:
    """HTTP CONNECT; ``login`` is ``user:password``."""

    def handle(peer: Peer) -> None:
        head = peer.read_head()
        seen.append(head)
        token = base64.b64encode((login or "").encode())
        if login is not None and b"Proxy-Authorization: Basic " + token not in head.split(b"\r\n"):
            peer.send(b"HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm=x\r\n\r\n")
            peer.drain()
            return
        host, _, port = head.split(b" ")[1].decode().rpartition(":")
        with onward_to(host.strip("[]"), int(port)) as onward:
            peer.send(b"HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n")
            relay(peer, onward)

    return handle


def socks_proxy(seen: list[bytes], login: str | None = None) -> Handle:
    """SOCKS5, byte for byte as RFC 1928 and 1929 say; ``login`` is ``user:password``."""

    def handle(peer: Peer) -> None:
        def take(count: int) -> bytes:
            data = peer.socket.recv(count, socket.MSG_WAITALL)
            if len(data) < count:
                raise EOFError
            return data

        version, count = take(2)
        methods = take(count)
        desired = 0 if login is None else 2
        if version != 5 or desired not in methods:
            peer.send(b"\x05\xff")
            peer.drain()
            return
        peer.send(bytes([5, desired]))
        if login is not None:
            assert take(1) == b"\x01"
            given = b":".join([take(take(1)[0]), take(take(1)[0])]).decode()
            peer.send(b"\x01\x00" if given == login else b"\x01\x01")
        assert take(3) == b"\x05\x01\x00"
        kind = take(1)
        address = take({b"\x01": 4, b"\x04": 16}.get(kind) or take(1)[0])
        seen.append(kind + address)
        if kind == b"\x03":
            host = address.decode()
        else:
            family = socket.AF_INET if kind == b"\x01" else socket.AF_INET6
            host = socket.inet_ntop(family, address)
        port = int.from_bytes(take(2), "big")
        with onward_to(host, port) as onward:
            # The bound address is a name, of which the length has to be read.
            peer.send(b"\x05\x00\x00\x03\x04here\x00\x50")
            relay(peer, onward)

    return handle


def drip(peer: Peer, start: bytes, more: bytes = b"x") -> None:
    """Say ``start``, then ``more`` again and again, slowly and forever."""
    peer.send(start)
    while not peer.stopping.wait(0.02):
        peer.send(more)


@contextmanager
def full_listener() -> Iterator[int]:
    """A port that takes no connection any more: connecting to it hangs."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
        for filler in fillers:
            filler.close()


# Taken as long as this process lives, so that no server of another test is given its port.
_refusing = socket.socket()
_refusing.bind(("127.0.0.1", 0))


def closed_port() -> int:
    """A port of loopback where nobody listens, always the same one."""
    port: int = _refusing.getsockname()[1]
    return port
