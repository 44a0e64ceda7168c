"""Requests of the REST API that are passed on upstream."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import OrderedDict
from collections.abc import Mapping
from itertools import count
from typing import Any

from binance_streams_relay.counters import RelayStats
from binance_streams_runtime.client.forwarding import settings_of
from binance_streams_runtime.protocol.rest import Need, RestFailure, RestRequest
from binance_streams_runtime.rest.requests import RestRequests
from binance_streams_runtime.rest.service import SERVICE
from binance_streams_simulator.refusals import Refusal

_TIMEOUT = 15.0
"""Seconds for an answer, waiting for request weight included."""
_MOST_CACHED = 100
_NO_ANSWER = -1001


class ForwardedRequests:
    """Passes requests on, within the request weight that all clients of the process share."""

    def __init__(self, client: Any, stats: RelayStats) -> None:
        """Take the server and the proxy of ``client``."""
        settings, limits = settings_of(client), client.venue.rest
        self._rest = settings.rest
        self._stats = stats
        self._numbers = count()
        self._requests = None
        # A log of messages has snapshots, which its client fetches, and no REST API.
        if self._rest is not None and limits is not None and settings.source is None:
            self._requests = RestRequests(
                *(limits, settings.weight_reserve, settings.rest_proxy),
                settings.target.ssl_context,
            )
        self._cache: OrderedDict[tuple[str, str], tuple[float, asyncio.Future[bytes]]] = (
            OrderedDict()
        )

    @property
    def used_weight(self) -> int:
        """The request weight that the server has counted, as far as it is known."""
        if self._requests is None or self._rest is None:
            return 0
        return SERVICE.used(self._rest.url.partition("://")[2])

    async def get(self, path: str, query: Mapping[str, str], weight: int) -> bytes:
        """Return the body of the answer; raise Refusal if there is none, with the reason."""
        if self._requests is None or self._rest is None:
            raise Refusal(-1, "Upstream has no REST API that the relay knows.", status=404)
        loop = asyncio.get_running_loop()
        done: asyncio.Future[bytes | RestFailure] = loop.create_future()

        def on_done(result: bytes | RestFailure) -> None:
            # In a thread of its own, when the loop may just be closing.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_set, done, result)

        number = next(self._numbers)
        self._stats.requests_forwarded += 1
        self._requests.start(
            number,
            RestRequest(
                *(self._rest.url_of(path), path, query, weight, Need.BOOK, _TIMEOUT, bytes),
            ),
            on_done,
        )
        try:
            result = await done
        finally:
            self._requests.cancel(number)
        if isinstance(result, RestFailure):
            raise refusal_of(result.reason, result.status, result.retry_after)
        return result

    async def cached(
        self, path: str, query: str, weight: int, seconds: float, pairs: Mapping[str, str]
    ) -> bytes:
        """Return an answer that is at most so many seconds old; all who wait share a request."""
        now = asyncio.get_running_loop().time()
        key = path, query
        entry = self._cache.get(key)
        if entry is None or entry[0] < now or _has_failed(entry[1]):
            answer = asyncio.ensure_future(self.get(path, pairs, weight))
            # Nobody may be left who waits for it.
            answer.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._cache[key] = entry = now + seconds, answer
            while len(self._cache) > _MOST_CACHED:
                self._cache.popitem(last=False)
        return await asyncio.shield(entry[1])

    def close(self) -> None:
        """Give up all requests."""
        for _, answer in self._cache.values():
            answer.cancel()
        if self._requests is not None:
            self._requests.close()


def refusal_of(reason: str, status: int | None, retry_after: float | None = None) -> Refusal:
    """Return the refusal that says why upstream has no answer; the venue's own if it has one."""
    own = re.search(r"\(code (-\d+): (.*)\)$", reason)
    seconds = None if retry_after is None else max(1, round(retry_after))
    if own is not None:
        return Refusal(int(own[1]), own[2], status or 400, seconds)
    return Refusal(_NO_ANSWER, f"No answer from upstream: {reason}", 503, seconds)


def _has_failed(answer: asyncio.Future[bytes]) -> bool:
    return answer.done() and (answer.cancelled() or answer.exception() is not None)


def _set(done: asyncio.Future[Any], result: Any) -> None:
    if not done.done():
        done.set_result(result)
