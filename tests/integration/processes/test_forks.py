"""A forked child closes what it has inherited of the parent's connections, and touches none."""

from __future__ import annotations

import gc
import os
import signal
import socket
import threading
import time
import warnings
from collections.abc import Callable

import pytest

from binance_streams import Client
from binance_streams_runtime.transport import forks
from tests.support.certificates import authority, presenting, trusting
from tests.support.clients import Connect
from tests.support.frames import trade_frame
from tests.support.limits import LIMIT, MS, wait_until
from tests.support.processes import in_child
from tests.support.raw_server import Peer, RawServer

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning"),
    pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="no /proc to see sockets in"),
]


def open_descriptors(process: int | str = "self") -> set[str]:
    """The sockets and selectors of a process, as the system calls them."""
    found = set()
    for name in os.listdir(f"/proc/{process}/fd"):
        try:
            target = os.readlink(f"/proc/{process}/fd/{name}")
        except OSError:
            continue
        if target.startswith(("socket:", "anon_inode:[eventpoll]")):
            found.add(f"{name} {target}")
    return found


def inherited(others: set[str], server: RawServer, process: int | str = "self") -> list[str]:
    """What is open and neither one of ``others`` nor the server's end of a connection."""
    ends = tuple(f"{peer.socket.fileno()} " for peer in server.peers)
    return [entry for entry in open_descriptors(process) - others if not entry.startswith(ends)]


def serve(go_on: threading.Event) -> Callable[[Peer], None]:
    def handle(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        peer.send(trade_frame(1))
        assert go_on.wait(LIMIT)
        peer.send(trade_frame(2))
        peer.drain()

    return handle


@pytest.mark.parametrize("is_tls", [False, True])
def test_a_child_keeps_no_socket_and_the_parent_all(connect: Connect, is_tls: bool) -> None:
    """Neither what is open, nor what wakes the thread, nor the selector."""
    ca = authority() if is_tls else None
    server_side = presenting(ca.issue_cert("127.0.0.1")) if ca else None
    client_side = trusting(ca) if ca else None
    go_on = threading.Event()
    with RawServer(serve(go_on), server_side) as server:
        others = open_descriptors()
        client = connect(server.url, ssl_context=client_side)
        trades = client.trade("BTCUSDT")
        assert trades.get(LIMIT).trade_id == 1
        kept = in_child(lambda: inherited(others, server))
        assert kept == "[]"
        go_on.set()
        assert trades.get(LIMIT).trade_id == 2
        assert client.stats().reconnects == 0
        assert len(server.peers) == 1


def test_what_the_parent_closes_is_closed_though_a_child_lives(connect: Connect) -> None:
    go_on, is_gone = threading.Event(), threading.Event()

    def handle(peer: Peer) -> None:
        serve(go_on)(peer)
        is_gone.set()

    go_on.set()
    with RawServer(handle) as server:
        client = connect(server.url)
        client.trade("BTCUSDT").get(LIMIT)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            # Until the parent is done, or gone.
            os.close(writing)
            os.read(reading, 1)
            os._exit(0)
        os.close(reading)
        client.close()
        assert is_gone.wait(LIMIT)
        os.close(writing)
        os.waitpid(child, 0)


def test_a_child_has_closed_them_before_the_parent_goes_on(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So what the parent closes next is closed everywhere."""
    go_on = threading.Event()

    class Slow:
        """Is closed before anything else in the child, and takes its time."""

        def close(self) -> None:
            time.sleep(100 * MS)

    with RawServer(serve(go_on)) as server:
        others = open_descriptors()
        client = connect(server.url)
        client.trade("BTCUSDT").get(LIMIT)
        with monkeypatch.context() as patch:
            patch.setattr(forks, "_PATIENCE", LIMIT)
            patch.setattr(forks, "_open", [Slow(), *forks._open])
            child = os.fork()
        if child == 0:
            time.sleep(LIMIT)
            os._exit(0)
        kept = inherited(others, server, child)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        assert kept == []
        go_on.set()


@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_a_child_keeps_no_attempt_to_connect(connect: Connect, scheme: str) -> None:
    asked = threading.Event()

    def handle(peer: Peer) -> None:
        peer.socket.recv(1, socket.MSG_PEEK)
        asked.set()
        peer.hold()

    with RawServer(handle) as server:
        others = open_descriptors()
        client = connect(f"{scheme}://127.0.0.1:{server.port}")
        client.trade("BTCUSDT")
        assert asked.wait(LIMIT)
        kept = in_child(lambda: inherited(others, server))
        assert kept == "[]"


@pytest.mark.sync_only("the child has no event loop in which the client could be closed")
def test_a_child_closes_no_descriptor_that_it_has_made_itself() -> None:
    """Though it has the number of one that was inherited, whose object goes only now."""

    def reuse() -> list[str]:
        made = [os.open("/dev/null", os.O_RDONLY) for _ in range(20)]
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            clients.pop().close()
            gc.collect()
        for descriptor in made:
            os.fstat(descriptor)
        return [str(warning.message) for warning in caught]

    go_on = threading.Event()
    with RawServer(serve(go_on)) as server:
        clients = [Client(server.url)]
        clients[0].trade("BTCUSDT").get(LIMIT)
        assert in_child(reuse) == "[]"
        go_on.set()
        clients[0].close()


def test_a_fork_waits_until_no_socket_is_just_being_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the child would have one that it knows nothing of."""
    monkeypatch.setattr(forks, "_PATIENCE", LIMIT)
    made: list[socket.socket] = []
    is_made, may_own = threading.Event(), threading.Event()

    def make() -> None:
        with forks.lock():
            made.append(socket.socket())
            is_made.set()
            may_own.wait(0.2)
            forks.own(made[0])

    thread = threading.Thread(target=make)
    thread.start()
    assert is_made.wait(LIMIT)
    # Not the descriptor of the parent, which is still open.
    number = made[0].fileno()
    answer = in_child(
        lambda: made[0].fileno() == -1 and not os.path.exists(f"/proc/self/fd/{number}")
    )
    assert answer == "True"
    thread.join()
    made[0].close()


def test_a_fork_waits_for_nobody_for_long() -> None:
    """Whoever holds the lock may be the one that is waited for."""
    may_end = threading.Event()
    is_held = threading.Event()

    def hold() -> None:
        with forks.lock():
            is_held.set()
            may_end.wait(LIMIT)

    thread = threading.Thread(target=hold)
    thread.start()
    assert is_held.wait(LIMIT)
    try:
        assert in_child(lambda: forks.lock().__enter__()) == "True"
    finally:
        may_end.set()
    thread.join()
    wait_until(lambda: forks._pipes == [])
