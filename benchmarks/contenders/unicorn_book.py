"""unicorn-binance-local-depth-cache: its book, read ten times a second.

It does not say when a book has changed, so the user's code looks at it by the clock.
"""

from __future__ import annotations

import time
from typing import Any

from benchmarks.books.progress import Progress
from benchmarks.contend import Task

_INTERVAL = 0.1
_MARKET = "btcusdt"


def _best(manager: Any) -> object:
    bid = manager.get_bids(market=_MARKET, limit_count=1)[0]
    ask = manager.get_asks(market=_MARKET, limit_count=1)[0]
    return bid[0], bid[1], ask[0], ask[1]


def run(task: Task) -> None:
    """Set the addresses."""
    from unicorn_binance_local_depth_cache import BinanceLocalDepthCacheManager
    from unicorn_binance_rest_api import BinanceRestApiManager

    class Rest(BinanceRestApiManager):
        """Does not ask the venue for its time before the address can be set."""

        def get_server_time(self) -> dict[str, int]:
            return {"serverTime": int(time.time() * 1000)}

    rest = Rest(exchange="binance.com", disable_colorama=True, warn_on_update=False)
    rest.API_URL = task.rest + "/api"
    manager = BinanceLocalDepthCacheManager(
        exchange="binance.com",
        depth_cache_update_interval=100,
        ubra_manager=rest,
        disable_colorama=True,
        warn_on_update=False,
    )
    manager.ubwa.websocket_base_uri = task.base + "/"
    manager.create_depthcache(_MARKET)
    progress = Progress(task, _best)
    task.meter.ready()
    while not task.meter.is_finished:
        time.sleep(_INTERVAL)
        cache = manager.depth_caches[_MARKET]
        if cache["is_synchronized"]:
            progress(cache["last_update_id"], manager)
    task.meter.report()
