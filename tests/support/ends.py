"""What every end of a connection must do to those who wait, if nobody connects again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from binance_streams import ConnectionLost, Disconnected
from tests.support.clients import Connect
from tests.support.limits import LIMIT, wait_until


def assert_all_ends(connect: Connect, url: str, text: str = "", **options: Any) -> None:
    """Loops, callbacks and waits all end with ConnectionLost; each stream's end is reported once.

    The first connection may end before all streams are wanted; then the others open one of their
    own, which ends as well.
    """
    errors: list[BaseException] = []
    notices: list[Any] = []
    client = connect(
        url, on_error=errors.append, on_notice=notices.append, reconnect=False, **options
    )
    iterated = client.trade("BTCUSDT")
    waited = client.agg_trade("BTCUSDT")
    client.book_ticker("BTCUSDT", on_event=lambda _: None)
    merged = client.diff_book_depth("BTCUSDT")
    outcomes: dict[str, BaseException] = {}

    def collect(name: str, work: Callable[[], object]) -> threading.Thread:
        def run() -> None:
            try:
                work()
            except BaseException as error:
                outcomes[name] = error

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        return thread

    def wait_and_get() -> None:
        waited.wait()
        while True:
            waited.get()

    threads = [
        collect("iterate", lambda: list(iterated)),
        collect("wait", wait_and_get),
        collect("client", lambda: list(client)),
    ]
    for thread in threads:
        thread.join(LIMIT)
        assert not thread.is_alive()
    assert outcomes.keys() == {"iterate", "wait", "client"}
    wait_until(lambda: errors)
    for error in [*outcomes.values(), *errors]:
        assert isinstance(error, ConnectionLost)
        assert text in str(error)
    wait_until(lambda: merged.state == "ended")
    wait_until(lambda: client.subscriptions == ())
    wait_until(lambda: len(streams_lost(notices)) == 4)
    assert sorted(streams_lost(notices)) == [
        "btcusdt@aggTrade",
        "btcusdt@bookTicker",
        "btcusdt@depth",
        "btcusdt@trade",
    ]


def streams_lost(notices: list[Any]) -> list[str]:
    """The streams of all ends, none of which may promise another attempt."""
    ends = [notice for notice in notices if isinstance(notice, Disconnected)]
    assert all(end.retry_in is None for end in ends)
    return [stream for end in ends for stream in end.streams]
