"""The command ``group``: reads the bucket of a group, and changes its list of streams."""

from __future__ import annotations

import argparse
import asyncio
import time
from typing import Any

import nats.errors
import nats.js.errors

from binance_streams_cli import choose, status
from binance_streams_cli.lines import counted, printable
from binance_streams_cli.market import Market
from binance_streams_cli.membership import group_address, opened, with_streams
from binance_streams_cli.status import CommandError
from binance_streams_cli.streams import print_columns, print_json
from binance_streams_runtime.messaging.membership import TIMEOUT
from binance_streams_sinks.groups.bucket import Bucket, State, Work
from binance_streams_sinks.nats_connection import reason_of_nats
from binance_streams_sinks.publishing.sink import SinkError


def run(options: argparse.Namespace) -> int:
    """Show the group, or change it and show what has changed; return the exit status."""
    market = Market(options.market)
    address = group_address(options.to)
    bucket = Bucket(options.prefix or market.venue.subjects, options.group)
    is_shown = options.action == "show"
    if is_shown and (options.streams or options.copies):
        raise CommandError(
            "show changes nothing: leave out the streams, and --copies", status.USAGE
        )
    if not is_shown and not options.streams and not options.copies and options.action != "set":
        raise CommandError(f"{options.action} which streams? Name some", status.USAGE)
    if options.action == "remove":
        # Also those that another version has put there.
        names = options.streams
    else:
        names = [_published(market, name) for name in options.streams]
    try:
        if is_shown:
            _show(asyncio.run(_state(address, bucket, options.replicas)), options.output)
        else:
            before, after = asyncio.run(_change(address, bucket, options, names))
            _print_change(before, after, options.output)
    except nats.js.errors.NotFoundError:
        text = f"{address.display_name}: there is no group {options.group!r} (bucket {bucket.name})"
        raise CommandError(f"{text}; `group set` makes it") from None
    except SinkError as error:
        raise CommandError(f"{address.display_name}: {error}", status.CONNECTION) from None
    except (nats.errors.Error, TimeoutError) as error:
        text = f"{address.display_name}: {reason_of_nats(error)}"
        raise CommandError(text, status.CONNECTION) from None
    return status.DONE


def _published(market: Market, name: str) -> str:
    """Return the name of a stream; raise CommandError if it must not be published."""
    stream = choose.resolve(market.catalog, name)
    if stream.is_secret:
        text = f"{stream.label} is a listen key: streams of accounts are never published"
        raise CommandError(text, status.STREAM)
    return stream.name


async def _state(address: Any, bucket: Bucket, replicas: int) -> State:
    async with opened(address, bucket, replicas, create=False):
        return await bucket.state()


async def _change(
    address: Any, bucket: Bucket, options: argparse.Namespace, names: list[str]
) -> tuple[Work, Work]:
    def change(work: Work) -> Work:
        match options.action:
            # With --copies alone, the streams stay as they are.
            case "set" if names or not options.copies:
                return with_streams(work, all=names, copies=options.copies)
            case "add":
                return with_streams(work, add=names, copies=options.copies)
            case _:
                return with_streams(work, remove=names, copies=options.copies)

    create = options.action != "remove"
    async with opened(address, bucket, options.replicas, create):
        return await bucket.change(change)


def _show(state: State, output: str) -> None:
    if output == "json":
        print_json(state)
        return
    work = state.work
    print(f"streams  {len(work.streams):,}, each collected by {counted(work.copies, 'member')}")
    now = time.time()
    # By the server's clock: each of the living has written something within the last second.
    newest = max((one.seen_at for one in state.members), default=0.0)
    live = [one for one in state.members if newest - one.seen_at <= TIMEOUT]
    rows = [
        (
            printable(one.name),
            f"{max(now - one.seen_at, 0):.1f} s ago",
            f"{len(one.taken):,}",
            _words(one) if one in live else "dead",
        )
        for one in state.members
    ]
    if rows:
        print()
        print_columns(("member", "last seen", "streams", ""), rows)
    if work.streams:
        print()
        print_columns(
            ("stream", "collected by"),
            [
                (
                    printable(name),
                    ", ".join(one.name for one in live if name in one.taken) or "nobody",
                )
                for name in work.streams
            ],
        )


def _words(member: Any) -> str:
    heartbeat = member.heartbeat
    return "leaving" if heartbeat.is_leaving else "" if heartbeat.is_able else "without the venue"


def _print_change(before: Work, after: Work, output: str) -> None:
    if output == "json":
        print_json(after)
        return
    added = len({*after.streams} - {*before.streams})
    removed = len({*before.streams} - {*after.streams})
    print(
        f"{counted(len(after.streams), 'stream')}, each collected by "
        f"{counted(after.copies, 'member')}: {added:,} added, {removed:,} removed"
    )
