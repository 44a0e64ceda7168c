"""Requests to the server whose answers a user waits for, without the waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from binance_streams_runtime.catalog.venue import Limits
from binance_streams_runtime.client.pending_results import PendingResults
from binance_streams_runtime.engine import Engine
from binance_streams_runtime.errors import ParameterError, RequestError, shown
from binance_streams_runtime.protocol.requests import (
    UNKNOWN_OUTCOME,
    Request,
    RequestId,
    check_id,
)
from binance_streams_runtime.session.timeouts import Timeouts

CATCH_UP_TIMEOUT = 1.0
"""Seconds to wait until everything that has arrived is read, after the process was stopped or slow.
"""

PAUSED = "reading is paused, because a queue with the policy 'block' is full"
UNKNOWN = f"; if it was sent, {UNKNOWN_OUTCOME}"
BUSY = "the thread that serves the connections is busy with other work"


class Queries:
    """Sends queries on the connections of one client."""

    def __init__(
        self,
        engine: Engine,
        post: Callable[[Callable[[float], None]], None],
        timeouts: Timeouts,
        limits: Limits,
    ) -> None:
        """Set up; ``post`` has the driver run a command, or raises the reason if it cannot."""
        self._engine = engine
        self._post = post
        self._limits = limits
        self.patience = timeouts.connect + timeouts.request + CATCH_UP_TIMEOUT
        """Seconds within which each answer comes, or fails, if its request is sent at all."""
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

    def send(
        self, method: str, params: Sequence[object], id: RequestId, pending: PendingResults[Any]
    ) -> None:
        """Send a query on one connection; ``pending`` gets the answer."""
        request = self.request(method, params, id) or Request(method, params)
        request.on_result.append(pending.expect())
        pending.complete()
        self._post(lambda now: self._engine.query(now, request))

    def send_to_all(self, method: str, id: RequestId, pending: PendingResults[Any]) -> None:
        """Send a query on every connection, with ``id`` on the first one."""
        first = self.request(method, (), id) or Request(method)

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


def names_in(answers: Sequence[object]) -> list[str]:
    """Return the names that the answers to LIST_SUBSCRIPTIONS list, each once.

    Raises RequestError if an answer is not a list.
    """
    names: list[str] = []
    for answer in answers:
        if not isinstance(answer, list):
            raise RequestError(None, f"its answer is not a list: {shown(answer)}")
        names += answer
    # Several connections may carry a stream.
    return list(dict.fromkeys(names))


def check_property(name: object) -> str:
    """Return the name of a property; raise ParameterError if it is not a text."""
    if not isinstance(name, str):
        raise ParameterError("name", name, "a property's name, such as 'combined'")
    return name
