"""One deadline over everything; what the server answers is read up to a limit only."""

from __future__ import annotations

import gc
import re
import ssl
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest

from tests.support.limits import LIMIT, MS, client_threads, wait_until
from tests.support.proxies import (
    connection,
    drip,
    full_listener,
    greet,
    refusal,
    started,
)
from tests.support.raw_server import Peer, RawServer
from tests.support.scripts import answering, when

SHORT = 500 * MS


def drip_head(peer: Peer) -> None:
    peer.read_head()
    drip(peer, b"HTTP/1.1 101 Switching Protocols\r\nX-Long: ")


def drip_tls(peer: Peer) -> None:
    """The start of a TLS record of 16 KiB, which never ends."""
    drip(peer, b"\x16\x03\x03\x40\x00\x02")


def never_read(peer: Peer) -> None:
    """The request fits in the buffers of the system, so only the answer is waited for."""
    peer.hold()


CASES = [
    pytest.param("ws", never_read, None, "shaking hands with 127.0.0.1:", id="silent"),
    pytest.param("ws", drip_head, None, "shaking hands with 127.0.0.1:", id="byte-by-byte"),
    pytest.param("wss", never_read, None, "shaking hands in TLS", id="tls-silent"),
    pytest.param("wss", drip_tls, None, "shaking hands in TLS", id="tls-byte-by-byte"),
    pytest.param("ws", never_read, "http", "asking the proxy", id="proxy-silent"),
    pytest.param("ws", drip_head, "http", "asking the proxy", id="proxy-byte-by-byte"),
    pytest.param("ws", never_read, "socks5h", "asking the proxy", id="socks-silent"),
    pytest.param(
        "ws",
        partial(drip, start=b"\x05\x00\x05\x00\x00\x03\xff"),
        "socks5h",
        "asking the proxy",
        id="socks-byte-by-byte",
    ),
]


def where(server: RawServer, scheme: str, proxy: str | None) -> dict[str, Any]:
    if proxy is not None:
        url = f"{proxy}://127.0.0.1:{server.port}"
        return {"url": f"{scheme}://venue.test:9443", "proxy": url}
    return {"url": f"{scheme}://127.0.0.1:{server.port}/stream"}


# What comes before all that is slow here.
EARLIER = ("starting", "looking up", "connecting to 127.0.0.1", "connecting to the proxy")


def step_after(timeout: float, earlier: tuple[str, ...] = EARLIER, **where: Any) -> str:
    """What timed out; with more time if a slow machine did not come so far in it."""
    while True:
        reason = refusal(timeout=timeout, **where).reason
        begin = f"not open after {timeout:g} s, timed out "
        assert reason.startswith(begin)
        step = reason.removeprefix(begin)
        if not step.startswith(earlier):
            return step
        timeout *= 2
        assert timeout < LIMIT, step


@pytest.mark.parametrize(("scheme", "handle", "proxy", "step"), CASES)
def test_one_deadline_over_everything(
    scheme: str, handle: Callable[[Peer], None], proxy: str | None, step: str
) -> None:
    """Bytes that trickle in do not prolong it, and the reason says what took so long."""
    with RawServer(handle) as server:
        assert step_after(SHORT, **where(server, scheme, proxy)).startswith(step)


@pytest.mark.parametrize(("scheme", "handle", "proxy", "step"), CASES)
def test_an_aborted_attempt_ends_at_once(
    scheme: str, handle: Callable[[Peer], None], proxy: str | None, step: str
) -> None:
    """Whatever it is waiting for, and however much time it has."""
    with RawServer(handle) as server:
        running, outcomes = started(timeout=100 * LIMIT, **where(server, scheme, proxy))
        wait_until(lambda: server.peers and running._connector.step.startswith(step))
        running.abort()
        opened, error = outcomes.get(timeout=LIMIT)
        wait_until(lambda: not client_threads())
    assert opened is None
    assert error is not None
    assert error.reason == "aborted"


class Watched(ssl.SSLContext):
    """Calls ``on_wrap`` whenever TLS is about to begin."""

    on_wrap: Callable[[], object]

    def wrap_bio(self, *arguments: Any, **options: Any) -> ssl.SSLObject:
        self.on_wrap()
        return super().wrap_bio(*arguments, **options)


@contextmanager
def leaving_nothing_open() -> Iterator[None]:
    """No socket is left to the garbage collector."""
    gc.collect()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
        gc.collect()
    assert [str(warning.message) for warning in caught] == []


