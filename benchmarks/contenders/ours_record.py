"""binance-streams, which records: by itself, or beside a loop over the events."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from backports.zstd import ZstdFile  # type: ignore[import-not-found,unused-ignore]

from benchmarks.contend import Task
from benchmarks.contenders.ours_reads import READS
from benchmarks.contenders.recorded import check, new_folder
from binance_streams import Client, Notice, NotRecorded

_LOOK_EVERY = 0.1
"""Seconds between two looks at how many messages have come, if nobody gets them."""


def run(task: Task) -> None:
    """Record every message."""
    folder = new_folder()
    failed: list[Notice] = []
    read = READS[task.kind]

    def notice(one: Notice) -> None:
        if isinstance(one, NotRecorded):
            failed.append(one)

    def handle(message: Any) -> None:
        read(message.data)
        count(1)

    is_callback, is_loop = task.variant == "callback", task.variant.startswith("loop")
    client = Client(
        task.base, numbers=str, on_notice=notice, on_event=handle if is_callback else None
    )
    recording = None if task.variant == "loop-alone" else client.record(folder)
    count = task.meter.counter(recording.close if recording else lambda: None)
    # What nobody reads need not be kept.
    maxsize = 65_536 if task.variant else 1
    subscriptions = [client.subscribe(name, maxsize=maxsize) for name in task.streams]
    messages = iter(client) if is_loop else ()
    for subscription in subscriptions:
        subscription.wait(60)
    task.meter.ready()
    for message in messages:
        handle(message)
        if task.meter.is_finished:
            break
    if not task.variant:
        _count(task, client, count)
    task.meter.wait()
    if failed:
        raise RuntimeError(f"not all was recorded: {failed[0]}")
    if recording:
        check(task, folder, _lines, ".jsonl.zst")
    task.meter.report()


def _count(task: Task, client: Client[str], count: Callable[[int], None]) -> None:
    """Count what comes by the client's own statistics."""
    seen = 0
    while not task.meter.is_finished:
        time.sleep(_LOOK_EVERY)
        now = sum(one.messages for one in client.stats().streams.values())
        if now != seen:
            count(now - seen)
            seen = now


def _lines(path: Path) -> Iterator[bytes]:
    with ZstdFile(path) as file:
        yield from file
