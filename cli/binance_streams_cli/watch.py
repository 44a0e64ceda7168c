"""Show the events of streams: a live table on a terminal, JSON lines in a pipe."""

from __future__ import annotations

import argparse
import sys

from binance_streams_cli.parser import (
    SIMULATOR,
    add_limits,
    add_metrics,
    add_output,
    add_reconnect,
    add_server,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("streams", nargs="*", metavar="STREAM", help="such as btcusdt@trade")
    parser.add_argument(
        "--all", metavar="SYMBOL", help="every stream of a symbol, and those of all symbols"
    )
    add_output(parser, has_raw=True)
    parser.add_argument(
        "--fill", action="store_true", help="fetch missed events by REST, if it has them"
    )
    parser.add_argument(
        "--each",
        action="store_true",
        help="end with status 1 if a stream has delivered no event within --for; a table waits a "
        "minute longer for it",
    )
    add_limits(parser)
    add_reconnect(parser, "later")
    add_metrics(parser)
    add_server(parser)


def run(options: argparse.Namespace) -> int:
    """Show events until there have been enough; return the exit status."""
    # Imported late, so that help and completion need none of it.
    from binance_streams_cli import choose
    from binance_streams_cli.connecting import connected, measured
    from binance_streams_cli.market import Market
    from binance_streams_cli.notices import printed
    from binance_streams_cli.status import USAGE, CommandError
    from binance_streams_cli.watching import NUMBER_TYPES, Watching

    market = Market(options.market)
    is_simulator = options.server == SIMULATOR
    chosen = choose.choose(market, options.streams, options.all, is_simulator)
    if options.fill:
        if options.output == "raw":
            raise CommandError("--fill: what REST has is no message; without --output raw", USAGE)
        choose.check_fill(chosen)
    with (
        printed(options.notices) as notices,
        connected(options.server, market, chosen.symbols()) as server,
    ):
        watching = Watching(options, chosen, notices)
        with market.module.Client(
            server,
            numbers=NUMBER_TYPES[options.numbers],
            on_event=watching.on_event,
            on_notice=watching.on_notice,
            on_error=watching.on_error,
            reconnect=watching.reconnect(),
            proxy=options.proxy,
            trust_env=options.trust_env,
        ) as client:
            for line in choose.subscribe(
                client, chosen, options.fill, is_simulator, watching.is_raw
            ):
                print(f"binance-streams: {line}", file=sys.stderr)
            with measured(client, options.metrics):
                return watching.run(client)
