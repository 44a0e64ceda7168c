"""What the tests of REST requests share: requests without a client, and answers byte by byte."""

from __future__ import annotations

import queue
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any

from binance_streams_runtime.catalog.rest import RestLimits
from binance_streams_runtime.protocol.proxy import parse_proxy
from binance_streams_runtime.protocol.rest import Need, RestFailure, RestRequest
from binance_streams_runtime.rest.requests import RestRequests
from binance_streams_runtime.rest.service import RestService
from tests.support.limits import LIMIT, client_threads, wait_until
from tests.support.raw_server import Handle, Peer, RawServer

LIMITS = RestLimits(weight=6000, window=60, used_header="X-MBX-USED-WEIGHT-1M")


class Fetcher:
    """Makes requests as a client does, and waits for their results."""

    def __init__(
        self,
        service: RestService,
        proxy: str | None = None,
        ssl_context: ssl.SSLContext | None = None,
        reserve: int = 0,
        limits: RestLimits = LIMITS,
    ) -> None:
        through = None if proxy is None else parse_proxy(proxy)
        self.requests = RestRequests(limits, reserve, through, ssl_context, service)
        self.results: queue.Queue[tuple[int, Any]] = queue.Queue()
        self._numbers = count(1)

    def start(
        self,
        url: str,
        path: str = "/rows",
        *,
        weight: int = 1,
        need: Need = Need.FILL,
        timeout: float = LIMIT,
        decode: Callable[[bytes], Any] = bytes.decode,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> int:
        """Begin a request; its number."""
        request = RestRequest(url, path, query or {}, weight, need, timeout, decode, headers or {})
        number = next(self._numbers)
        self.requests.start(number, request, lambda result: self.results.put((number, result)))
        return number

    def take(self) -> tuple[int, Any]:
        """The number and the result of the request that is done next."""
        return self.results.get(timeout=LIMIT)

    def get(self, url: str, path: str = "/rows", **options: Any) -> Any:
        """The result of a request."""
        self.start(url, path, **options)
        return self.take()[1]

    def failure(self, url: str, path: str = "/rows", **options: Any) -> RestFailure:
        """Why a request failed."""
        result = self.get(url, path, **options)
        assert isinstance(result, RestFailure)
        return result


@contextmanager
def fetching(service: RestService | None = None, **options: Any) -> Iterator[Fetcher]:
    """A fetcher with a service of its own, which leaves no thread behind."""
    fetcher = Fetcher(service or RestService(), **options)
    try:
        yield fetcher
    finally:
        fetcher.requests.close()
    if service is None:
        wait_until(lambda: not client_threads())


def http(server: RawServer) -> str:
    """The URL of a raw server for HTTP."""
    return server.url.replace("ws", "http", 1)


def answer(
    body: bytes = b"[]", status: str = "200 OK", *headers: str, length: bool = True
) -> bytes:
    """A complete answer."""
    lines = [f"HTTP/1.1 {status}", *headers]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def answering(*answers: bytes) -> Handle:
    """Give these answers in turn on a connection, the last one again and again."""

    def handle(peer: Peer) -> None:
        for number in count():
            peer.read_head()
            peer.send(answers[min(number, len(answers) - 1)])

    return handle
