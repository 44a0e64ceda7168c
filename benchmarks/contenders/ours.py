"""binance-streams, as users use it. The variant is NUMBERS-WAY, such as ``decimal-iterate``."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from benchmarks.contend import NotPossible, Task
from benchmarks.reads import Read
from binance_streams import Client, Gap, Notice

_NUMBERS: dict[str, type[Any]] = {"decimal": Decimal, "float": float, "str": str}


def run(task: Task) -> None:
    """Receive every message in the variant's way."""
    numbers, _, way = task.variant.partition("-")
    handle = task.meter.handler(_READS[task.kind], lambda event: int(event.first_trade_id))
    broken: list[Notice] = []

    def notice(one: Notice) -> None:
        if isinstance(one, Gap):
            broken.append(one)

    on_event: Callable[[Any], object] | None = None
    if way == "callback":

        def on_event(message: Any) -> None:
            handle(message.data)

    client = Client(task.base, numbers=_NUMBERS[numbers], on_notice=notice, on_event=on_event)
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
    elif len(subscriptions) == 1:
        _ready(task, client, subscriptions)
        for event in subscriptions[0]:
            handle(event)
            if task.meter.is_finished:
                break
    else:
        raise NotPossible("a loop over one subscription takes one stream")
    if broken:
        raise RuntimeError(f"the sequence was broken: {broken[0]}")
    task.meter.report()


def _ready(task: Task, client: Client[Any], subscriptions: list[Any]) -> None:
    for subscription in subscriptions:
        subscription.wait(60)
    task.meter.notes["connections"] = len(client.stats().connections)
    task.meter.ready()


def _agg_trade(e: Any) -> object:
    return (
        e.event_time, e.symbol, e.aggregate_trade_id, e.price, e.quantity, e.trade_time,
        e.is_buyer_maker,
    )  # fmt: skip


def _book_ticker(e: Any) -> object:
    return (
        e.update_id, e.symbol, e.best_bid_price, e.best_bid_quantity, e.best_ask_price,
        e.best_ask_quantity,
    )  # fmt: skip


def _depth(e: Any) -> object:
    bids, asks = e.bids, e.asks
    best, worst = bids[0], asks[-1]
    return (
        e.event_time, e.symbol, e.first_update_id, e.last_update_id, best.price, best.quantity,
        worst.price, worst.quantity,
    )  # fmt: skip


def _kline(e: Any) -> object:
    k = e.kline
    return (
        e.event_time, e.symbol, k.open_time, k.interval, k.open, k.high, k.low, k.close,
        k.base_volume, k.trade_count, k.is_closed,
    )  # fmt: skip


_READS: dict[str, Read] = {
    "aggTrade": _agg_trade,
    "bookTicker": _book_ticker,
    "depth": _depth,
    "kline": _kline,
    "mix": lambda e: e.symbol,
}
