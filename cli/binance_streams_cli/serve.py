"""Run a local server: one that behaves like the venue, a recording, or a relay of a real server."""

from __future__ import annotations

import argparse
import functools

from binance_streams_cli.parser import add_metrics, count, duration, size
from binance_streams_cli.status import USAGE, CommandError

try:
    from binance_streams_simulator import __main__ as simulator
except ImportError as error:
    if "pip install" not in str(error):
        raise
    # The relay is made of the same package; whether this is one is not known yet.
    raise ImportError(
        "serve needs websockets: pip install 'binance-streams[relay]' for a relay, "
        "'binance-streams[simulator]' for the simulator"
    ) from error

_SHARED = {"help", "host", "port", "market", "verbose", "upstream"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command: those of the simulator, and those of the relay."""
    simulator.add_arguments(parser)
    of_simulator = list(parser._actions)
    _add_relay(
        parser.add_argument_group("relay", "serves another server's streams, each subscribed once")
    )
    of_relay = parser._actions[len(of_simulator) :]
    parser.set_defaults(check=functools.partial(_check, of_simulator, of_relay))


def run(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM; return the exit status."""
    options.check(options)
    if options.upstream is None:
        try:
            return simulator.run(options)
        except ValueError as error:
            raise CommandError(str(error), USAGE) from None
    # Imported late: the simulator needs none of it.
    from binance_streams_cli import relaying

    return relaying.run(options)


def _add_relay(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--upstream",
        metavar="SERVER",
        help="the server to relay: one of the market, such as production, a ws:// or wss:// URL, "
        "or a log of messages (nats://...)",
    )
    group.add_argument(
        "--rest-url", metavar="URL", help="its REST API (that of the server; a log has none)"
    )
    group.add_argument(
        "--proxy", metavar="URL", help="http://user:password@host:port, socks5h://..."
    )
    group.add_argument(
        "--trust-env", action="store_true", help="take the proxy from HTTPS_PROXY and the like"
    )
    group.add_argument(
        "--redundancy",
        type=count,
        default=1,
        metavar="COUNT",
        help="connections upstream that carry each stream, so that a cut of one is not seen (1)",
    )
    group.add_argument(
        "--workers",
        type=count,
        default=1,
        metavar="COUNT",
        help="processes that share the port, each with an upstream of its own (%(default)s)",
    )
    group.add_argument(
        "--slow",
        choices=("close", "conflate"),
        default="close",
        help="a client that does not keep up is disconnected once too much waits for it; conflate: "
        "of streams whose events are whole states, only the newest waits (%(default)s)",
    )
    group.add_argument(
        "--max-pending",
        type=size,
        metavar="SIZE",
        help="how much may wait for one client, such as 4MB (16 MiB)",
    )
    group.add_argument(
        "--linger",
        type=duration,
        default=10.0,
        metavar="TIME",
        help="how long a stream without clients stays subscribed upstream (10s)",
    )
    books = group.add_mutually_exclusive_group()
    books.add_argument(
        "--book-depth",
        type=count,
        default=5000,
        metavar="LEVELS",
        help="levels a side of the order books that answer /api/v3/depth; requests for more are "
        "passed on (%(default)s)",
    )
    books.add_argument("--no-books", action="store_true", help="pass on all requests for snapshots")
    group.add_argument(
        "--no-limits", action="store_true", help="lift the venue's limits of what clients send"
    )
    group.add_argument("--tls-certificate", metavar="FILE", help="serve wss:// with it (PEM)")
    group.add_argument("--tls-key", metavar="FILE", help="its private key, if in another file")
    group.add_argument(
        "--event-loop",
        choices=("asyncio", "uvloop"),
        default="asyncio",
        help="uvloop needs a little less CPU under some loads, if it is installed (%(default)s)",
    )
    add_metrics(group)


def _check(
    of_simulator: list[argparse.Action],
    of_relay: list[argparse.Action],
    options: argparse.Namespace,
) -> None:
    """Raise a usage error for options of the simulator with a relay, or the other way round."""
    is_relay = options.upstream is not None
    for action in of_simulator if is_relay else of_relay:
        if action.dest in _SHARED or getattr(options, action.dest) == action.default:
            continue
        flag = action.option_strings[0]
        if is_relay:
            raise CommandError(f"{flag} is of the simulator, not allowed with --upstream", USAGE)
        raise CommandError(f"{flag} is of the relay, allowed with --upstream only", USAGE)
