"""Record streams to a folder, until Ctrl-C, SIGTERM or a limit ends it.

Each message is kept byte for byte. A diff depth stream is of use only with a snapshot of the book,
so one is recorded with it. The status is 1 if lines could not be written.
"""

from __future__ import annotations

import argparse

from binance_streams_cli.parser import (
    SIMULATOR,
    add_limits,
    add_metrics,
    add_reconnect,
    add_server,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("streams", nargs="*", metavar="STREAM", help="such as btcusdt@trade")
    parser.add_argument("--to", required=True, metavar="DIR", help="the folder to record to")
    parser.add_argument(
        "--all", metavar="SYMBOL", help="every stream of a symbol, and those of all symbols"
    )
    parser.add_argument(
        "--book",
        action="append",
        default=[],
        metavar="SYMBOL",
        help="what an order book of this symbol needs: changes each 100 ms, and snapshots; may be "
        "given several times",
    )
    parser.add_argument(
        "--no-snapshots",
        action="store_true",
        help="no snapshots for diff depth streams, which only --book gets then",
    )
    parser.add_argument(
        "--rotate",
        default="1h",
        metavar="WHEN",
        help="begin another file at full 15m, 1h, 1d, or at a size such as 512MB; never "
        "(%(default)s)",
    )
    parser.add_argument(
        "--fill", action="store_true", help="fetch missed events by REST, if it has them"
    )
    parser.add_argument(
        "--accounts", action="store_true", help="record the events of accounts, too"
    )
    add_limits(parser)
    add_reconnect(parser, "always")
    add_metrics(parser)
    add_server(parser)


def run(options: argparse.Namespace) -> int:
    """Record until there has been enough; return the exit status."""
    # Imported late, so that help and completion need none of it.
    from binance_streams_cli import choose
    from binance_streams_cli.connecting import connected, measured
    from binance_streams_cli.market import Market
    from binance_streams_cli.notices import printed
    from binance_streams_cli.recording import Recorded

    market = Market(options.market)
    is_simulator = options.server == SIMULATOR
    chosen = choose.choose(
        market, options.streams, options.all, is_simulator, is_enough=bool(options.book)
    )
    books = choose.books_of(market, chosen, options.book, not options.no_snapshots)
    if options.fill:
        choose.check_fill(chosen)
    symbols = [*chosen.symbols(), *(str(book["symbol"]).upper() for book in books)]
    with (
        printed(options.notices) as notices,
        connected(options.server, market, symbols) as server,
    ):
        recorded = Recorded(options, notices)
        with (
            recorded,
            market.module.Client(
                server,
                on_event=recorded.on_event,
                on_notice=recorded.on_notice,
                on_error=recorded.on_error,
                reconnect=recorded.reconnect(),
                proxy=options.proxy,
                trust_env=options.trust_env,
            ) as client,
            client.record(
                options.to,
                rotate=None if options.rotate == "never" else options.rotate,
                accounts=options.accounts,
            ) as recording,
            measured(client, options.metrics),
        ):
            recorded.begin(recording)
            recorded.say(choose.subscribe(client, chosen, options.fill, is_simulator))
            for book in books:
                client.order_book(**book, verify=False, on_event=recorded.on_event)
            recorded.wait()
        return recorded.status()
