"""Run the simulator by hand: ``python -m binance_streams_simulator --port 9443``."""

from __future__ import annotations

import argparse
import logging
import math
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from binance_streams_runtime.errors import BinanceStreamsError
from binance_streams_runtime.storage.parts import package_in
from binance_streams_simulator.accounts.demo import DEMO_API_KEY, DEMO_SECRET
from binance_streams_simulator.package import DEFAULT_MARKET, GeneratedPackage
from binance_streams_simulator.recorded import is_recording
from binance_streams_simulator.simulator import DEFAULT_SYMBOLS, Simulator

_MOST_NAMES = 8


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C or SIGTERM; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m binance_streams_simulator",
        description="A local server that behaves like the venue.",
    )
    add_arguments(parser)
    try:
        return run(parser.parse_args(arguments))
    except (OSError, ValueError, BinanceStreamsError) as error:
        print(f"cannot start: {error}", file=sys.stderr)
        return 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments, for this program and for ``binance-streams serve``."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (%(default)s)")
    parser.add_argument("--port", type=_port, default=9443, help="port, 0 for any (%(default)s)")
    parser.add_argument(
        *("--seed", "--simulate"), type=int, default=1, help="seed of the market (%(default)s)"
    )
    parser.add_argument(
        "--market",
        metavar="PACKAGE",
        help="the generated package whose market it is (that of the recording, or "
        f"{DEFAULT_MARKET})",
    )
    parser.add_argument("--server", help="whose limits hold, such as testnet (the default server)")
    parser.add_argument(
        "--symbols",
        help="the only symbols that exist, separated by commas: streams of others are silent; "
        f"without it every symbol exists, and {','.join(DEFAULT_SYMBOLS)} are listed",
    )
    parser.add_argument(
        "--speed",
        type=_speed,
        default=1.0,
        help="times faster than the venue, or than recorded, which may be max (%(default)s)",
    )
    parser.add_argument(
        "--history",
        type=float,
        default=86_400.0,
        metavar="SECONDS",
        help="from when on there are candles before the start (%(default)s)",
    )
    parser.add_argument(
        "--replay",
        metavar="FOLDER",
        help="serve a recording: a folder, one of its files, or JSON lines; it begins with the "
        "first subscription to one of its streams",
    )
    parser.add_argument(
        "--from", dest="since", metavar="TIME", help="from when on, such as 2026-11-25T12:00 (UTC)"
    )
    parser.add_argument("--to", dest="until", metavar="TIME", help="up to when")
    parser.add_argument(
        "--loop", action="store_true", help="begin the recording anew at its end, for who connects"
    )
    parser.add_argument(
        "--cuts", action="store_true", help="cut connections where those of the recording were"
    )
    parser.add_argument("--verbose", action="store_true", help="log every request")


def run(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM; return the exit status.

    Raises OSError, ValueError or BinanceStreamsError if it cannot start.
    """
    logging.basicConfig(
        level=logging.DEBUG if options.verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(message)s",
    )
    # websockets logs each frame at this level: too much to see the requests.
    logging.getLogger("websockets").setLevel(logging.INFO if options.verbose else logging.WARNING)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    symbols = None
    if options.symbols is not None:
        symbols = [symbol for symbol in options.symbols.split(",") if symbol]
    replays = options.replay is not None
    market = options.market or _market_of(options.replay)
    simulator = Simulator(
        seed=options.seed,
        host=options.host,
        port=options.port,
        market=market,
        server=options.server,
        symbols=symbols,
        speed=1.0 if replays else options.speed or 1.0,
        history=options.history,
        replay=options.replay,
        replay_speed=options.speed if replays else None,
        replay_from=options.since,
        replay_to=options.until,
        replay_cuts=options.cuts,
        replay_end="loop" if options.loop else None,
    )
    with simulator:
        package = GeneratedPackage(market)
        recorded = sorted(simulator.recorded_streams)
        for target in _targets_of(package, recorded) if recorded else _example_targets(package):
            print(f"streams:   {simulator.url}{target}", flush=True)
        if recorded:
            print(f"recorded:  {len(recorded)} streams: {shortened(recorded)}")
        rules = package.catalog.order_book
        if simulator.has_snapshots and rules is not None:
            print(f"REST:      {simulator.rest_url}{rules.snapshot.path}?symbol=BTCUSDT&limit=5000")
        if simulator.has_api and not recorded:
            print(f"API:       {simulator.api_url}")
            print(f"account:   API key {DEMO_API_KEY}, secret {DEMO_SECRET}")
        print(f'client:    {market}.Client("{simulator.url}")')
        print("Ctrl-C ends it.", flush=True)
        # In slices: a signal that comes just before a wait begins does not interrupt it.
        while not stopped.wait(0.25):
            pass
    return 0


def _speed(text: str) -> float | None:
    """Read a speed; None is as fast as possible."""
    speed = None if text == "max" else float(text)
    if speed is not None and not 0 < speed < math.inf:
        raise ValueError(text)
    return speed


def _port(text: str) -> int:
    if text.isdecimal() and int(text) <= 65_535:
        return int(text)
    raise argparse.ArgumentTypeError(f"got {text!r}; allowed: 1 to 65535, or 0 for any free port")


_speed.__name__ = "speed"  # what argparse calls it


def _market_of(replay: str | None) -> str:
    """Return the package of the market that was recorded, or the usual one."""
    return package_in(replay) if replay is not None and is_recording(replay) else DEFAULT_MARKET


def shortened(names: Sequence[str]) -> str:
    """List names, and of many only the first ones."""
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more


def _targets_of(package: GeneratedPackage, names: Sequence[str]) -> Iterator[str]:
    """Yield a path with one of these streams, of each category."""
    seen: set[str] = set()
    for name in names:
        try:
            category = package.catalog.resolve(name).type.category
        except BinanceStreamsError:
            continue
        if category not in seen:
            seen.add(category)
            yield _target(package, category, name)


def _target(package: GeneratedPackage, category: str, name: str) -> str:
    paths, name = package.venue.paths_of(category), quote(name, safe="@!")
    return f"{paths.combined}?streams={name}" if paths.combined else f"{paths.raw}/{name}"


def _example_targets(package: GeneratedPackage) -> Iterator[str]:
    """Yield a path with a documented stream of each category."""
    seen: set[str] = set()
    for type in package.catalog:
        examples = package.examples.get(type.key)
        paths = package.venue.paths_of(type.category)
        if type.is_secret or not examples or paths.preferred in seen:
            continue
        seen.add(paths.preferred)
        yield _target(package, type.category, examples[0].stream)


if __name__ == "__main__":
    sys.exit(main())
