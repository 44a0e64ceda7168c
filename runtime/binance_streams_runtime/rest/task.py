"""A REST request that waits or is under way."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from binance_streams_runtime.catalog.rest import RestLimits
from binance_streams_runtime.protocol.rest import RestRequest
from binance_streams_runtime.rest.answers import named
from binance_streams_runtime.rest.http import HttpConnection, HttpTarget
from binance_streams_runtime.rest.schedule import Job


class Task:
    """A request, and the connection on which it is under way."""

    def __init__(
        self,
        request: RestRequest,
        target: HttpTarget,
        user: object,
        limits: RestLimits,
        reserve: int,
        on_sent: Callable[[int], None],
        on_done: Callable[[Any], None],
    ) -> None:
        """``on_sent`` gets the request weight whenever it is sent, ``on_done`` the result."""
        self.request = request
        self.target = target
        self.user = user
        self.on_sent = on_sent
        self.job = Job(
            name=named(request),
            host=urlsplit(request.url).netloc,
            limits=limits,
            need=request.need,
            weight=request.weight,
            reserve=reserve,
            begun_at=time.monotonic(),
            timeout=request.timeout,
            on_done=on_done,
        )
        self.connection: HttpConnection | None = None
        self.until: float = 0.0
        self.is_repeated: bool = False
        """Whether it was sent once more, as a kept connection had ended."""

    def cancel(self) -> None:
        """Make it end at once, from another thread."""
        self.job.is_cancelled = True
        connection = self.connection
        if connection is not None:
            connection.abort()
