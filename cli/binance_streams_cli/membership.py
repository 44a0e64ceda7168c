"""Collectors that share the work: a collector as a member of its group, and the group's bucket."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import nats.errors

from binance_streams_cli.parser import PROGRAM
from binance_streams_cli.status import USAGE, CommandError
from binance_streams_runtime.errors import BinanceStreamsError
from binance_streams_runtime.messaging.address import Address, parse_address
from binance_streams_sinks.collecting.collector import Collector
from binance_streams_sinks.groups.bucket import Bucket, Work, check_group
from binance_streams_sinks.groups.member import Member
from binance_streams_sinks.nats_connection import connect_nats, reason_of_nats
from binance_streams_sinks.publishing.sink import SinkError

HANDOVER = 30.0
"""Seconds that a collector waits at its end for others to have taken its streams."""

_RETRY = 1.0
_CANCEL_TIMEOUT = 5.0


def group_address(url: str) -> Address:
    """Return the address of the log of a group, which only NATS can keep."""
    address = parse_address(url)
    if address.scheme not in ("nats", "tls"):
        text = "groups are kept by NATS: --to must be nats://... or tls://..."
        raise CommandError(text, USAGE)
    return address


class Membership:
    """A collector's part in a group, as its options say."""

    def __init__(self, options: argparse.Namespace, collector: Collector, names: list[str]) -> None:
        """Raise ParameterError if the name of the group is invalid; ``names`` are added to it."""
        self._address = group_address(options.to)
        self._names = names
        self._bucket_name = (collector.subjects.prefix, check_group(options.group))
        self._replicas = options.replicas
        self._task: asyncio.Task[None] | None = None
        catalog = collector.client.catalog

        def is_known(name: str) -> bool:
            try:
                return not catalog.resolve(name).is_secret
            except BinanceStreamsError:
                return False

        self.member = Member(
            Bucket(*self._bucket_name),
            collector,
            self._connect,
            collector.name,
            capacity=options.max_streams,
            replicas=options.replicas,
            is_known=is_known,
        )

    def start(self) -> asyncio.Task[None]:
        """Take part; the task ends with an error only if that is impossible."""
        self._task = asyncio.ensure_future(self._run())
        return self._task

    async def leave(self) -> None:
        """Hand over the streams, unless that takes too long."""
        task = self._task
        if task is None or task.done():
            return
        self.member.leave()
        await asyncio.wait([task], timeout=HANDOVER)
        task.cancel()
        await asyncio.wait([task], timeout=_CANCEL_TIMEOUT)

    def __str__(self) -> str:
        status = self.member.status()
        text = f"group of {len(status.members)}: {status.assigned:,} of {status.streams:,} streams"
        if status.missing:
            text += f", {status.missing:,} WITH TOO FEW COLLECTORS"
        return text if status.is_connected else f"{text}, OUT OF REACH"

    async def _run(self) -> None:
        while self._names:
            connection = await self._connect()
            try:
                bucket = Bucket(*self._bucket_name)
                await bucket.open(connection.jetstream(), replicas=self._replicas)
                await bucket.change(lambda work: with_streams(work, add=self._names))
                break
            except (nats.errors.Error, SinkError, OSError, TimeoutError) as error:
                # Such as a cluster that has just been started, and has no leader yet.
                text = f"{PROGRAM}: group: {reason_of_nats(error)}; tried again"
                print(text, file=sys.stderr, flush=True)
            finally:
                await connection.close()
            await asyncio.sleep(_RETRY)
        await self.member.run()

    async def _connect(self) -> Any:
        """Connect as soon as a server can be reached, unless it refuses us."""
        has_said = False
        while True:
            try:
                return await connect_nats(self._address, name="binance-streams group")
            except SinkError as error:
                if error.is_final:
                    raise
                if not has_said:
                    text = f"{PROGRAM}: group: {self._address.display_name}: {error}"
                    print(text, file=sys.stderr, flush=True)
                    has_said = True
            await asyncio.sleep(_RETRY)


def with_streams(
    work: Work,
    *,
    all: Iterable[str] | None = None,
    add: Iterable[str] = (),
    remove: Iterable[str] = (),
    copies: int | None = None,
) -> Work:
    """Return what a group collects with other streams, and by another number of collectors."""
    streams = ({*work.streams} if all is None else {*all}) | {*add}
    return Work(tuple(sorted(streams - {*remove})), copies or work.copies)


@asynccontextmanager
async def opened(
    address: Address, bucket: Bucket, replicas: int, create: bool
) -> AsyncIterator[Bucket]:
    """Open the bucket of a group on a connection of its own."""
    connection = await connect_nats(address, name="binance-streams group")
    try:
        await bucket.open(connection.jetstream(), replicas=replicas, create=create)
        yield bucket
    finally:
        await connection.close()
