"""What raw servers do: each takes care of one connection."""

from __future__ import annotations

import threading

from tests.support.frames import trade_frame
from tests.support.raw_server import Handle, Peer


def gaps(count: int, then: Handle = Peer.drain) -> Handle:
    """A server that leaves out every second trade."""

    def serve(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        peer.send(b"".join(trade_frame(2 * number) for number in range(1, count + 2)))
        then(peer)

    return serve


def serving(first: int, last: int, then: Handle = Peer.drain) -> Handle:
    """Confirm one subscription, send trades ``first`` to ``last`` of BTCUSDT, then do ``then``."""

    def handle(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        peer.send(b"".join(trade_frame(number) for number in range(first, last + 1)))
        then(peer)

    return handle


def in_turn(*handles: Handle) -> Handle:
    """The first connection is handled by the first of them, the second by the second ...

    The last one handles all that come after it.
    """
    lock = threading.Lock()
    waiting = list(handles)

    def handle(peer: Peer) -> None:
        with lock:
            chosen = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        chosen(peer)

    return handle


def when(event: threading.Event, then: Handle) -> Handle:
    """Do ``then`` once the test says so."""

    def handle(peer: Peer) -> None:
        while not event.wait(0.005):
            if peer.stopping.is_set():
                return
        then(peer)

    return handle


def sending(data: bytes, then: Handle = Peer.drain) -> Handle:
    """Send ``data`` as it is, then do ``then``."""

    def handle(peer: Peer) -> None:
        peer.send(data)
        then(peer)

    return handle


def answering(head: str, body: bytes = b"") -> Handle:
    """Answer the handshake with something else."""

    def handle(peer: Peer) -> None:
        peer.read_head()
        peer.send(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
        peer.drain()

    return handle


def after_a_request(then: Handle) -> Handle:
    """Shake hands, read the first request, then do ``then`` instead of answering."""

    def handle(peer: Peer) -> None:
        peer.shake()
        peer.read_request()
        then(peer)

    return handle
