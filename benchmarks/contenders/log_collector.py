"""A ``Collector``, as the command ``relay --to`` runs it. The variant is the kind of the log."""

from __future__ import annotations

import asyncio
import time

from benchmarks.contend import Task
from benchmarks.contenders.logs import check, url_of_log
from binance_streams import CATALOG, AsyncClient
from binance_streams_sinks import SinkOptions, make_sink
from binance_streams_sinks.collecting import Collector

_LOOK_AGAIN = 0.01
_SETTLING = 1.5
"""Seconds for what it publishes about itself when it begins."""


def run(task: Task) -> None:
    """Publish every message."""
    asyncio.run(_collect(task))


async def _collect(task: Task) -> None:
    url, replicas = url_of_log()
    collector = Collector(
        lambda: AsyncClient(task.base),
        make_sink(url, SinkOptions(catalog=CATALOG, replicas=replicas)),
        task.streams,
        name="collector",
        # A log of its own: it must not have these messages yet.
        prefix=f"binance.run{time.time_ns()}",
        snapshots=None,
        alive=3600,
    )
    async with collector:
        while len(collector.confirmed) < len(task.streams):
            await asyncio.sleep(_LOOK_AGAIN)
        await asyncio.sleep(_SETTLING)
        count = task.meter.counter(lambda: None)
        before = collector.stats().publisher.stored
        task.meter.ready()
        while not task.meter.is_finished:
            await asyncio.sleep(_LOOK_AGAIN)
            stored = collector.stats().publisher.stored
            if stored > before:
                count(stored - before)
                before = stored
        subjects = collector.subjects
        kind = CATALOG.resolve(task.streams[0]).type.key
        subject = subjects.of(CATALOG.resolve(task.streams[0]))
        await check(task, url, subjects.log_stream(kind).name, subject)
        task.meter.report()
