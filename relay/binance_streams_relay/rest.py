"""The part of the REST API that a relay answers, itself or by passing requests on."""

from __future__ import annotations

import json
import logging
import posixpath
import time
from collections.abc import Mapping
from email.utils import formatdate
from urllib.parse import unquote

from binance_streams_relay.books import Books
from binance_streams_relay.requests import ForwardedRequests
from binance_streams_runtime.catalog.rest import OrderBookRules, PublicRequest
from binance_streams_runtime.catalog.venue import Venue
from binance_streams_simulator.refusals import Refusal, illegal, invalid_unit
from binance_streams_simulator.rest.arguments import SYMBOLS, Arguments, is_symbol
from binance_streams_simulator.rest.connection import HttpAnswer, HttpRequest, RestConnection
from binance_streams_simulator.rest.weights import weight_headers

logger = logging.getLogger("binance_streams_relay")

_KEPT_FOR = 60.0
"""Seconds for which the description of the market is kept."""
_IDLE = 60.0
"""Seconds for which a connection is kept whose client neither asks nor reads."""
_LEVELS = 100
"""How many levels a snapshot has if no limit is sent."""


class RestService:
    """Answers the requests of all connections."""

    def __init__(
        self,
        venue: Venue,
        rules: OrderBookRules | None,
        books: Books | None,
        requests: ForwardedRequests,
    ) -> None:
        """Without books, requests for snapshots are passed on."""
        self.connections: set[RestConnection] = set()
        self._venue = venue
        self._rules = rules
        self._books = books
        self._requests = requests
        public = () if venue.rest is None else venue.rest.public
        self._public = {request.path: request for request in public}
        root = "/api/v3" if rules is None else posixpath.dirname(rules.snapshot.path)
        self._ping, self._time = f"{root}/ping", f"{root}/time"
        self._description = f"{root}/exchangeInfo"

    def is_for(self, first_bytes: bytes) -> bool:
        """Return whether an HTTP request that begins with these bytes is for no stream's path."""
        parts = first_bytes.split(b" ", 2)
        path = parts[1].partition(b"?")[0].decode("latin-1") if len(parts) > 1 else ""
        all_paths = (self._venue.paths, *self._venue.categories.values())
        known = {one for paths in all_paths for one in (paths.raw, paths.combined) if one}
        return not any(f"{path}/".startswith(f"{one}/") for one in known)

    async def answer(self, request: HttpRequest) -> HttpAnswer | None:
        """Return the answer."""
        path, _, query = request.target.partition("?")
        status, retry_after = 200, None
        has_body = _has_body(request)
        try:
            if request.method != "GET":
                raise Refusal(-1, "The relay answers GET requests only.", status=405)
            if has_body:
                raise Refusal(-1, "The relay takes no bodies.")
            body = await self._body(unquote(path), Arguments(query), request.headers)
        except Refusal as error:
            status, body, retry_after = error.status, error.body, error.retry_after
        except Exception:
            # Who asked must not wait forever, and the relay goes on.
            logger.exception("a request of the REST API failed")
            failure = Refusal(-1000, "An error occurred in the relay.", 500)
            status, body = failure.status, failure.body
        headers = {"Date": formatdate(time.time_ns() / 1e9, usegmt=True)}
        if retry_after is not None:
            headers["Retry-After"] = str(retry_after)
        if self._venue.rest is not None:
            headers |= weight_headers(self._venue.rest, self._requests.used_weight)
        # A body is not read, so nothing can follow it.
        return HttpAnswer(status, body, headers=headers, is_last=has_body)

    def close_idle(self, now: float) -> None:
        """End the connections whose clients have neither asked nor read for a while."""
        for connection in list(self.connections):
            since = connection.idle_since
            if since is not None and now - since > _IDLE:
                connection.transport.abort()

    def close(self) -> None:
        """End all connections at once."""
        for connection in list(self.connections):
            connection.transport.abort()

    async def _body(self, path: str, arguments: Arguments, headers: Mapping[str, str]) -> bytes:
        request = self._public.get(path)
        if request is None:
            allowed = ", ".join(self._public) or "none"
            message = f"The relay passes on requests for market data only: {allowed}."
            raise Refusal(-1, f"{message} Send others to the venue.", status=404)
        # Whatever is not of the market, such as a signature, goes no further.
        arguments.check_names(request.parameters)
        if path == self._ping:
            return b"{}"
        if path == self._time and not self._requests.has_server:
            return json.dumps({"serverTime": time.time_ns() // 10**6}).encode()
        rules = self._rules
        if rules is not None and self._books is not None and path == rules.snapshot.path:
            own = {self._books.symbol, rules.snapshot.limit}
            if own.issuperset(arguments.values):
                return await self._snapshot(rules, self._books, arguments)
        return await self._forward(request, arguments, headers)

    async def _snapshot(self, rules: OrderBookRules, books: Books, arguments: Arguments) -> bytes:
        endpoint = rules.snapshot
        symbol = arguments.text(books.symbol)
        if not is_symbol(symbol):
            raise illegal(books.symbol, SYMBOLS)
        limit = arguments.limit(
            endpoint.limit, min(_LEVELS, endpoint.max_limit), endpoint.max_limit
        )
        return await books.snapshot(symbol, limit)

    async def _forward(
        self, request: PublicRequest, arguments: Arguments, headers: Mapping[str, str]
    ) -> bytes:
        return await self._requests.get(
            request.path,
            arguments.values,
            request.weight,
            self._unit_header(headers),
            kept_for=_KEPT_FOR if request.path == self._description else 0.0,
        )

    def _unit_header(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return the only header that is passed on: the one that selects the unit of times."""
        name = None if self._venue.rest is None else self._venue.rest.time_unit_header
        units = self._venue.time_units
        unit = None if name is None else headers.get(name.lower())
        if name is None or units is None or unit is None:
            return {}
        if unit.upper() not in units.values:
            raise invalid_unit()
        return {name: unit.upper()}


def _has_body(request: HttpRequest) -> bool:
    length = request.headers.get("content-length", "0")
    return length != "0" or "transfer-encoding" in request.headers
