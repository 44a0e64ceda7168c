"""An open socket: how much it reads at a time, what stays unsent, how it ends; in TLS, too."""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from binance_streams_runtime.driver.open_socket import OpenSocket
from binance_streams_runtime.driver.sockets import Sockets
from tests.support.certificates import authority
from tests.support.limits import LIMIT, in_time, wait_until
from tests.support.tls_peer import TLSPeer, connected

KB = 1024

Pair = tuple[OpenSocket, socket.socket, TLSPeer]


@pytest.fixture(scope="module")
def ca() -> Any:
    return authority()


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        here = socket.create_connection(listener.getsockname(), LIMIT)
        there, _ = listener.accept()
    here.setblocking(False)
    here.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16 * KB)
    there.settimeout(LIMIT)
    with here, there:
        yield here, there


def wait_readable(opened: OpenSocket) -> None:
    assert select.select([opened.socket], [], [], LIMIT)[0]


@pytest.fixture
def secure(ca: Any, pair: tuple[socket.socket, socket.socket]) -> Pair:
    """A TLS connection, and the server's end of it."""
    codec, peer = connected(ca, post_handshake_auth=True, verify_mode=ssl.CERT_OPTIONAL)
    assert codec.decrypt(None) is None
    return OpenSocket(1, pair[0], codec), pair[1], peer


def is_readable(opened: OpenSocket) -> bool:
    return bool(select.select([opened.socket], [], [], 0)[0])


class Quiet:
    """An engine that decides nothing."""

    is_paused = False

    def next_time(self, now: float) -> None:
        return None

    def received(self, now: float, number: int, data: bytes) -> None:
        pass

    def take_actions(self) -> list[object]:
        return []


class Filled:
    """A socket that always has as many bytes as the next of ``sizes`` says."""

    def __init__(self, sizes: list[int]) -> None:
        self.asked: list[int] = []
        self._sizes = iter(sizes)

    def recv(self, size: int) -> bytes:
        self.asked.append(size)
        return b"x" * min(next(self._sizes), size)


def asked(*sizes: int) -> list[int]:
    """The KiB asked for in each read, if as many KiB are there."""
    filled = Filled([size * KB for size in sizes])
    opened = OpenSocket(1, filled)  # type: ignore[arg-type]
    for _ in sizes:
        opened.receive()
    return [size // KB for size in filled.asked]


def test_the_read_size_is_doubled_as_long_as_reads_are_full() -> None:
    assert asked(*[999] * 5) == [16, 32, 64, 64, 64]


def test_the_read_size_is_halved_after_several_small_reads() -> None:
    sizes = asked(999, 999, *[1] * 30)
    assert sizes[2] == 64
    assert sizes[-1] == 16
    assert sizes == sorted(sizes[:3]) + sorted(sizes[3:], reverse=True)
    assert sizes.count(32) >= 8


def test_one_small_read_does_not_change_the_read_size() -> None:
    assert asked(999, 999, *[1, 60] * 20)[2:] == [64] * 40


def test_a_read_that_half_fills_its_buffer_does_not_change_the_read_size() -> None:
    assert asked(999, *[20] * 40)[1:] == [32] * 40


def test_nothing_to_read_is_not_the_end(pair: tuple[socket.socket, socket.socket]) -> None:
    here, there = pair
    opened = OpenSocket(1, here)
    assert opened.receive() is None
    there.close()
    wait_readable(opened)
    assert opened.receive() == b""


def test_one_read_leaves_nothing_behind_in_tls(secure: Pair) -> None:
    """Everything that one read has returned is passed on: the selector sees nothing of the rest."""
    opened, there, peer = secure
    there.sendall(peer.encrypt(*[b"event"] * 100))
    wait_readable(opened)
    assert opened.receive() == b"event" * 100
    assert not is_readable(opened)
    assert opened.receive() is None


def test_what_does_not_fit_is_sent_later_in_tls(secure: Pair) -> None:
    opened, there, peer = secure
    message = bytes(range(256)) * 4 * KB
    opened.send(message)
    opened.send(b"end")
    assert opened.unsent
    received = b""
    while len(received) < len(message) + 3:
        readable, writable, _ = select.select(
            [there], [opened.socket] if opened.unsent else [], [], LIMIT
        )
        assert readable or writable
        if writable:
            opened.flush()
        if readable:
            received += peer.decrypt(there.recv(256 * KB))
    assert received == message + b"end"
    assert (opened.unsent, opened.failure) == (b"", None)


def test_what_tls_has_to_answer_is_sent_by_a_read(secure: Pair) -> None:
    opened, there, peer = secure
    peer.tls.verify_client_post_handshake()
    there.sendall(peer.encrypt(b"event"))
    wait_readable(opened)
    assert opened.receive() == b"event"
    assert opened.unsent == b""
    assert there.recv(16 * KB)


def test_the_end_in_tls_is_seen_though_the_server_stays(secure: Pair) -> None:
    """It came with the last event, and nothing else will come."""
    opened, there, peer = secure
    there.sendall(peer.encrypt(b"last") + peer.say_goodbye())
    wait_readable(opened)
    assert opened.receive() == b"last"
    assert is_readable(opened)
    assert opened.receive() == b""


def test_a_failure_in_tls_is_seen_though_the_server_stays(secure: Pair) -> None:
    opened, there, peer = secure
    there.sendall(peer.encrypt(b"last") + b"no record of TLS")
    wait_readable(opened)
    assert opened.receive() == b"last"
    assert is_readable(opened)
    with pytest.raises(ssl.SSLError):
        opened.receive()


def test_the_end_of_tcp_is_the_end_in_tls(secure: Pair) -> None:
    opened, there, _ = secure
    there.close()
    wait_readable(opened)
    assert opened.receive() == b""


def test_a_failed_send_is_noted_in_tls(secure: Pair) -> None:
    opened, there, _ = secure
    there.close()

    def send() -> str | None:
        opened.send(b"pong")
        return opened.failure

    # The first is answered with a reset.
    wait_until(send)
    assert opened.failure is not None
    assert opened.failure.startswith(("BrokenPipeError", "ConnectionResetError"))
    assert opened.unsent == b""


@pytest.mark.parametrize("turn", [Sockets.turn, Sockets.turn_now])
def test_what_a_read_leaves_unsent_is_sent_when_the_socket_accepts_it(
    pair: tuple[socket.socket, socket.socket], turn: Callable[[Sockets], float]
) -> None:
    """TLS may have something to answer while the socket is full."""
    here, there = pair
    engine: Any = Quiet()
    target: Any = None
    sockets = Sockets(engine, target, lambda command: True)
    opened: Any = sockets.add(1, here)

    def receive() -> bytes:
        opened.unsent = b"answer"
        return here.recv(10)

    opened.receive = receive
    there.sendall(b"event")
    wait_readable(opened)
    in_time(lambda: turn(sockets))
    received = there.recv(10)
    sockets.close()
    assert received == b"answer"
