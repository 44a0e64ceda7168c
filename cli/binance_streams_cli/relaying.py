"""The command ``serve --upstream``: a relay, in one process or in several."""

from __future__ import annotations

import argparse
import contextlib
import logging
import signal
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from binance_streams_cli.market import Market

if TYPE_CHECKING:
    from binance_streams_relay.workers import Served


def run(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM; return the exit status."""
    # Imported here: it needs an extra.
    from binance_streams_relay import RelayLimits, RelayOptions
    from binance_streams_relay.workers import Workers, run_relay

    logging.basicConfig(
        level=logging.INFO if options.verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(message)s",
    )
    market = Market(options.market)
    given: dict[str, Any] = {}
    if options.max_pending is not None:
        given["max_pending_bytes"] = options.max_pending
    relay_options = RelayOptions(
        upstream=options.upstream,
        market=market.package,
        host=options.host,
        port=options.port,
        rest_url=options.rest_url,
        proxy=options.proxy,
        trust_env=options.trust_env,
        redundancy=options.redundancy,
        limits=RelayLimits.none() if options.no_limits else RelayLimits(),
        slow=options.slow,
        linger=options.linger,
        book_depth=0 if options.no_books else options.book_depth,
        tls_certificate=options.tls_certificate,
        tls_key=options.tls_key,
        metrics=options.metrics,
        **given,
    )
    if options.workers == 1:
        run_relay(relay_options, lambda served: _show(served, market), options.event_loop)
        return 0
    stopped = threading.Event()
    with (
        _stopped_by_signals(stopped),
        Workers(relay_options, options.workers, options.event_loop) as workers,
    ):
        _show(workers.served, market)
        # In slices: a signal that comes just before a wait begins does not interrupt it.
        while not stopped.wait(0.25):
            pass
    return 0


def _show(served: Served, market: Market) -> None:
    """Print where it listens."""
    stream = next(type for type in market.catalog if not type.is_secret)
    path = market.venue.paths_of(stream.category).preferred
    print(f"upstream:  {served.upstream_url}", flush=True)
    print(f"streams:   {served.url}{path}")
    rules = market.catalog.order_book
    if rules is not None:
        print(f"REST:      {served.rest_url}{rules.snapshot.path}?symbol=BTCUSDT&limit=1000")
    print(f'client:    {market.package}.Client("{served.url}")')
    for address in served.metrics_addresses:
        print(f"metrics:   http://{address}/metrics")
    print("Ctrl-C ends it.", flush=True)


@contextlib.contextmanager
def _stopped_by_signals(stopped: threading.Event) -> Iterator[None]:
    """Set the event on SIGINT and SIGTERM."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: stopped.set()) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
