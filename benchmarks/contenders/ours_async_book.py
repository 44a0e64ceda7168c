"""binance-streams' order book in asyncio."""

from __future__ import annotations

import asyncio

from benchmarks.books.progress import Progress
from benchmarks.contend import Task
from benchmarks.contenders.ours_book import best, only_right
from benchmarks.contenders.ours_reads import NUMBERS
from binance_streams import AsyncClient


def run(task: Task) -> None:
    """Set the address; that of REST follows from it."""
    progress = Progress(task, best)

    async def main() -> None:
        async with AsyncClient(
            task.base, numbers=NUMBERS[task.variant], on_notice=only_right
        ) as client:
            book = client.order_book("BTCUSDT", verify=False)
            task.meter.ready()
            async for change in book:
                progress(change.update_id, book)
                if task.meter.is_finished:
                    break
            task.meter.report()

    asyncio.run(main())
