"""Run the simulator by hand: ``python -m binance_streams_simulator --port 9443``."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from binance_streams_simulator.accounts.demo import DEMO_API_KEY, DEMO_SECRET
from binance_streams_simulator.package import DEFAULT_MARKET, GeneratedPackage
from binance_streams_simulator.simulator import DEFAULT_SYMBOLS, Simulator


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C or SIGTERM; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m binance_streams_simulator",
        description="A local server that behaves like the venue.",
    )
    add_arguments(parser)
    return run(parser.parse_args(arguments))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments, for this program and for ``binance-streams serve``."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (%(default)s)")
    parser.add_argument("--port", type=int, default=9443, help="port, 0 for any (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the market (%(default)s)")
    parser.add_argument(
        "--market",
        default=DEFAULT_MARKET,
        metavar="PACKAGE",
        help="the generated package whose market it is (%(default)s)",
    )
    parser.add_argument("--server", help="whose limits hold, such as testnet (the default server)")
    parser.add_argument(
        "--symbols",
        help="the only symbols that exist, separated by commas: streams of others are silent; "
        f"without it every symbol exists, and {','.join(DEFAULT_SYMBOLS)} are listed",
    )
    parser.add_argument(
        "--speed", type=float, default=1.0, help="times faster than the venue (%(default)s)"
    )
    parser.add_argument(
        "--history",
        type=float,
        default=86_400.0,
        metavar="SECONDS",
        help="from when on there are candles before the start (%(default)s)",
    )
    parser.add_argument("--replay", metavar="FILE", help="recorded messages, as JSON lines")
    parser.add_argument("--verbose", action="store_true", help="log every request")


def run(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM; return the exit status."""
    logging.basicConfig(
        level=logging.DEBUG if options.verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(message)s",
    )
    # websockets logs each frame at this level: too much to see the requests.
    logging.getLogger("websockets").setLevel(logging.INFO)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    symbols = None
    if options.symbols is not None:
        symbols = [symbol for symbol in options.symbols.split(",") if symbol]
    try:
        simulator = Simulator(
            seed=options.seed,
            host=options.host,
            port=options.port,
            market=options.market,
            server=options.server,
            symbols=symbols,
            speed=options.speed,
            history=options.history,
            replay=options.replay,
            replay_speed=1.0 if options.replay else None,
        )
    except (OSError, ValueError) as error:
        print(f"cannot start: {error}", file=sys.stderr)
        return 1
    with simulator:
        for target in _example_targets(GeneratedPackage(options.market)):
            print(f"streams:   {simulator.url}{target}", flush=True)
        rules = GeneratedPackage(options.market).catalog.order_book
        if simulator.has_snapshots and rules is not None:
            print(f"REST:      {simulator.rest_url}{rules.snapshot.path}?symbol=BTCUSDT&limit=5000")
        if simulator.has_api:
            print(f"API:       {simulator.api_url}")
            print(f"account:   API key {DEMO_API_KEY}, secret {DEMO_SECRET}")
        print(f'client:    {options.market}.Client("{simulator.url}")')
        print("Ctrl-C ends it.", flush=True)
        # In slices: a signal that comes just before a wait begins does not interrupt it.
        while not stopped.wait(0.25):
            pass
    return 0


def _example_targets(package: GeneratedPackage) -> Iterator[str]:
    """Yield a path with a documented stream of each category."""
    seen: set[str] = set()
    for type in package.catalog:
        examples = package.examples.get(type.key)
        paths = package.venue.paths_of(type.category)
        if type.is_secret or not examples or paths.preferred in seen:
            continue
        seen.add(paths.preferred)
        name = quote(examples[0].stream, safe="@!")
        yield f"{paths.combined}?streams={name}" if paths.combined else f"{paths.raw}/{name}"


if __name__ == "__main__":
    sys.exit(main())
