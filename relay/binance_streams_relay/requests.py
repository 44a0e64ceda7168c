"""Requests of the REST API that are passed on upstream."""

from __future__ import annotations

import asyncio
import contextlib
import math
import re
from collections import OrderedDict
from collections.abc import Mapping
from itertools import count
from typing import Any
from urllib.parse import urlencode

from binance_streams_relay.counters import RelayStats
from binance_streams_relay.options import RelayOptions
from binance_streams_runtime.client.forwarding import settings_of
from binance_streams_runtime.client.options import find_proxy
from binance_streams_runtime.client.rest_options import rest_requests, weight_reserve
from binance_streams_runtime.protocol.rest import Need, RestFailure, RestRequest, RestServer
from binance_streams_runtime.protocol.url import check_rest_url
from binance_streams_runtime.rest.requests import RestRequests
from binance_streams_runtime.rest.service import SERVICE
from binance_streams_simulator.refusals import Refusal

_TIMEOUT = 10.0
"""Seconds for an answer, waiting for request weight included: clients wait no longer either."""
_MOST_UNDER_WAY = 100
"""Requests that wait for their answers; each of them differs from the others."""
_MOST_KEPT_BYTES = 64 * 2**20
_TOO_MANY = -1003
_NO_ANSWER = -1001


class ForwardedRequests:
    """Passes requests on, within the request weight that all clients of the process share.

    Equal requests that are under way at the same time are one request upstream.
    """

    def __init__(
        self, server: RestServer | None, requests: RestRequests | None, stats: RelayStats
    ) -> None:
        """Make requests to ``server``; without one, all are refused."""
        self._server = server
        self._requests = requests
        self._stats = stats
        self._numbers = count()
        self._under_way: dict[object, asyncio.Task[bytes]] = {}
        # What may be answered once more, and until when; the oldest ones first.
        self._kept: OrderedDict[object, tuple[float, bytes]] = OrderedDict()

    @classmethod
    def upstream(cls, client: Any, options: RelayOptions, stats: RelayStats) -> ForwardedRequests:
        """Make requests to the REST API of a relay's client, or to the one beside its log."""
        settings, venue = settings_of(client), client.venue
        if settings.source is None:
            return cls(settings.rest, rest_requests(venue, settings), stats)
        if options.rest_url is None or venue.rest is None:
            return cls(None, None, stats)
        server = RestServer(check_rest_url(options.rest_url))
        proxy = find_proxy(options.proxy, options.trust_env, server.url)
        reserve = weight_reserve(venue.rest, None)
        return cls(server, RestRequests(venue.rest, reserve, proxy, None), stats)

    @property
    def has_server(self) -> bool:
        """Whether there is a REST API upstream."""
        return self._requests is not None

    @property
    def used_weight(self) -> int:
        """The request weight that the server has counted, as far as it is known."""
        return 0 if self._server is None else SERVICE.used(self._server.url.partition("://")[2])

    async def get(
        self,
        path: str,
        query: Mapping[str, str],
        weight: int,
        headers: Mapping[str, str] | None = None,
        kept_for: float = 0.0,
    ) -> bytes:
        """Return the body of the answer; raise Refusal if there is none, with the reason.

        It may be the answer to an equal request, up to ``kept_for`` seconds old.
        """
        headers = headers or {}
        key = path, urlencode(query), *headers.values()
        kept = self._kept.get(key)
        if kept is not None and asyncio.get_running_loop().time() < kept[0]:
            return kept[1]
        task = self._under_way.get(key)
        if task is None:
            if len(self._under_way) >= _MOST_UNDER_WAY:
                raise Refusal(_TOO_MANY, "Too many requests of the relay are under way.", 429, 1)
            request = self._request(path, query, weight, headers)
            task = asyncio.create_task(self._answer(key, request, kept_for))
            self._under_way[key] = task
            task.add_done_callback(lambda done: self._end(key, done))
        # Others may wait for it even if this client has left.
        return await asyncio.shield(task)

    def close(self) -> None:
        """Give up all requests."""
        for task in self._under_way.values():
            task.cancel()
        if self._requests is not None:
            self._requests.close()

    def _request(
        self, path: str, query: Mapping[str, str], weight: int, headers: Mapping[str, str]
    ) -> RestRequest:
        if self._server is None:
            raise Refusal(-1, "Upstream has no REST API that the relay knows.", status=404)
        url = self._server.url_of(path)
        # The relay's own order books go first, and are only deepened after it.
        return RestRequest(url, path, query, weight, Need.FILL, _TIMEOUT, bytes, headers)

    async def _answer(self, key: object, request: RestRequest, kept_for: float) -> bytes:
        assert self._requests is not None
        loop = asyncio.get_running_loop()
        done: asyncio.Future[bytes | RestFailure] = loop.create_future()

        def on_done(result: bytes | RestFailure) -> None:
            # In a thread of its own, when the loop may just be closing.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_set, done, result)

        number = next(self._numbers)
        self._stats.requests_forwarded += 1
        self._requests.start(number, request, on_done)
        try:
            result = await done
        finally:
            self._requests.cancel(number)
        if isinstance(result, RestFailure):
            raise refusal_of(result.reason, result.status, result.retry_after)
        if kept_for:
            self._keep(key, loop.time() + kept_for, result)
        return result

    def _keep(self, key: object, until: float, body: bytes) -> None:
        self._kept.pop(key, None)
        self._kept[key] = until, body
        while sum(len(kept) for _, kept in self._kept.values()) > _MOST_KEPT_BYTES:
            self._kept.popitem(last=False)

    def _end(self, key: object, task: asyncio.Task[bytes]) -> None:
        del self._under_way[key]
        # Nobody may be left who waits for it.
        if not task.cancelled():
            task.exception()


def refusal_of(reason: str, status: int | None, retry_after: float | None = None) -> Refusal:
    """Return the refusal that says why upstream has no answer; the venue's own if it has one."""
    seconds = None if retry_after is None else max(1, math.ceil(retry_after))
    own = re.search(r"\(code (-\d+): (.*)\)$", reason)
    if own is not None:
        return Refusal(int(own[1]), own[2], status or 400, seconds)
    # It has not been asked if there is no request weight left, or if it wants to be left alone.
    if status in (418, 429) or (status is None and seconds is not None):
        return Refusal(_TOO_MANY, f"No answer from upstream: {reason}", status or 429, seconds)
    return Refusal(_NO_ANSWER, f"No answer from upstream: {reason}", 503, seconds)


def _set(done: asyncio.Future[Any], result: Any) -> None:
    if not done.done():
        done.set_result(result)
