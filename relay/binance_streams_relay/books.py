"""Order book snapshots from the relay's own order books, which cost no request weight."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from binance_streams_relay.counters import RelayStats
from binance_streams_relay.requests import ForwardedRequests, refusal_of
from binance_streams_runtime.catalog.rest import OrderBookRules
from binance_streams_runtime.client.forwarding import settings_of
from binance_streams_runtime.errors import BinanceStreamsError, RequestError
from binance_streams_simulator.refusals import Refusal

_WAIT = 10.0
"""Seconds that a request waits for a book that is not synced or not deep enough yet."""
_WAIT_TO_FORWARD = 3.0
"""The same if it can be passed on then: some clients wait for no more than five seconds."""
_LOOK_EVERY = 0.05
_KEPT = 600.0
"""Seconds for which a book is kept after the last request for it."""
_REFUSED_FOR = 60.0
"""Seconds for which a symbol that upstream has refused is refused without asking again."""


class Books:
    """The order books that were asked for: each is made by the first request for it."""

    def __init__(
        self,
        client: Any,
        rules: OrderBookRules,
        requests: ForwardedRequests,
        depth: int,
        stats: RelayStats,
        clock: Callable[[], float],
    ) -> None:
        """Have no books yet; ``depth`` is how many levels a side they are to have."""
        self._client = client
        self._rules = rules
        self._requests = requests
        self._depth = min(depth, rules.snapshot.max_limit)
        self._stats = stats
        self._clock = clock
        self._books: dict[str, Any] = {}
        self._used_at: dict[str, float] = {}
        self._refused: dict[str, tuple[float, Refusal]] = {}
        names = {
            field.name: field.encode_name for field in msgspec.structs.fields(rules.snapshot_struct)
        }
        self._keys = tuple(names[name] for name in (rules.snapshot_id, rules.bids, rules.asks))
        # The parameter of a request that names the symbol, and that of the stream.
        self._symbol, self._parameter = next(iter(rules.query.items()))

    @property
    def symbol(self) -> str:
        """The parameter of a request that names the symbol."""
        return self._symbol

    async def snapshot(self, symbol: str, limit: int) -> bytes:
        """Return a snapshot of at most ``limit`` levels a side; raise Refusal."""
        if limit > self._depth or settings_of(self._client).rest is None:
            return await self._forward(symbol, limit)
        now = self._clock()
        refused = self._refused.get(symbol)
        if refused is not None and now < refused[0]:
            # Without what it had: each time it is raised, its traceback becomes longer.
            raise refused[1].with_traceback(None)
        book = self._book(symbol)
        self._used_at[symbol] = now
        try:
            wait = _WAIT_TO_FORWARD if self._requests.has_server else _WAIT
            view = await self._view(book, limit, now + wait)
        except RequestError as error:
            refusal = refusal_of(error.message, 400 if error.code is not None else None)
            self._end(symbol)
            self._refused[symbol] = now + _REFUSED_FOR, refusal
            raise refusal from None
        except BinanceStreamsError as error:
            if self._requests.has_server:
                return await self._forward(symbol, limit)
            raise Refusal(-1001, f"The order book is not synced: {error}", 503, 1) from None
        if view is None:
            return await self._forward(symbol, limit)
        self._stats.snapshots += 1
        values = (view.update_id, view.bids, view.asks)
        return msgspec.json.encode(dict(zip(self._keys, values, strict=True)))

    def close_idle(self) -> None:
        """Close the books that nobody has asked for lately."""
        now = self._clock()
        for symbol, used_at in list(self._used_at.items()):
            if now - used_at > _KEPT:
                self._end(symbol)
        for symbol, (until, _) in list(self._refused.items()):
            if until < now:
                del self._refused[symbol]

    def _book(self, symbol: str) -> Any:
        book = self._books.get(symbol)
        if book is None:
            arguments = {self._parameter: symbol}
            book = self._client.order_book(**arguments, depth=self._depth)
            self._books[symbol] = book
        return book

    async def _view(self, book: Any, limit: int, until: float) -> Any:
        """Return the levels as soon as they are right; None if they do not get deep enough."""
        while True:
            await book.wait(max(_LOOK_EVERY, until - self._clock()))
            view = book.top(limit)
            if view.state == "synced" and view.is_complete:
                return view
            # A book becomes deeper only once less than half of its depth is left.
            stays_shallow = view.state == "synced" and 2 * limit > self._depth
            if stays_shallow or self._clock() >= until:
                return None
            await asyncio.sleep(_LOOK_EVERY)

    async def _forward(self, symbol: str, limit: int) -> bytes:
        endpoint = self._rules.snapshot
        query = {self._symbol: symbol, **self._rules.constants, endpoint.limit: str(limit)}
        return await self._requests.get(endpoint.path, query, endpoint.weight(limit))

    def _end(self, symbol: str) -> None:
        self._used_at.pop(symbol, None)
        book = self._books.pop(symbol, None)
        if book is not None:
            book.close()
