"""Collect streams: publish every message to a log, until Ctrl-C, SIGTERM or a time ends it.

Run it on several machines with the same streams and one log: what one of them misses comes from the
others, and the log has each message once. Beside the messages it publishes what it has missed, and
snapshots of the order books of diff depth streams. The status is 1 if messages were not stored.
"""

from __future__ import annotations

import argparse

from binance_streams_cli.parser import add_metrics, add_server, count, duration, size

OVERFLOWS = ("drop_oldest", "drop_newest")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("streams", nargs="*", metavar="STREAM", help="such as btcusdt@trade")
    parser.add_argument(
        "--to",
        required=True,
        metavar="URL",
        help="the log: nats://[user:password@]host:4222[,host2...][?creds=FILE], tls://..., "
        "redis://..., kafka://... or parquet:FOLDER",
    )
    parser.add_argument(
        "--all", metavar="SYMBOL", help="every stream of a symbol, and those of all symbols"
    )
    parser.add_argument(
        "--name",
        metavar="NAME",
        help="the collector's name, which no other collector of the log has (the host's name)",
    )
    parser.add_argument(
        "--prefix",
        metavar="PREFIX",
        help="what all subjects begin with (binance.spot; another one for other servers, so that "
        "their messages never mix)",
    )
    _add_group(parser)
    _add_snapshots(parser)
    _add_log(parser)
    parser.add_argument(
        "--max-pending-bytes",
        type=size,
        metavar="SIZE",
        help="how much may wait for the log in memory, such as 256MB (64 MiB)",
    )
    parser.add_argument(
        "--overflow",
        choices=OVERFLOWS,
        default=OVERFLOWS[0],
        help="what is dropped, and reported, if more waits (%(default)s)",
    )
    parser.add_argument(
        "--close-timeout",
        type=duration,
        default=10.0,
        metavar="TIME",
        help="how long it may take at the end to store what waits (10s)",
    )
    parser.add_argument(
        "--for", dest="total", type=duration, metavar="TIME", help="end after this time: 30s, 1h"
    )
    parser.add_argument(
        "--notices",
        choices=("text", "json", "none"),
        default="text",
        help="what is printed to standard error of gaps, lost connections and the like (text)",
    )
    add_metrics(parser)
    add_server(parser)


def _add_group(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--group",
        metavar="GROUP",
        help="share the work with the other collectors of this group (NATS only): each stream is "
        "collected by some of them; streams that are given are added to the group's list",
    )
    parser.add_argument(
        "--max-streams",
        type=count,
        metavar="COUNT",
        help="the most streams that this collector takes of its group (any number)",
    )


def _add_snapshots(parser: argparse.ArgumentParser) -> None:
    interval = parser.add_mutually_exclusive_group()
    interval.add_argument(
        "--snapshots",
        type=duration,
        default=300.0,
        metavar="TIME",
        help="the time between two snapshots of an order book, which collectors share (5m)",
    )
    parser.add_argument(
        "--snapshot-depth",
        type=count,
        default=1000,
        metavar="LEVELS",
        help="levels a side of a snapshot (%(default)s)",
    )
    interval.add_argument("--no-snapshots", action="store_true", help="no snapshots of order books")


def _add_log(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--max-age",
        type=duration,
        metavar="TIME",
        help="how long the log keeps messages, such as 7d, if it is new (forever)",
    )
    parser.add_argument(
        "--replicas",
        type=count,
        default=1,
        metavar="COUNT",
        help="servers of a cluster that have each message, if the log is new (%(default)s)",
    )
    parser.add_argument(
        "--duplicate-window",
        type=duration,
        default=120.0,
        metavar="TIME",
        help="how long the log recognizes what it has already, if it is new; what could not be "
        "stored for half of it is dropped, and reported (2m)",
    )


def run(options: argparse.Namespace) -> int:
    """Collect until something ends it; return the exit status."""
    # Imported late, so that help and completion need none of it.
    from binance_streams_cli import collecting

    return collecting.run(options)
