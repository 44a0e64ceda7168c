"""Questions to the server whose answers a user's thread waits for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from binance_streams_runtime.engine import Engine
from binance_streams_runtime.errors import RequestTimeout
from binance_streams_runtime.protocol.requests import Request
from binance_streams_runtime.session.timeouts import Timeouts
from binance_streams_runtime.sync.io_thread import IOThread
from binance_streams_runtime.sync.pending_results import PendingResults

CATCH_UP_TIMEOUT = 1.0
"""Seconds that whoever was stopped, or slow, waits until all that has arrived has been read."""

PAUSED = "nothing is read just now, as a queue is full whose policy is 'block'"


class Queries:
    """Asks the connections of one client."""

    def __init__(
        self,
        engine: Engine,
        io_thread: IOThread,
        post: Callable[[Callable[[float], None]], None],
        timeouts: Timeouts,
    ) -> None:
        """``post`` has a command run in the I/O thread, or raises why it cannot."""
        self._engine = engine
        self._io_thread = io_thread
        self._post = post
        self._patience = timeouts.connect + timeouts.request + CATCH_UP_TIMEOUT

    def one(self, request: Request) -> Any:
        """Ask one connection, and wait for its answer."""
        self._io_thread.check_may_wait()
        pending = PendingResults()
        request.on_result.append(pending.expect())
        pending.complete()
        self._post(lambda now: self._engine.query(now, request))
        return self._results(request.method, pending)[0]

    def all(self, first: Request) -> list[Any]:
        """Ask every connection, the first one by ``first``, and wait for all answers."""
        self._io_thread.check_may_wait()
        pending = PendingResults()

        def requests() -> Iterator[Request]:
            request = first
            while True:
                request.on_result.append(pending.expect())
                yield request
                request = Request(first.method)

        def query(now: float) -> None:
            self._engine.query_all(now, requests())
            pending.complete()

        self._post(query)
        return self._results(first.method, pending)

    def _results(self, method: str, pending: PendingResults) -> list[Any]:
        """Wait for answers; each comes, or fails in time, if requests are sent at all."""
        while not pending.wait(self._patience):
            text = f"{method} was not answered within {self._patience:g} s"
            if self._io_thread.is_paused:
                raise RequestTimeout(f"{text}: {PAUSED}")
            if not self._io_thread.catch_up(CATCH_UP_TIMEOUT):
                raise RequestTimeout(
                    f"{text}: the thread that serves the connections is busy with something else"
                )
        return pending.results()
