"""What raw servers do in several tests."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from tests.support.frames import trade_frame
from tests.support.limits import in_time
from tests.support.raw_server import Peer


def trades(count: int, then: Callable[[Peer], None] = Peer.drain) -> Callable[[Peer], None]:
    """Confirm one subscription, send trades 1 to ``count`` of BTCUSDT, then do ``then``."""

    def handle(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        peer.send(b"".join(trade_frame(number) for number in range(1, count + 1)))
        then(peer)

    return handle


def gaps(count: int, then: Callable[[Peer], None] = Peer.drain) -> Callable[[Peer], None]:
    """A server that leaves out every second trade."""

    def serve(peer: Peer) -> None:
        peer.shake()
        peer.confirm()
        peer.send(b"".join(trade_frame(2 * number) for number in range(1, count + 2)))
        then(peer)

    return serve


def take(iterator: Iterator[Any], count: int) -> list[Any]:
    """The next ``count`` items, in time."""
    return in_time(lambda: list(itertools.islice(iterator, count)))


def ids(events: list[Any]) -> list[int]:
    return [event.trade_id for event in events]
