"""unicorn-binance-local-depth-cache: the task that keeps its book, without a socket."""

from __future__ import annotations

import types
from collections.abc import Generator
from typing import Any

from benchmarks.books.contend import Level
from benchmarks.books.diffs import Diffs
from benchmarks.books.json_of_peers import loads

_MARKET = "btcusdt"


class _Rest:
    """Gives the snapshot in the place of REST."""

    def __init__(self, snapshot: dict[str, Any]) -> None:
        self._snapshot = snapshot

    def get_order_book(self, **_: object) -> dict[str, Any]:
        return self._snapshot

    def get_used_weight(self) -> dict[str, Any]:
        return {"weight": 0, "status_code": 200}


class _Stream:
    """Gives the message that is applied in the place of a socket's queue."""

    message: Any = None

    def is_stop_request(self, **_: object) -> bool:
        return False

    def get_stream_label(self, **_: object) -> str:
        return "depth"

    def asyncio_queue_task_done(self, **_: object) -> None:
        pass

    @types.coroutine
    def get_stream_data_from_asyncio_queue(self, **_: object) -> Generator[None, None, Any]:
        yield
        return self.message


class _Book:
    decode = staticmethod(loads)

    def __init__(self, sequence: Diffs) -> None:
        from unicorn_binance_local_depth_cache import BinanceLocalDepthCacheManager

        self._manager: Any = BinanceLocalDepthCacheManager(
            exchange="binance.com",
            ubra_manager=_Rest(sequence.snapshot),
            disable_colorama=True,
            warn_on_update=False,
        )
        self._manager.ubwa = self._stream = _Stream()
        self._manager._add_depthcache(market=_MARKET)
        self._manager._init_depth_cache(market=_MARKET)
        self._manager.depth_caches[_MARKET]["refresh_request"] = False
        self._task = self._manager._manage_depth_cache_async(stream_id="one")
        self._task.send(None)

    def apply(self, message: Any) -> None:
        self._stream.message = message
        self._task.send(None)

    def best(self) -> tuple[Level, Level]:
        manager = self._manager
        return (
            manager.get_bids(market=_MARKET, limit_count=1)[0],
            manager.get_asks(market=_MARKET, limit_count=1)[0],
        )

    def ten(self) -> tuple[list[Level], list[Level]]:
        manager = self._manager
        return (
            manager.get_bids(market=_MARKET, limit_count=10),
            manager.get_asks(market=_MARKET, limit_count=10),
        )


def make(sequence: Diffs, variant: str) -> _Book:
    """Return a book with floats, the only numbers that it has."""
    return _Book(sequence)
