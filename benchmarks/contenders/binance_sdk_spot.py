"""binance-sdk-spot, the new official client: asyncio, pydantic models, a callback per stream."""

from __future__ import annotations

import asyncio
from typing import Any

from benchmarks.contend import Task

# The models have the venue's letters as attributes, except for some upper-case ones.


def _agg_trade(d: Any) -> object:
    return d.E, d.s, d.a, d.p, d.q, d.T, d.m


def _book_ticker(d: Any) -> object:
    return d.u, d.s, d.b, d.B, d.a, d.A


def _depth(d: Any) -> object:
    bids, asks = d.b, d.a
    best, worst = bids[0], asks[-1]
    return d.E, d.s, d.U, d.u, best[0], best[1], worst[0], worst[1]


def _kline(d: Any) -> object:
    k = d.k
    return d.E, d.s, k.t, k.i, k.o, k.h, k.l, k.c, k.v, k.n, k.x


_READS = {
    "aggTrade": _agg_trade,
    "bookTicker": _book_ticker,
    "depth": _depth,
    "kline": _kline,
    "mix": lambda d: d.s,
}


def run(task: Task) -> None:
    """Set the address in the client's configuration."""
    from binance_common.configuration import ConfigurationWebSocketStreams
    from binance_sdk_spot.spot import Spot
    from binance_sdk_spot.websocket_streams.models import KlineIntervalEnum

    handle = task.meter.handler(_READS[task.kind], lambda d: int(d.f))

    async def main() -> None:
        client = Spot(config_ws_streams=ConfigurationWebSocketStreams(stream_url=task.base))
        connection = await client.websocket_streams.create_connection()

        async def subscribe(name: str) -> None:
            symbol, _, kind = name.partition("@")
            kind, _, interval = kind.partition("_")
            match kind:
                case "kline":
                    one = KlineIntervalEnum(interval).name
                    stream = await connection.kline(symbol, KlineIntervalEnum[one].value)
                case "depth":
                    stream = await connection.diff_book_depth(symbol)
                case _:
                    method = {
                        "aggTrade": "agg_trade", "trade": "trade", "bookTicker": "book_ticker",
                        "miniTicker": "mini_ticker", "ticker": "ticker",
                    }[kind]  # fmt: skip
                    stream = await getattr(connection, method)(symbol)
            stream.on("message", handle)

        # Concurrently, as each waits a while before it sends.
        await asyncio.gather(*(subscribe(name) for name in task.streams))
        task.meter.ready()
        while not task.meter.is_finished:
            await asyncio.sleep(0.05)

    asyncio.run(main())
    task.meter.report()
