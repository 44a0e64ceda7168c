"""Where a command connects to: a server, or a simulator that is started for it."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable, Iterator
from typing import Any

from binance_streams_cli.market import Market
from binance_streams_cli.parser import SIMULATOR

_LISTED = ("BTCUSDT", "ETHUSDT", "BNBBTC")


@contextlib.contextmanager
def connected(server: str | None, market: Market, symbols: Iterable[str]) -> Iterator[str | None]:
    """Give the server to connect to; a simulator lists these symbols and runs until the end."""
    if server != SIMULATOR:
        yield server
        return
    # Imported late: it needs an extra, and time.
    from binance_streams_simulator import Simulator

    # Requests that it refuses are reported by the client.
    logging.getLogger("binance_streams_simulator").addHandler(logging.NullHandler())
    listed = tuple(dict.fromkeys((*symbols, *_LISTED)))
    with Simulator(symbols=listed, market=market.package) as simulator:
        yield simulator.url


@contextlib.contextmanager
def measured(client: Any, address: str | None) -> Iterator[None]:
    """Serve the client's metrics at this address, if there is one."""
    if address is None:
        yield
        return
    from binance_streams_runtime.metrics.server import serve_metrics

    with serve_metrics(client, address):
        yield
