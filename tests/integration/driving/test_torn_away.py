"""An exception that one thread raises in another: the client goes on, or says that it failed."""

from __future__ import annotations

import ctypes
import random
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from binance_streams import Client, ConnectionLost
from tests.support.limits import LIMIT, MS, client_threads, in_time, wait_until
from tests.support.live_server import Live
from tests.support.raw_server import RawServer

pytestmark = pytest.mark.sync_only("it takes a thread that waits")


class Torn(BaseException):
    """What is raised in another thread."""


def tear(thread: threading.Thread) -> None:
    assert thread.ident is not None
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
    raise_in(ctypes.c_ulong(thread.ident), ctypes.py_object(Torn))


@pytest.mark.parametrize("work", [0.0, 60.0], ids=["at once", "long"])
def test_a_client_whose_thread_is_torn_away_never_goes_silent(
    client_class: Callable[..., Client[Any]], work: float, caplog: pytest.LogCaptureFixture
) -> None:
    """At random moments: in its work, which then fails, or anywhere else."""
    draw, ends = random.Random(9), list[str]()
    has_begun = threading.Event()

    def iterate(subscription: Any) -> None:
        try:
            has_begun.set()
            for _ in subscription:
                time.sleep(work * MS)
        except Torn:
            ends.append("torn")

    for number in range(1, 13):
        with RawServer(Live(0.3 * MS)) as server:
            client = client_class(server.url, request_timeout=LIMIT)
            trades = client.trade("BTCUSDT")
            trades.wait(LIMIT)
            thread = threading.Thread(target=iterate, args=(trades,), daemon=True)
            thread.start()
            assert has_begun.wait(LIMIT)
            has_begun.clear()
            time.sleep(draw.random() * (20 + 2 * work) * MS)
            tear(thread)
            thread.join(LIMIT)
            assert len(ends) == number

            def go_on(trades: Any = trades) -> str:
                try:
                    for _ in range(5):
                        trades.get(LIMIT)
                except ConnectionLost as error:
                    return str(error)
                return "went on"

            assert in_time(go_on) in ("went on", "the client failed: Torn()")
            in_time(client.close)
    wait_until(lambda: not client_threads())
