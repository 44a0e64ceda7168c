"""Collectors between the simulator and Redis; redis-py alone reads what is stored."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from binance_streams import AsyncClient
from binance_streams_simulator import Simulator
from binance_streams_sinks import SinkOptions, make_sink
from binance_streams_sinks.collecting.collector import Collector
from tests.support.loops import run, until
from tests.support.redis_server import RedisServer

TRADES = "btcusdt@trade"
CHANGES = "btcusdt@depth@100ms"


def test_two_collectors_in_turns_store_the_union_once(own_redis_server: RedisServer) -> None:
    """What one misses comes from the other one, and the server is killed meanwhile."""
    server = own_redis_server

    def collector(name: str) -> Collector:
        sink = make_sink(server.url, SinkOptions())
        streams = (TRADES, CHANGES)
        return Collector(
            lambda: AsyncClient(simulator.url),
            *(sink, streams),
            name=name,
            prefix="binance.spot",
            snapshots=None,
        )

    def last_trade(one: Collector) -> int:
        return one._states.of(one.client.catalog.resolve(TRADES)).received

    async def receive(one: Collector, count: int) -> None:
        before, trade = one.stats().received, last_trade(one)
        await until(lambda: one.stats().received > before + count)
        await until(lambda: last_trade(one) > trade)

    async def confirmed(one: Collector) -> None:
        await until(lambda: one.confirmed == one.streams)

    async def test() -> None:
        first, second = collector("a"), collector("b")
        async with first, second:
            await confirmed(first)
            for turn in range(2):
                one, other = (first, second) if turn % 2 else (second, first)
                await receive(one, 5)
                await one.set_streams([])
                await receive(other, 5)
                server.kill()
                await receive(other, 5)
                server.start()
                await one.set_streams([TRADES, CHANGES])
                await confirmed(one)
        for one in (first, second):
            stats = one.stats().publisher
            assert (stats.not_stored, stats.pending) == (0, 0)

    with Simulator(speed=50) as simulator:
        run(test)
    with server.connect() as client:
        trades: Any = client.xrange("binance.spot.trade.BTCUSDT")
        changes: Any = client.xrange("binance.spot.diff_book_depth.BTCUSDT.100")
        notices: Any = client.xrange("binance.spot._notice.a")
    ids = [json.loads(fields["payload"])["t"] for _, fields in trades]
    # None is missing, and none is there twice.
    assert sorted(ids) == list(range(min(ids), min(ids) + len(ids)))
    ranges = sorted((one["U"], one["u"]) for one in _payloads(changes))
    assert all(left[1] + 1 == right[0] for left, right in pairwise(ranges))
    assert {fields["collector"] for _, fields in trades} == {"a", "b"}
    assert _payloads(notices)[-1]["kind"] == "closed"


def _payloads(entries: Any) -> list[Any]:
    return [json.loads(fields["payload"]) for _, fields in entries]
