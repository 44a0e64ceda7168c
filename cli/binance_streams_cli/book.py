"""Show an order book: a live ladder on a terminal, JSON lines in a pipe."""

from __future__ import annotations

import argparse
import re
from decimal import Decimal

from binance_streams_cli.parser import (
    add_limits,
    add_metrics,
    add_reconnect,
    add_server,
    count,
)
from binance_streams_cli.status import CommandError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("symbol", metavar="SYMBOL", help="such as BTCUSDT")
    parser.add_argument(
        "--levels",
        type=count,
        default=10,
        metavar="COUNT",
        help="how many levels of each side (%(default)s)",
    )
    parser.add_argument(
        "--cost",
        type=order,
        action="append",
        default=[],
        metavar="SIDE:QUANTITY",
        help="what a market order would cost: buy:2.5 or sell:0.1; may be given several times",
    )
    parser.add_argument(
        "--output",
        choices=("auto", "json", "table"),
        default="auto",
        help="json: a line whenever one of the levels or the state changes; table: a live ladder; "
        "auto (the default): a ladder on a terminal, JSON lines elsewhere",
    )
    add_limits(parser)
    add_reconnect(parser, "later")
    add_metrics(parser)
    add_server(parser)


def order(text: str) -> tuple[str, Decimal]:
    """Read a side and a quantity."""
    match = re.fullmatch(r"(buy|sell):(\d{1,20}\.?\d{0,20}|\.\d{1,20})", text)
    if match is not None and Decimal(match[2]) > 0:
        return match[1], Decimal(match[2])
    raise argparse.ArgumentTypeError(
        f"got {text!r}; allowed: buy or sell and a quantity above 0, such as buy:2.5"
    )


def run(options: argparse.Namespace) -> int:
    """Show the book until there has been enough; return the exit status."""
    # Imported late, so that help and completion need none of it.
    from binance_streams_cli.connecting import connected, measured
    from binance_streams_cli.ladder import BookShow
    from binance_streams_cli.market import Market
    from binance_streams_cli.notices import printed
    from binance_streams_runtime.catalog.parameters import Symbol

    market = Market(options.market)
    if market.catalog.order_book is None:
        raise CommandError(f"{market.venue.name} has no order books")
    # Checked before a server is started for it.
    symbol = Symbol("SYMBOL").encode(options.symbol).upper()
    with (
        printed(options.notices) as notices,
        connected(options.server, market, [symbol]) as server,
    ):
        show = BookShow(options, notices)
        with (
            market.module.Client(
                server,
                on_notice=show.on_notice,
                on_error=show.on_error,
                reconnect=show.reconnect(),
                proxy=options.proxy,
                trust_env=options.trust_env,
            ) as client,
            measured(client, options.metrics),
        ):
            return show.run(client, symbol)
