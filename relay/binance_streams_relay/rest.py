"""The part of the REST API that a relay answers."""

from __future__ import annotations

import json
import logging
import posixpath
import time
from collections.abc import Callable
from email.utils import formatdate
from urllib.parse import parse_qsl, unquote

from binance_streams_relay.books import Books
from binance_streams_relay.requests import ForwardedRequests
from binance_streams_runtime.catalog.rest import OrderBookRules
from binance_streams_runtime.catalog.venue import Venue
from binance_streams_simulator.refusals import Refusal, illegal
from binance_streams_simulator.rest.arguments import SYMBOLS, Arguments, is_symbol
from binance_streams_simulator.rest.connection import HttpAnswer, HttpRequest, RestConnection

logger = logging.getLogger("binance_streams_relay")

_CACHED_FOR = 60.0
"""Seconds for which the description of the market is cached."""
_DESCRIPTION_WEIGHT = 20
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
        wall_clock: Callable[[], int] = time.time_ns,
    ) -> None:
        """Without books, requests for snapshots are passed on."""
        self.connections: set[RestConnection] = set()
        self._venue = venue
        self._rules = rules
        self._books = books
        self._requests = requests
        self._wall_clock = wall_clock
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
        try:
            if request.method != "GET":
                raise Refusal(-1, "The relay answers GET requests only.", status=405)
            body = await self._body(unquote(path), query)
        except Refusal as error:
            status, body, retry_after = error.status, error.body, error.retry_after
        except Exception:
            # Who asked must not wait forever, and the relay goes on.
            logger.exception("a request of the REST API failed")
            failure = Refusal(-1000, "An error occurred in the relay.", 500)
            status, body = failure.status, failure.body
        headers = {"Date": formatdate(self._wall_clock() / 1e9, usegmt=True)}
        if retry_after is not None:
            headers["Retry-After"] = str(retry_after)
        if self._venue.rest is not None:
            headers[self._venue.rest.used_header] = str(self._requests.used_weight)
        # The body of another method is not read, so nothing can follow it.
        return HttpAnswer(status, body, headers=headers, is_last=request.method != "GET")

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

    async def _body(self, path: str, query: str) -> bytes:
        if path == self._ping:
            return b"{}"
        if path == self._time:
            return json.dumps({"serverTime": self._wall_clock() // 10**6}).encode()
        if path == self._description:
            pairs = dict(parse_qsl(query, keep_blank_values=True))
            return await self._requests.cached(
                *(path, query, _DESCRIPTION_WEIGHT, _CACHED_FOR, pairs)
            )
        if (
            self._rules is not None
            and self._books is not None
            and path == self._rules.snapshot.path
        ):
            return await self._snapshot(self._rules, self._books, Arguments(query))
        has = [self._ping, self._time, self._description]
        if self._rules is not None:
            has.append(self._rules.snapshot.path)
        raise Refusal(-1, f"The relay has {', '.join(has)}; ask the venue for others.", status=404)

    async def _snapshot(self, rules: OrderBookRules, books: Books, arguments: Arguments) -> bytes:
        endpoint = rules.snapshot
        arguments.check_names({*rules.query, *rules.constants, endpoint.limit})
        symbol = arguments.text(books.symbol)
        if not is_symbol(symbol):
            raise illegal(books.symbol, SYMBOLS)
        limit = arguments.limit(
            endpoint.limit, min(_LEVELS, endpoint.max_limit), endpoint.max_limit
        )
        return await books.snapshot(symbol, limit)
