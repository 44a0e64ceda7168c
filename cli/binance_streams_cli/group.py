"""Show or change what a group of collectors collects, while it runs.

A group is the collectors that were started with `relay --group` and the same log, prefix and name.
Its list of streams is in the log's key-value store; each stream is collected by some of them, and
moves within seconds if one of them dies.
"""

from __future__ import annotations

import argparse

from binance_streams_cli.parser import add_market, count

ACTIONS = ("show", "set", "add", "remove")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "action",
        choices=ACTIONS,
        help="show: its members, and who collects what; set: collect these streams and no others; "
        "add, remove: these streams",
    )
    parser.add_argument("streams", nargs="*", metavar="STREAM", help="such as btcusdt@trade")
    parser.add_argument("--group", required=True, metavar="GROUP", help="the name of the group")
    parser.add_argument(
        "--to", required=True, metavar="URL", help="the log: nats://... or tls://..., as of relay"
    )
    parser.add_argument(
        "--prefix", metavar="PREFIX", help="what all subjects begin with (that of production)"
    )
    parser.add_argument(
        "--copies",
        type=count,
        metavar="COUNT",
        help="how many members collect each stream from now on (2, if it was never chosen)",
    )
    parser.add_argument(
        "--replicas",
        type=count,
        default=1,
        metavar="COUNT",
        help="servers of a cluster that have the list, if the group is new (%(default)s)",
    )
    parser.add_argument(
        "--output", choices=("text", "json"), default="text", help="what is printed (text)"
    )
    add_market(parser)


def run(options: argparse.Namespace) -> int:
    """Do it; return the exit status."""
    # Imported late, so that help and completion need none of it.
    try:
        from binance_streams_cli import grouped
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "nats":
            raise
        text = "groups need nats-py: pip install 'binance-streams[nats]'"
        raise ImportError(text, name=error.name) from None
    return grouped.run(options)
