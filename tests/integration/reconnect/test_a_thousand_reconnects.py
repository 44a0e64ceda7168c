"""A thousand reconnects, and nothing that grows with them."""

from __future__ import annotations

import gc
import logging
import sys
import threading

import pytest

from tests.support.clients import Connect
from tests.support.frames import trade_frame
from tests.support.limits import descriptors, wait_until
from tests.support.raw_server import Peer, RawServer
from tests.support.watching import at_once

RECONNECTS = 1000
WARM_UP = 200

# Blocks of memory that a thousand reconnects may cost for good: not two for each.
MOST_GROWTH = 2000


def test_a_thousand_reconnects(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    # pytest keeps what is logged.
    monkeypatch.setattr(logging.getLogger("binance_streams"), "disabled", True)
    served = 0
    may_go_on = threading.Event()

    def handle(peer: Peer) -> None:
        nonlocal served
        peer.shake()
        peer.confirm()
        served += 1
        peer.send(trade_frame(served))
        # The server's own lists must not grow either.
        server.peers.clear()
        server._sockets[:] = [one for one in server._sockets if one.fileno() >= 0]
        server._threads[:] = [one for one in server._threads if one.is_alive()]
        if served in (WARM_UP, WARM_UP + RECONNECTS):
            may_go_on.wait()
            may_go_on.clear()

    def measure(count: int) -> tuple[int, int]:
        """Memory and descriptors, once the last connection is quiet and the others are gone."""
        wait_until(lambda: served == count and subscription.stats().messages == count)
        # That of the client, and the server's for the connection.
        wait_until(lambda: len(set(threading.enumerate()) - threads) == 2)
        gc.collect()
        return sys.getallocatedblocks(), descriptors()

    with RawServer(handle) as server:
        threads = set(threading.enumerate())
        client = connect(server.url, backoff=at_once, maxsize=10)
        subscription = client.trade("BTCUSDT")
        wait_until(lambda: served == WARM_UP)
        try:
            before = measure(WARM_UP)
            may_go_on.set()
            after = measure(WARM_UP + RECONNECTS)
            assert client.stats().reconnects == WARM_UP + RECONNECTS - 1
        finally:
            may_go_on.set()
        assert after[0] - before[0] < MOST_GROWTH
        assert after[1] == before[1]
        assert subscription.stats().missing == 0
        client.close()
        may_go_on.set()
