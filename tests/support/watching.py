"""Seeing what a client tells, and a server that does one thing after another."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from binance_streams import Connected, Disconnected, Gap, Notice, Resubscribed
from tests.support.frames import trade_frame
from tests.support.limits import wait_until
from tests.support.raw_server import Peer

Handle = Callable[[Peer], None]
K = TypeVar("K", bound=Notice)


class Notices:
    """All notices of one client, in order; given to it as ``on_notice``."""

    def __init__(self) -> None:
        self.all: list[Notice] = []

    def __call__(self, notice: Notice) -> None:
        self.all.append(notice)

    def of(self, kind: type[K]) -> list[K]:
        return [notice for notice in self.all if isinstance(notice, kind)]

    def wait_for(self, kind: type[K], count: int = 1) -> list[K]:
        """Those of one kind, as soon as there are ``count`` of them."""
        wait_until(lambda: len(self.of(kind)) >= count)
        return self.of(kind)

    @property
    def story(self) -> list[str]:
        """The names of the notices about the connection, in order."""
        kinds = Connected, Disconnected, Resubscribed, Gap
        return [type(notice).__name__ for notice in self.all if isinstance(notice, kinds)]


def at_once() -> Iterator[float]:
    """A backoff that never waits."""
    return itertools.repeat(0.0)


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


def serving(first: int, last: int, then: Handle = Peer.drain) -> Handle:
    """Confirm one subscription, send trades ``first`` to ``last`` of BTCUSDT, then do ``then``."""

    def handle(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        peer.send(b"".join(trade_frame(number) for number in range(first, last + 1)))
        then(peer)

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


def outline(items: list[Any]) -> list[Any]:
    """Trades by their ids, gaps by what is missing, other notices by their kind."""
    told: list[Any] = []
    for item in items:
        if isinstance(item, Gap):
            told.append((item.first_missing, item.last_missing))
        elif isinstance(item, Notice):
            told.append(type(item).__name__)
        else:
            told.append(item.trade_id)
    return told
