"""python-binance: its DepthCacheManager, without a socket. The variant is what it converts to."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from decimal import Decimal
from typing import Any

from benchmarks.books.contend import Level
from benchmarks.books.diffs import Diffs
from benchmarks.books.json_of_peers import loads


class _Client:
    """Gives the snapshot in the place of REST."""

    def __init__(self, snapshot: dict[str, Any]) -> None:
        self._snapshot = snapshot
        self.tld = "com"
        self.testnet = False

    async def get_order_book(self, **_: object) -> dict[str, Any]:
        return self._snapshot


class _Book:
    decode = staticmethod(loads)

    def __init__(self, sequence: Diffs, variant: str) -> None:
        from binance.ws.depthcache import DepthCacheManager

        self._manager = DepthCacheManager(
            _Client(sequence.snapshot),
            "BTCUSDT",
            loop=asyncio.new_event_loop(),
            bm=object(),
            limit=len(sequence.snapshot["bids"]),
            conv_type=Decimal if variant == "decimal" else float,
            ws_interval=100,
        )
        _finish(self._manager._init_cache())
        self._cache = self._manager.get_depth_cache()

    def apply(self, message: Any) -> None:
        self._cache = _finish(self._manager._depth_event(message["data"]))

    def best(self) -> tuple[Level, Level]:
        return self._cache.get_bids()[0], self._cache.get_asks()[0]

    def ten(self) -> tuple[list[Level], list[Level]]:
        return self._cache.get_bids()[:10], self._cache.get_asks()[:10]


def _finish(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Return the result of a coroutine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise RuntimeError("it waits for something")


def make(sequence: Diffs, variant: str) -> _Book:
    """Return a book, which requests a snapshot again with the first update, as it always does."""
    return _Book(sequence, variant)