def test_an_attempt_aborted_as_tls_begins_leaves_no_open_socket() -> None:
    is_gone, is_running = threading.Event(), threading.Event()

    def leave(peer: Peer) -> None:
        peer.drain()
        peer.reset()
        is_gone.set()

    def abort() -> None:
        """As soon as it can be done; if that is at once, the server is gone before TLS begins."""
        assert is_running.wait(LIMIT)
        aborting = threading.Thread(target=running.abort)
        aborting.start()
        aborting.join(200 * MS)
        assert aborting.is_alive() or is_gone.wait(LIMIT)

    context = Watched(ssl.PROTOCOL_TLS_CLIENT)
    context.on_wrap = abort
    with leaving_nothing_open(), RawServer(leave) as server:
        running, outcomes = started(f"wss://127.0.0.1:{server.port}", ssl_context=context)
        is_running.set()
        opened, error = outcomes.get(timeout=LIMIT)
        wait_until(lambda: not client_threads())
    assert opened is None
    assert error is not None
    assert error.reason == "aborted"


def test_a_server_that_is_gone_before_tls_leaves_no_open_socket(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    default = ssl.create_default_context
    is_reached = threading.Event()

    def late() -> ssl.SSLContext:
        is_reached.set()
        wait_until(lambda: server.peers and server.peers[0].socket.fileno() < 0)
        return default()

    monkeypatch.setattr(ssl, "create_default_context", late)
    with leaving_nothing_open(), RawServer(when(is_reached, Peer.reset)) as server:
        error = refusal(f"wss://127.0.0.1:{server.port}")
    # The server may be gone before it is noticed that it was there.
    assert f" with 127.0.0.1:{server.port}" in error.reason.replace("connecting to", "with")


def test_a_name_that_tls_cannot_send_leaves_no_open_socket() -> None:
    """Behind a proxy, nobody has looked it up before."""

    def agree(peer: Peer) -> None:
        peer.read_head()
        peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        peer.drain()

    with leaving_nothing_open(), RawServer(agree) as server:
        error = refusal(f"wss://{'x' * 64}.test", proxy=f"http://127.0.0.1:{server.port}")
    # From Python 3.13 on, it is a UnicodeEncodeError.
    assert re.match(r"Unicode(Encode)?Error shaking hands in TLS", error.reason)


def test_connecting_to_nowhere_has_a_deadline() -> None:
    with full_listener() as port:
        step = step_after(SHORT, EARLIER[:2], url=f"ws://127.0.0.1:{port}")
    assert step == f"connecting to 127.0.0.1:{port}"


def test_connecting_to_nowhere_can_be_aborted() -> None:
    with full_listener() as port:
        running, outcomes = started(f"ws://127.0.0.1:{port}", timeout=100 * LIMIT)
        wait_until(lambda: running._connector.step.startswith("connecting"))
        running.abort()
        assert outcomes.get(timeout=LIMIT)[0] is None
        wait_until(lambda: not client_threads())


@pytest.mark.parametrize(("proxy", "who"), [(None, "the server"), ("http", "the proxy 127.0.0.1:")])
def test_an_endless_head_is_cut(proxy: str | None, who: str) -> None:
    def handle(peer: Peer) -> None:
        peer.read_head()
        peer.send(b"HTTP/1.1 200 Fine\r\n")
        while True:
            peer.send(b"X: " + b"x" * 1000 + b"\r\n")

    with RawServer(handle) as server:
        error = refusal(**where(server, "ws", proxy))
    assert error.reason.startswith(who)
    assert error.reason.endswith("the response head exceeds 65536 bytes")


@pytest.mark.parametrize("length", ["5", "200000000", "99999999999999999999", "-5", "x"])
def test_the_body_of_a_refusal_is_not_read(length: str) -> None:
    """Nor waited for: the status is reported at once."""
    with RawServer(answering(f"HTTP/1.1 503 Busy\nContent-Length: {length}", b"xx")) as server:
        assert refusal(server.url).status == 503


def test_a_long_path_is_sent_whole() -> None:
    """The request may be longer than what a socket takes at once."""
    with RawServer(greet) as server:
        path = "/stream?streams=" + "x" * 8_000_000
        with connection(server.url + path):
            assert server.peers[0].head.startswith(f"GET {path} HTTP/1.1\r\n".encode())
