"""The REST API as it is served: weights counted, requests remembered, faults injected."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from urllib.parse import parse_qsl, unquote

from binance_streams_simulator.market import Market
from binance_streams_simulator.refusals import Refusal, invalid_unit
from binance_streams_simulator.rest.api import RestApi
from binance_streams_simulator.rest.arguments import Arguments
from binance_streams_simulator.rest.connection import HttpAnswer, HttpRequest, RestConnection
from binance_streams_simulator.rest.faults import Misbehavior, RestFaults
from binance_streams_simulator.rest.routes import View
from binance_streams_simulator.rest.weights import UsedWeight, weight_headers
from binance_streams_simulator.settings import Settings

_REMEMBERED = 100_000
_SECOND = 1_000_000
_UNITS = {"MILLISECOND": 1_000, "MICROSECOND": 1}


@dataclass(frozen=True)
class RestCall:
    """A request that was received."""

    path: str
    query: Mapping[str, str]
    status: int | None
    """Of the answer; None if there was none."""


class RestService:
    """Answers the requests of all connections."""

    def __init__(
        self,
        settings: Settings,
        market: Market,
        clock: Callable[[], int],
        on_violation: Callable[[str], None],
    ) -> None:
        limits = settings.venue.rest
        self.api = RestApi(settings)
        self.faults = RestFaults()
        self.connections: set[RestConnection] = set()
        self.calls: deque[RestCall] = deque(maxlen=_REMEMBERED)
        self._market = market
        self._limits = limits
        self.weights = None if limits is None else UsedWeight(limits.weight, limits.window)
        self._clock = clock
        self._on_violation = on_violation

    async def answer(self, request: HttpRequest) -> HttpAnswer | None:
        """Return the answer, None if there is never one; raise ConnectionError for a reset."""
        now = self._clock()
        path, _, query = request.target.partition("?")
        path = unquote(path)
        misbehavior = self.faults.take()
        answer: HttpAnswer | None = None
        try:
            if misbehavior is not None and misbehavior.kind in ("stall", "reset"):
                if misbehavior.kind == "reset":
                    raise ConnectionResetError
            else:
                answer = self._answer(request, path, Arguments(query), misbehavior, now)
        finally:
            status = None if answer is None else answer.status
            self.calls.append(RestCall(path, dict(parse_qsl(query)), status))
        return answer

    def read(self, path: str, query: str, divisor: int) -> bytes:
        """Return the body of an answer without HTTP; raise Refusal to refuse it."""
        return self.api.answer(path, Arguments(query), self._view(divisor, self._clock()))

    def used_weight(self) -> int:
        """Return the request weight that was used in the current window."""
        return 0 if self.weights is None else self.weights.total(self._clock() / _SECOND)

    def set_used_weight(self, weight: int) -> None:
        """Set what was used in the current window, by whomever."""
        if self.weights is not None:
            self.weights.set(weight, self._clock() / _SECOND)

    def close(self) -> None:
        """End all connections at once."""
        for connection in list(self.connections):
            connection.transport.abort()

    def _answer(
        self,
        request: HttpRequest,
        path: str,
        arguments: Arguments,
        misbehavior: Misbehavior | None,
        now: int,
    ) -> HttpAnswer:
        # The clock that counts the windows of request weight.
        headers = {"Date": formatdate(now / _SECOND, usegmt=True)}
        status, content_type = 200, "application/json;charset=UTF-8"
        retry_after: int | None = None
        try:
            self._spend(request, self.api.weight(path, arguments), now)
            if misbehavior is not None and misbehavior.kind == "refuse":
                status, body = misbehavior.status, misbehavior.body
                content_type = "text/html" if body.startswith(b"<") else content_type
                retry_after = misbehavior.retry_after
            else:
                body = self.api.answer(path, arguments, self._view(self._divisor(request), now))
        except Refusal as error:
            status, body, retry_after = error.status, error.body, error.retry_after
        if retry_after is not None:
            headers["Retry-After"] = str(retry_after)
        if self._limits is not None and self.weights is not None:
            used = self.weights.used(request.address, now / _SECOND)
            headers |= weight_headers(self._limits, used)
        return HttpAnswer(
            status,
            body,
            content_type,
            headers,
            seconds=0.0 if misbehavior is None else misbehavior.seconds,
            is_truncated=misbehavior is not None and misbehavior.kind == "truncate",
        )

    def _spend(self, request: HttpRequest, weight: int, now: int) -> None:
        if request.method != "GET":
            raise Refusal(-1, "Request method not supported.", status=405)
        if self.weights is None:
            return
        try:
            self.weights.spend(request.address, weight, now / _SECOND)
        except Refusal as error:
            self._on_violation(f"{request.target}: {error.status}: {error.message}")
            raise

    def _view(self, divisor: int, now: int) -> View:
        return View(
            self._market,
            now,
            now - int(self.faults.lag * _SECOND),
            now - int(self.faults.snapshot_lag * _SECOND),
            divisor,
        )

    def _divisor(self, request: HttpRequest) -> int:
        header = None if self._limits is None else self._limits.time_unit_header
        unit = "MILLISECOND" if header is None else request.headers.get(header.lower())
        divisor = _UNITS.get((unit or "MILLISECOND").upper())
        if divisor is None:
            raise invalid_unit()
        return divisor
