"""Reading a log in this process: ``python -m benchmarks.scale.read WAY URL WORKLOAD COUNT``.

What is measured begins before the connection is made, and ends when COUNT messages were read.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import time
from collections.abc import Callable
from typing import Any

from benchmarks.meter import peak_memory

STREAMS = {"aggTrade": "btcusdt@aggTrade", "depth": "btcusdt@depth"}
SUBJECTS = {
    "aggTrade": "binance.spot.agg_trade.BTCUSDT",
    "depth": "binance.spot.diff_book_depth.BTCUSDT.1000",
}
_FETCHED = 500


class Count:
    """The user's code: it reads the fields. It measures from when it was made."""

    def __init__(self, read: Callable[[Any], object], count: int) -> None:
        self._read = read
        self._left = self._count = count
        self.result: dict[str, Any] = {}
        self._cpu, self._wall = time.process_time(), time.monotonic()

    def __call__(self, event: Any) -> bool:
        """Read an event; return whether it is the last one."""
        self._read(event)
        self._left -= 1
        if self._left:
            return False
        self.result = {
            "cpu": (time.process_time() - self._cpu) / self._count * 1e6,
            "per_second": self._count / (time.monotonic() - self._wall),
            "peak": peak_memory(),
        }
        return True


def _ours(numbers: str, url: str, workload: str, count: int) -> dict[str, Any]:
    from benchmarks.contenders.ours_reads import NUMBERS, READS
    from binance_streams import Client

    # What a log needs is imported late, which is not reading.
    with Client(url) as client:
        client.subscribe(STREAMS[workload]).wait(60)
    handle = Count(READS[workload], count)
    with Client(f"{url}?from=all", numbers=NUMBERS[numbers]) as client:
        for event in client.subscribe(STREAMS[workload]):
            if handle(event):
                break
    return handle.result


def _peer(way: str, url: str, workload: str, count: int) -> dict[str, Any]:
    import nats

    consumer, _, decoder = way.partition("-")
    if decoder == "json":
        from benchmarks.reads import by_key

        handle = Count(by_key[workload], count)
        decode: Callable[[bytes], Any] = json.loads
    else:
        import msgspec

        from benchmarks.contenders.one_type import KINDS

        kind, read = KINDS[workload]
        handle = Count(read, count)
        decode = msgspec.json.Decoder(kind).decode

    async def main() -> None:
        connection = await nats.connect(url)
        context = connection.jetstream()
        subject = SUBJECTS[workload]
        if consumer == "pull":
            pulled = await context.pull_subscribe(subject)
            while True:
                messages = await pulled.fetch(_FETCHED)
                for message in messages:
                    if handle(decode(message.data)):
                        return
                    await message.ack()
        subscription = await context.subscribe(subject, ordered_consumer=True)
        async for message in subscription.messages:
            if handle(decode(message.data)):
                return

    asyncio.run(main())
    return handle.result


def main() -> None:
    """Read, and print ``RESULT`` and JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("way")
    parser.add_argument("url")
    parser.add_argument("workload", choices=tuple(STREAMS))
    parser.add_argument("count", type=int)
    options = parser.parse_args()
    by, _, way = options.way.partition(":")
    read = _ours if by == "ours" else _peer
    result = read(way, options.url, options.workload, options.count)
    print("RESULT " + json.dumps(result), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
