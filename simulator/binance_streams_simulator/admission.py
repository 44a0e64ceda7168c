"""Which connections are accepted, and how the others are rejected."""

from __future__ import annotations

import http
from collections import deque
from collections.abc import Callable
from typing import Protocol

from websockets.datastructures import Headers
from websockets.http11 import Response

from binance_streams_runtime.catalog.venue import Limits, Venue
from binance_streams_simulator.connection import VenueConnection
from binance_streams_simulator.protocol import Target, TargetError

_REMEMBERED = 100_000


class Refusing(Protocol):
    """The faults that are about handshakes."""

    is_refusing: bool
    refusal_status: int | None
    retry_after: int | None


class Admission:
    """Counts the attempts to connect, and rejects those that are too many or are to fail."""

    def __init__(
        self,
        limits: Limits,
        faults: Refusing,
        is_limited: bool,
        on_violation: Callable[[str], None],
    ) -> None:
        self.attempts: deque[float] = deque(maxlen=_REMEMBERED)
        self._limits = limits
        self._faults = faults
        self._is_limited = is_limited
        self._on_violation = on_violation

    def rejection(self, connection: VenueConnection) -> Response | None:
        """Count an attempt; return the response that rejects it, None if it is accepted."""
        now = connection.loop.time()
        self.attempts.append(now)
        if self._faults.is_refusing:
            return self._refuse(connection)
        if not self._may_connect(now):
            return response(429, b"Too many connections\n")
        return None

    def _may_connect(self, now: float) -> bool:
        since = now - self._limits.connection_attempts_window
        recent = sum(1 for attempt in self.attempts if attempt > since)
        if recent <= self._limits.connection_attempts:
            return True
        if recent == self._limits.connection_attempts + 1:
            self._on_violation(
                f"{recent} connection attempts in {self._limits.connection_attempts_window} s"
            )
        return not self._is_limited

    def _refuse(self, connection: VenueConnection) -> Response:
        status = self._faults.refusal_status
        if status is None:
            connection.reset()
            # Nobody gets this response, but it keeps the handshake from continuing.
            return response(503, b"")
        return response(status, b"rejected on request\n", retry_after=self._faults.retry_after)


def requested(
    path: str, venue: Venue, allowed: int, on_violation: Callable[[str], None]
) -> Target | Response:
    """Return what the path of a handshake requests, or the response that rejects it.

    ``allowed`` is how many streams a connection may have.
    """
    try:
        target = Target.parse(path, venue)
    except TargetError as error:
        return response(400, f"{error}\n".encode(errors="replace"))
    if target is None:
        return response(404, b"Not found\n")
    if len(target.streams) > allowed:
        on_violation(f"{len(target.streams)} streams in a URL, {allowed} are allowed")
        return response(400, b"Too many subscriptions\n")
    return target


def response(
    status: int,
    body: bytes,
    content_type: str = "text/plain",
    retry_after: int | None = None,
) -> Response:
    """Return the response that rejects a handshake."""
    reason = http.HTTPStatus(status).phrase
    headers = Headers(
        [
            ("Content-Type", content_type),
            ("Content-Length", str(len(body))),
            ("Connection", "close"),
        ]
    )
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return Response(status, reason, headers, body)
