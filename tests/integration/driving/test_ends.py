"""close() from wherever it is called, while threads wait and one of them drives."""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections.abc import Callable
from typing import Any

import pytest

from binance_streams import Client, ClientClosed, ConnectionLost
from tests.support.clients import Connect
from tests.support.limits import LIMIT, in_time, wait_until
from tests.support.live_server import Live
from tests.support.raw_server import Peer, RawServer

pytestmark = pytest.mark.sync_only("it takes threads that wait")


class Loops:
    """Loops over some sources, each in a thread of its own."""

    def __init__(self, *sources: Any, on_event: Callable[[], None] = lambda: None) -> None:
        self.ended: list[str] = []
        self._on_event = on_event
        self._threads = [
            threading.Thread(target=self._run, args=(source,), daemon=True) for source in sources
        ]
        for thread in self._threads:
            thread.start()

    def _run(self, source: Any) -> None:
        # A loop that begins only behind the end gets it at once.
        with contextlib.suppress(ClientClosed):
            for _ in source:
                self._on_event()
        self.ended.append("ended")

    def join(self) -> list[str]:
        for thread in self._threads:
            thread.join(LIMIT)
        return self.ended


@pytest.mark.parametrize("count", [1, 2])
def test_closing_in_the_body_of_a_loop_ends_all_loops(connect: Connect, count: int) -> None:
    with RawServer(Live()) as server:
        client = connect(server.url)
        sources = [client.trade("BTCUSDT"), client.trade("ETHUSDT")][:count]
        loops = Loops(*sources, on_event=client.close)
        assert loops.join() == ["ended"] * count


def test_closing_in_a_callback_ends_all_loops(connect: Connect) -> None:
    with RawServer(Live()) as server:
        client = connect(server.url)
        loops = Loops(client.trade("BTCUSDT"), client.trade("ETHUSDT"))
        client.trade("BNBUSDT", on_event=lambda trade: client.close())
        assert loops.join() == ["ended"] * 2


def test_closing_in_the_midst_of_driving_ends_all_loops(connect: Connect) -> None:
    """Here in what decides about connecting again, which the thread that drives calls."""

    may_close = threading.Event()

    def decide(lost: ConnectionLost) -> bool:
        assert may_close.wait(LIMIT)
        client.close()
        return True

    with RawServer(Peer.leave) as server:
        client: Client[Any] = connect(server.url, reconnect=decide)
        loops = Loops(client.trade("BTCUSDT"), client.trade("ETHUSDT"))
        may_close.set()
        assert loops.join() == ["ended"] * 2


@pytest.mark.parametrize("count", [1, 2, 3])
def test_closing_ends_loops_that_sleep_without_any_socket(
    client_class: Callable[..., Client[Any]], count: int
) -> None:
    """Nothing but the end itself wakes them, however far they have come."""
    with RawServer(Peer.leave) as server:
        for _ in range(20):
            client = client_class(server.url, backoff=lambda: itertools.repeat(3600.0))
            sources = [client.trade("BTCUSDT"), client.trade("ETHUSDT"), client]
            loops = Loops(*sources[:count])
            if count != 2:
                wait_until(lambda client=client: client.stats().connections)  # type: ignore[misc]
            in_time(client.close)
            assert len(loops.join()) == count
