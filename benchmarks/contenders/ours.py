"""binance-streams, as users use it. The variant is NUMBERS-WAY, such as ``decimal-iterate``."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from benchmarks.contend import NotPossible, Task
from benchmarks.contenders.ours_reads import NUMBERS, READS, time_of
from binance_streams import Client, Gap, Notice


def run(task: Task) -> None:
    """Receive every message in the variant's way."""
    numbers, _, way = task.variant.partition("-")
    handle = task.meter.handler(READS[task.kind], time_of)
    broken: list[Notice] = []

    def notice(one: Notice) -> None:
        if isinstance(one, Gap):
            broken.append(one)

    on_event: Callable[[Any], object] | None = None
    if way == "callback":

        def on_event(message: Any) -> None:
            handle(message.data)

    client = Client(
        task.base,
        numbers=NUMBERS[numbers],
        on_notice=notice,
        on_event=on_event,
        redundancy=_lines(task),
    )
    subscriptions = [client.subscribe(name) for name in task.streams]
    if way == "callback":
        _ready(task, client, subscriptions)
        task.meter.wait()
    elif way == "client":
        messages = iter(client)
        _ready(task, client, subscriptions)
        for message in messages:
            handle(message.data)
            if task.meter.is_finished:
                break
    elif len(subscriptions) > 1:
        raise NotPossible("a loop over one subscription takes one stream")
    elif way == "batches":
        _ready(task, client, subscriptions)
        for batch in subscriptions[0].batches():
            for event in batch:
                handle(event)
            if task.meter.is_finished:
                break
    else:
        _ready(task, client, subscriptions)
        for event in subscriptions[0]:
            handle(event)
            if task.meter.is_finished:
                break
    if broken:
        raise RuntimeError(f"the sequence was broken: {broken[0]}")
    task.meter.report()


def _ready(task: Task, client: Client[Any], subscriptions: list[Any]) -> None:
    for subscription in subscriptions:
        subscription.wait(60)
    while any(own.connections < _lines(task) for own in client.stats().streams.values()):
        time.sleep(0.01)
    task.meter.notes["connections"] = len(client.stats().connections)
    task.meter.ready()


def _lines(task: Task) -> int:
    return 2 if task.variant.endswith("redundant") else 1
