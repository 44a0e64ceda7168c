"""``python -m demo``: subscribe to every stream and show the events."""

from __future__ import annotations

import argparse
import contextlib
import logging
import math
import sys
import threading
import time
import warnings
from collections.abc import Sequence

from binance_streams import (
    VENUE,
    BinanceStreamsError,
    Client,
    Connected,
    Notice,
    ParameterError,
    RetiredStreamWarning,
)
from binance_streams_simulator import Simulator
from demo.plan import Plan, plan
from demo.show import DRAWS_PER_SECOND, show_for
from demo.tally import Tally

CONFIRM_TIMEOUT = 20.0
"""Seconds within which the server must have confirmed every stream."""

PATIENCE = 60.0
"""How many seconds longer than asked for to wait until each stream of the simulator has delivered
something: on a slow machine that takes longer.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo; return 0 if it worked, 1 if it did not, 2 for invalid arguments."""
    given = _parser().parse_args(arguments)
    # Notices are counted and errors reported at the end; in between they would break the table.
    logging.getLogger("binance_streams").addHandler(logging.NullHandler())
    logging.getLogger("binance_streams").propagate = False
    try:
        with contextlib.ExitStack() as stack:
            is_simulator = given.server == "simulator"
            server = given.server
            if is_simulator:
                server = stack.enter_context(Simulator(symbols=_symbols(given.symbol))).url
            return _run(server, plan(given.symbol, is_simulator), given.seconds, is_simulator)
    except ParameterError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 2
    except (BinanceStreamsError, OSError) as error:
        print(f"demo: {given.server}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("demo: interrupted", file=sys.stderr)
        return 0


def _run(server: str, chosen: Plan, seconds: float, is_simulator: bool) -> int:
    tally = Tally()
    failures: list[BaseException] = []
    stopped = threading.Event()

    def on_notice(notice: Notice) -> None:
        if not isinstance(notice, Connected):
            tally.count_notice(notice)

    def on_error(error: BaseException) -> None:
        failures.append(error)
        stopped.set()

    client = Client(
        server,
        on_event=tally.add,
        on_notice=on_notice,
        on_error=on_error,
        request_timeout=CONFIRM_TIMEOUT,
        # Fail at once if the server cannot be reached, but wait for one that has delivered events.
        reconnect=lambda lost: tally.events > 0,
    )
    with client:
        print(f"{'simulator' if is_simulator else server}: {client.url}", flush=True)
        with warnings.catch_warnings():
            # The simulator still has what production has retired.
            warnings.simplefilter("ignore", RetiredStreamWarning)
            subscriptions = chosen.subscribe(client)
        tally.expect(subscriptions)
        deadline = time.monotonic() + CONFIRM_TIMEOUT
        for subscription in subscriptions:
            subscription.wait(max(deadline - time.monotonic(), 0.001))
        was_interrupted = _watch(tally, stopped, seconds, PATIENCE if is_simulator else 0.0)
    if failures:
        raise failures[0]
    return _conclude(tally, chosen, is_simulator, was_interrupted)


def _watch(tally: Tally, stopped: threading.Event, seconds: float, patience: float) -> bool:
    """Draw until the time is over or something stops it; return whether that was Ctrl-C.

    While streams are silent, it continues for up to ``patience`` more seconds.
    """
    deadline = time.monotonic() + seconds
    with show_for(tally) as show:
        try:
            while (left := deadline - time.monotonic()) > (-patience if tally.silent else 0.0):
                show.draw()
                # End in time, not with the next drawing.
                longest = left if left > 0 else patience
                if stopped.wait(min(longest, 1 / DRAWS_PER_SECOND)):
                    break
        except KeyboardInterrupt:
            return True
    return False


def _conclude(tally: Tally, chosen: Plan, is_simulator: bool, was_interrupted: bool) -> int:
    """Report silent streams and how to continue; return the exit status."""
    if chosen.left_out:
        print(f"left out: {', '.join(chosen.left_out)}")
    if tally.notices:
        print(f"notices: {tally.notices}")
    silent = tally.silent
    if silent:
        print(f"no event from {len(silent)} of {len(tally)} streams: {', '.join(silent)}")
    else:
        print(f"all {len(tally)} streams delivered events, {tally.events:,} in total")
    if is_simulator:
        print(f"The same with real data: make demo SERVER={VENUE.default_server}")
    if silent and is_simulator and not was_interrupted:
        print("demo: the simulator serves every stream, so this is a fault", file=sys.stderr)
        return 1
    return 0


def _symbols(symbol: str) -> tuple[str, ...]:
    """Return what the simulator lists: the symbol, and more for streams of the whole market."""
    return tuple(dict.fromkeys((symbol, "BTCUSDT", "ETHUSDT", "BNBBTC")))


def _parser() -> argparse.ArgumentParser:
    servers = ", ".join(server.name for server in VENUE.servers)
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument(
        "--server",
        default="simulator",
        help=f"simulator (the default, started here), {servers}, or a ws:// or wss:// URL",
    )
    parser.add_argument(
        "--seconds", type=_seconds, default=10.0, help="how long it runs (%(default)s)"
    )
    parser.add_argument("--symbol", default="BTCUSDT", help="the trading pair (%(default)s)")
    return parser


def _seconds(text: str) -> float:
    with contextlib.suppress(ValueError):
        if 0 < float(text) < math.inf:
            return float(text)
    raise argparse.ArgumentTypeError(f"got {text!r}; allowed: a number of seconds above 0")


if __name__ == "__main__":
    sys.exit(main())
