"""Show the events of a recording, as watch does: with the same notices, in the recorded order."""

from __future__ import annotations

import argparse
import re

from binance_streams_cli.convert import add_period
from binance_streams_cli.parser import add_limits, add_market, add_metrics, add_output
from binance_streams_cli.status import STREAM, CommandError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("folder", metavar="DIR", help="a recording, a day of it, or one file")
    parser.add_argument(
        "streams", nargs="*", metavar="STREAM", help="such as btcusdt@trade (all that it has)"
    )
    parser.add_argument(
        "--speed",
        type=speed,
        default="max",
        metavar="FACTOR",
        help="how many times faster than it was, such as 1 or 10; max (the default) is as fast "
        "as can be",
    )
    add_period(parser)
    parser.add_argument(
        "--session",
        metavar="ID",
        help="only this one, if several ran at the same time: the 8 digits in the files' names",
    )
    add_output(parser)
    parser.add_argument(
        "--fill", action="store_true", help="as it was recorded with --fill: deliver what came"
    )
    add_limits(parser)
    add_metrics(parser)
    add_market(parser)


def speed(text: str) -> str:
    """Read a factor above 0, or ``max``."""
    if text == "max" or (re.fullmatch(r"\d{1,6}\.?\d{0,6}", text) and float(text) > 0):
        return text
    raise argparse.ArgumentTypeError(f"got {text!r}; allowed: max, or a factor above 0 such as 10")


def run(options: argparse.Namespace) -> int:
    """Show the recording's events; return the exit status."""
    from urllib.parse import urlencode

    from binance_streams_cli import choose
    from binance_streams_cli.connecting import measured
    from binance_streams_cli.market import Market
    from binance_streams_cli.notices import printed
    from binance_streams_cli.recorded import check_recorded, streams_in
    from binance_streams_cli.watching import NUMBER_TYPES, Watching
    from binance_streams_runtime.storage.parts import package_in

    market = Market(options.market if options.is_market_given else package_in(options.folder))
    names = streams_in(options.folder, market.catalog)
    chosen = choose.choose(
        market, options.streams or names, None, is_simulator=True, is_enough=not names
    )
    check_recorded(chosen, names)
    if not chosen.streams:
        raise CommandError(f"{options.folder}: no stream has been recorded", STREAM)
    if options.fill:
        choose.check_fill(chosen)
    query = {
        "speed": options.speed,
        "from": options.since,
        "to": options.until,
        "session": options.session,
    }
    given = urlencode({name: value for name, value in query.items() if value is not None})
    with printed(options.notices) as notices:
        watching = Watching(options, chosen, notices, has_end=True)
        with (
            market.module.Client(
                f"replay:{options.folder}?{given}",
                numbers=NUMBER_TYPES[options.numbers],
                on_event=watching.on_event,
                on_notice=watching.on_notice,
                on_error=watching.on_error,
            ) as client,
            measured(client, options.metrics),
        ):
            choose.subscribe(client, chosen, options.fill, is_simulator=True)
            return watching.run(client)
