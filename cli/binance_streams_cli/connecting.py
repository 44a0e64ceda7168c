"""Where a command connects to: a server, or a simulator that is started for it."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable, Iterator
from typing import Any

from binance_streams_cli.market import Market
from binance_streams_cli.parser import SIMULATOR, did_you_mean
from binance_streams_cli.status import USAGE, CommandError
from binance_streams_runtime.errors import shown

_LISTED = ("BTCUSDT", "ETHUSDT", "BNBBTC")


@contextlib.contextmanager
def connected(server: str | None, market: Market, symbols: Iterable[str]) -> Iterator[str | None]:
    """Give the server to connect to; a simulator lists these symbols and runs until the end."""
    if server != SIMULATOR:
        _check_name(server, market)
        yield server
        return
    # Imported late: it needs an extra, and time.
    from binance_streams_simulator import Simulator

    # Requests that it refuses are reported by the client.
    logging.getLogger("binance_streams_simulator").addHandler(logging.NullHandler())
    listed = tuple(dict.fromkeys((*symbols, *_LISTED)))
    with Simulator(symbols=listed, market=market.package) as simulator:
        yield simulator.url


def _check_name(server: str | None, market: Market) -> None:
    """Raise CommandError if no server has this name; URLs are checked by the client."""
    venue = market.venue
    names = [one.name for one in venue.servers]
    elsewhere = {name for other in venue.elsewhere for name in other.servers}
    if server is None or ":" in server or server in names or server in elsewhere:
        return
    names.append(SIMULATOR)
    listed = ", ".join(map(repr, names))
    text = f"{listed}, or a ws:// or wss:// URL, or replay:FOLDER, or nats://HOST"
    hint = did_you_mean(server, names)
    raise CommandError(f"server: got {shown(server)}; allowed: {text}{hint}", USAGE)


@contextlib.contextmanager
def measured(client: Any, address: str | None) -> Iterator[None]:
    """Serve the client's metrics at this address, if there is one."""
    if address is None:
        yield
        return
    from binance_streams_runtime.metrics.server import serve_metrics

    with serve_metrics(client, address):
        yield
