"""binance-streams in asyncio, as users use it. The variant is the event loop."""

from __future__ import annotations

from benchmarks import loops
from benchmarks.contend import Task
from benchmarks.contenders.ours_reads import READS, time_of
from binance_streams import AsyncClient, Gap, Notice


def run(task: Task) -> None:
    """Receive every message by ``async for`` over a subscription, or over the client."""
    handle = task.meter.handler(READS[task.kind], time_of)
    broken: list[Notice] = []

    def notice(one: Notice) -> None:
        if isinstance(one, Gap):
            broken.append(one)

    async def main() -> None:
        async with AsyncClient(task.base, numbers=str, on_notice=notice) as client:
            subscriptions = [client.subscribe(name) for name in task.streams]
            for subscription in subscriptions:
                await subscription.wait(60)
            task.meter.ready()
            if len(subscriptions) == 1:
                async for event in subscriptions[0]:
                    handle(event)
                    if task.meter.is_finished:
                        break
            else:
                async for message in client:
                    handle(message.data)
                    if task.meter.is_finished:
                        break
            if broken:
                raise RuntimeError(f"the sequence was broken: {broken[0]}")
            task.meter.report()

    loops.run(main(), task.variant)
