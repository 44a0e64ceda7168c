"""Callbacks that never return, or that close the client: close() is in time."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from binance_streams import ClientClosed
from tests.support.clients import Connect
from tests.support.limits import LIMIT, MARGIN, client_threads, failure, in_time, wait_until
from tests.support.raw_server import Peer, RawServer
from tests.support.scripts import serving, when

CLOSE_LIMIT = 2.0


@pytest.mark.callbacks_wait
@pytest.mark.parametrize("where", ["on_event", "on_notice", "on_error"])
def test_a_callback_that_blocks_for_ever(connect: Connect, where: str) -> None:
    """Another stream is iterated meanwhile, and close() is in time."""
    blocked, release = threading.Event(), threading.Event()

    def block(_: object) -> None:
        blocked.set()
        release.wait(10 * LIMIT)

    def fail(_: object) -> None:
        raise ValueError

    options: dict[str, Any] = {} if where == "on_event" else {where: block}
    callback = {"on_event": block, "on_error": fail}.get(where)
    with RawServer(serving(1, 10, then=when(blocked, Peer.drain))) as server:
        client = connect(server.url, **options)
        iterated = None
        if callback is None:
            iterated = client.trade("BTCUSDT")
        else:
            client.trade("BTCUSDT", on_event=callback)
        try:
            assert blocked.wait(LIMIT)
            if iterated is not None:
                assert iterated.get(LIMIT).trade_id == 1
            began = time.monotonic()
            in_time(client.close)
            assert time.monotonic() - began < CLOSE_LIMIT + MARGIN
        finally:
            release.set()
        wait_until(lambda: not client_threads())


@pytest.mark.parametrize("where", ["on_event", "client", "on_notice", "on_error"])
def test_a_callback_that_closes_the_client(connect: Connect, where: str) -> None:
    closed: list[float] = []

    def close(_: object) -> None:
        began = time.monotonic()
        client.close()
        closed.append(time.monotonic() - began)

    def fail(_: object) -> None:
        raise ValueError

    options: dict[str, Any] = {
        "client": {"on_event": close},
        "on_notice": {"on_notice": close},
        "on_error": {"on_error": close},
    }.get(where, {})
    callback = {"on_event": close, "on_error": fail}.get(where)
    with RawServer(serving(1, 10)) as server:
        client = connect(server.url, **options)
        subscription = client.trade("BTCUSDT", on_event=callback)
        wait_until(lambda: closed and subscription.state == "ended")
        assert closed[0] < CLOSE_LIMIT + MARGIN
        wait_until(lambda: not client_threads())
        assert client.subscriptions == ()
        assert isinstance(failure(client.list_subscriptions), ClientClosed)
