"""Queries to the server, for which a user's thread waits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from binance_streams_runtime.catalog.venue import Limits
from binance_streams_runtime.engine import Engine
from binance_streams_runtime.errors import ParameterError, RequestTimeout
from binance_streams_runtime.protocol.requests import Request, RequestId, check_id
from binance_streams_runtime.session.timeouts import Timeouts
from binance_streams_runtime.sync.io_thread import IOThread
from binance_streams_runtime.sync.pending_results import PendingResults

CATCH_UP_TIMEOUT = 1.0
"""Seconds to wait until everything that has arrived is read, after the process was stopped or slow.
"""

PAUSED = "reading is paused, because a queue with the policy 'block' is full"


class Queries:
    """Sends queries on the connections of one client."""

    def __init__(
        self,
        engine: Engine,
        io_thread: IOThread,
        post: Callable[[Callable[[float], None]], None],
        timeouts: Timeouts,
        limits: Limits,
    ) -> None:
        """Set up; ``post`` runs a command in the I/O thread, or raises the reason if it cannot."""
        self._engine = engine
        self._io_thread = io_thread
        self._post = post
        self._patience = timeouts.connect + timeouts.request + CATCH_UP_TIMEOUT
        self._limits = limits
        # Of requests whose callers chose an id.
        self._ids: set[object] = set()
        # Re-entrant: a signal's handler may come in between.
        self._lock = threading.RLock()

    def request(self, method: str, params: Sequence[object], id: RequestId) -> Request | None:
        """Return a request with the user's id, or None if the user chose none."""
        check_id(id, self._limits)
        if id is None:
            return None
        with self._lock:
            if id in self._ids:
                raise ParameterError("id", id, "an id that no pending request has")
            self._ids.add(id)
        return Request(method, params, id, [lambda result, error: self._ids.discard(id)])

    def one(self, method: str, params: Sequence[object], id: RequestId) -> Any:
        """Send a query on one connection, and return the answer."""
        self._io_thread.check_may_wait()
        request = self.request(method, params, id) or Request(method, params)
        pending = PendingResults()
        request.on_result.append(pending.expect())
        pending.complete()
        self._post(lambda now: self._engine.query(now, request))
        return self._results(request.method, pending)[0]

    def all(self, method: str, id: RequestId) -> list[Any]:
        """Send a query on every connection, with ``id`` on the first one; return all answers."""
        self._io_thread.check_may_wait()
        first = self.request(method, (), id) or Request(method)
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
        """Wait for the answers; each comes, or fails in time, if its request is sent at all."""
        while not pending.wait(self._patience):
            text = f"{method} was not answered within {self._patience:g} s"
            if self._io_thread.is_paused:
                raise RequestTimeout(f"{text}: {PAUSED}")
            if not self._io_thread.catch_up(CATCH_UP_TIMEOUT):
                raise RequestTimeout(
                    f"{text}: the thread that serves the connections is busy with other work"
                )
        return pending.results()
