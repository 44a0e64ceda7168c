"""How many connections a process may open, over all its threads and clients."""

from __future__ import annotations

import itertools
import socket
import threading
from functools import partial
from typing import Any

import pytest

from binance_streams import VENUE, Disconnected, RateLimited
from binance_streams_runtime.client.connect_limit import ConnectLimiter
from tests.support.clients import Connect
from tests.support.limits import LIMIT, failure, wait_until
from tests.support.proxies import closed_port


def test_threads_share_one_limit() -> None:
    attempts = ConnectLimiter(10, 60.0)
    made: list[float] = []

    def reserve() -> None:
        made.extend(attempts.reserve(0.0) for _ in range(50))

    threads = [threading.Thread(target=reserve, daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
    assert sorted(made) == [60.0 * (number // 10) for number in range(400)]


def test_clients_that_have_made_all_attempts_wait_and_say_for_how_long(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However fast their backoff is."""
    dead = ("127.0.0.1", closed_port())
    found = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", dead)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: found)
    notices: list[Any] = []
    clients = [
        connect(
            f"ws://venue.test:{dead[1]}",
            on_notice=notices.append,
            backoff=lambda: itertools.repeat(0.0),
        )
        for _ in range(2)
    ]
    trades = [client.trade("BTCUSDT") for client in clients]
    most = VENUE.limits.connection_attempts

    def ends() -> int:
        return sum(isinstance(notice, Disconnected) for notice in list(notices))

    def limited() -> list[RateLimited]:
        # One may wait for a moment first, if the other one has the attempt before it.
        return [n for n in list(notices) if isinstance(n, RateLimited) and n.seconds > 1]

    # The last attempts may still be on their way when no more are allowed.
    wait_until(lambda: len(limited()) == 2 and ends() >= most)
    assert ends() == most == 300
    for client, trade in zip(clients, trades, strict=True):
        (connection,) = client.stats().connections
        assert connection.state == "waiting"
        assert connection.retry_in is not None
        assert 200 < connection.retry_in < 310
        assert connection.reason is not None
        assert "ConnectionRefusedError" in connection.reason
        for work in (client.list_subscriptions, partial(trade.wait, 0.0), partial(trade.get, 0.0)):
            error = failure(work)
            assert "no more than 300 attempts in 300 s by one process are allowed" in str(error)
            assert "the next attempt is in " in str(error)
            assert "ConnectionRefusedError" in str(error.__cause__)
    assert all(200 < notice.seconds < 310 for notice in limited())
