"""Snapshots of order books, put into the log beside the streams of changes.

Without one, a reader could not make an order book of the changes. Collectors share the work by
looking at the log first: who finds a snapshot that is young enough takes none.
"""

from __future__ import annotations

import asyncio
import logging
import math
import random
import time
from collections.abc import Awaitable, Callable
from operator import attrgetter
from typing import Any

from msgspec import Struct

from binance_streams_runtime.catalog.rest import OrderBookRules
from binance_streams_runtime.catalog.streams import Stream
from binance_streams_runtime.decoding.json import concrete, json_decoder
from binance_streams_runtime.protocol.rest import Need, RestFailure, RestRequest, RestServer
from binance_streams_runtime.rest.requests import RestRequests
from binance_streams_sinks.publishing.sink import Newest

logger = logging.getLogger("binance_streams.collector")

# Seconds within which a request must be answered, waiting for request weight included.
_TIMEOUT = 60.0
_TICK = 0.5
# Seconds, at random up to these, before the first snapshot and before one after a gap; and after a
# failure.
_FIRST, _AFTER_GAP, _AFTER_FAILURE = 1.0, 2.0, 30.0

_AGE_THAT_SERVES = 0.5
"""The part of the interval: a snapshot that is younger serves everybody."""


class _Book(Struct):
    stream: Stream
    at: float
    """When to look for a snapshot; infinite while one is taken."""
    after: int = 0
    """The snapshot must be younger: Unix time in nanoseconds."""


class Snapshots:
    """Takes snapshots of the books of some streams of changes, again and again."""

    def __init__(
        self,
        rules: OrderBookRules,
        server: RestServer,
        requests: RestRequests,
        *,
        interval: float,
        depth: int,
        newest: Callable[[str], Awaitable[Newest | None]],
        publish: Callable[[str, int, bytes], None],
    ) -> None:
        """Take none yet.

        Args:
            rules: What the market says about order books.
            server: Where the snapshots are.
            requests: Makes requests; it is closed with this.
            interval: Seconds between two snapshots of a book, about.
            depth: How many levels a side they have.
            newest: Returns the newest one of a symbol in the log.
            publish: Gets the symbol, the last update in it, and the answer's body.
        """
        self.taken: int = 0
        self._rules = rules
        self._server = server
        self._requests = requests
        self._interval = interval
        self._depth = depth
        self._newest = newest
        self._publish = publish
        self._books: dict[str, _Book] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._number = 0
        self._decode = json_decoder(concrete(rules.snapshot_struct, str), str).decode
        self._update_id = attrgetter(rules.snapshot_id)

    def add(self, symbol: str, stream: Stream) -> None:
        """Take snapshots of a book from now on; ``stream`` is one of its streams of changes.

        The first one is younger than now: nobody may have collected the stream before.
        """
        if symbol not in self._books:
            at = time.monotonic() + random.random() * _FIRST
            self._books[symbol] = _Book(stream, at, time.time_ns())

    def keep(self, symbols: set[str]) -> None:
        """Take snapshots of no other books any more."""
        for symbol in self._books.keys() - symbols:
            del self._books[symbol]

    def after_gap(self, symbol: str) -> None:
        """Take one soon, unless the log has one that is younger than now."""
        book = self._books.get(symbol)
        if book is not None:
            book.after = time.time_ns()
            book.at = min(book.at, time.monotonic() + random.random() * _AFTER_GAP)

    async def run(self) -> None:
        """Take snapshots until it is cancelled."""
        try:
            while True:
                now = time.monotonic()
                for symbol, book in self._books.items():
                    if book.at <= now:
                        book.at = math.inf
                        task = asyncio.create_task(self._take(symbol, book))
                        self._tasks.add(task)
                        task.add_done_callback(self._tasks.discard)
                await asyncio.sleep(_TICK)
        finally:
            for task in self._tasks:
                task.cancel()
            self._requests.close()

    async def _take(self, symbol: str, book: _Book) -> None:
        # A gap from now on needs another one.
        after, book.after = book.after, 0
        try:
            found = await self._newest(symbol)
        except Exception:
            # Rather one too many.
            found = None
        newest = 0 if found is None else found.received
        age = (time.time_ns() - newest) / 1e9
        if newest > after and age < _AGE_THAT_SERVES * self._interval:
            self._next(book, self._pause() - age)
            return
        result = await self._fetch(book.stream)
        if isinstance(result, RestFailure):
            logger.warning("no snapshot of %s: %s", symbol, result.reason)
            pause = max(result.retry_after or 0.0, _AFTER_FAILURE * (0.5 + random.random()))
            book.after = max(book.after, after)
            self._next(book, self._interval if result.is_final else pause)
            return
        update_id, body = result
        if self._books.get(symbol) is book:
            self.taken += 1
            self._publish(symbol, update_id, body)
        self._next(book, self._pause())

    def _next(self, book: _Book, pause: float) -> None:
        soon = random.random() * _AFTER_GAP
        book.at = time.monotonic() + (min(pause, soon) if book.after else pause)

    def _pause(self) -> float:
        """Return the seconds until the next one, spread so that no two collectors ask at once."""
        return self._interval * (0.8 + 0.4 * random.random())

    async def _fetch(self, stream: Stream) -> Any:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Any] = loop.create_future()

        def settle(result: Any) -> None:
            if not done.done():
                done.set_result(result)

        def on_done(result: Any) -> None:
            # In the thread that makes requests; the loop may have ended.
            if not loop.is_closed():
                loop.call_soon_threadsafe(settle, result)

        endpoint = self._rules.snapshot
        query = {
            **stream.query(self._rules.query),
            **self._rules.constants,
            endpoint.limit: str(self._depth),
        }
        self._number += 1
        number = self._number
        self._requests.start(
            number,
            RestRequest(
                self._server.url_of(endpoint.path),
                endpoint.path,
                query,
                endpoint.weight(self._depth),
                Need.DEPTH,
                _TIMEOUT,
                self._read,
                self._server.headers,
            ),
            on_done,
        )
        try:
            return await done
        finally:
            self._requests.cancel(number)

    def _read(self, body: bytes) -> tuple[int, bytes]:
        return int(self._update_id(self._decode(body))), body
