"""The REST requests of one client."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Any

from binance_streams_runtime.catalog.rest import RestLimits
from binance_streams_runtime.protocol.proxy import Proxy
from binance_streams_runtime.protocol.rest import RestRequest
from binance_streams_runtime.rest.http import HttpTarget
from binance_streams_runtime.rest.service import SERVICE, RestService
from binance_streams_runtime.rest.task import Task


class RestRequests:
    """Hands a client's requests to the service of the process, and counts them."""

    def __init__(
        self,
        limits: RestLimits,
        reserve: int,
        proxy: Proxy | None,
        ssl_context: ssl.SSLContext | None,
        service: RestService = SERVICE,
    ) -> None:
        """``reserve`` is the request weight a window that is left for others."""
        self.sent: int = 0
        self.weight: int = 0
        """The request weight of all that were sent."""
        self._limits = limits
        self._reserve = reserve
        self._proxy = proxy
        self._ssl_context = ssl_context
        self._service = service
        # That of the last request.
        self._host: str | None = None
        self._tasks: dict[int, Task] = {}

    @property
    def pending(self) -> int:
        """How many requests are under way or wait for their turn."""
        return len(self._tasks)

    def stats(self) -> tuple[int, int, int, int]:
        """Return how many were sent, their weight, how many wait, and what the server counts."""
        used = 0 if self._host is None else self._service.used(self._host)
        return self.sent, self.weight, self.pending, used

    def start(self, number: int, request: RestRequest, on_done: Callable[[Any], None]) -> None:
        """Make a request. ``on_done`` gets its result, in a thread that it must not hold up."""

        def done(result: Any) -> None:
            if self._tasks.pop(number, None) is not None:
                on_done(result)

        target = HttpTarget(request.url, self._proxy, self._ssl_context)
        task = Task(request, target, self, self._limits, self._reserve, self._count, done)
        self._tasks[number] = task
        self._host = task.job.host
        self._service.submit(task)

    def cancel(self, number: int) -> None:
        """Give up a request; no-op if it is done."""
        task = self._tasks.pop(number, None)
        if task is not None:
            self._service.cancel(task)

    def close(self) -> None:
        """Give up all requests; there will be none any more."""
        for number in list(self._tasks):
            self.cancel(number)
        self._service.leave(self)

    def _count(self, weight: int) -> None:
        self.sent += 1
        self.weight += weight
