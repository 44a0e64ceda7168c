"""The other end: a simulator in a process of its own, and what goes wrong with it."""

from __future__ import annotations

import multiprocessing
import random
from collections.abc import Iterator
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

from binance_streams_simulator import Simulator

Order = tuple[str, tuple[Any, ...], dict[str, Any]]


def _serve(orders: Connection, seed: int, speed: float) -> None:
    with Simulator(seed=seed, speed=speed) as simulator:
        orders.send(simulator.url)
        while True:
            order: Order | None = orders.recv()
            if order is None:
                return
            name, arguments, options = order
            found = getattr(simulator, name)
            orders.send(found(*arguments, **options) if callable(found) else found)


class RemoteSimulator:
    """A simulator whose memory and threads are not counted with the client's."""

    def __init__(self, seed: int, speed: float) -> None:
        context = multiprocessing.get_context("spawn")
        self._orders, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, seed, speed), daemon=True)
        self._process.start()
        self.url: str = self._orders.recv()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._orders.send(None)
        self._process.join(10)

    def order_book(self, symbol: str, update_id: int | None = None) -> Any:
        """The true book, as ``Simulator.order_book`` gives it."""
        return self.order("order_book", symbol, update_id)

    def order(self, name: str, *arguments: Any, **options: Any) -> Any:
        """Call a method of the simulator, or read a property of it."""
        self._orders.send((name, arguments, options))
        return self._orders.recv()


def troubles(seed: int, streams: list[str]) -> Iterator[tuple[float, str, list[tuple[Any, ...]]]]:
    """Yield without end: seconds until the next trouble, its name, and the orders that make it.

    An order is the name of a method of the simulator and its arguments.
    """
    draw = random.Random(seed)
    while True:
        stream = draw.choice(streams)
        name, orders = draw.choice(_kinds(draw, stream))
        yield draw.uniform(2.0, 8.0), name, orders


def _kinds(draw: random.Random, stream: str) -> list[tuple[str, list[tuple[Any, ...]]]]:
    return [
        ("reset", [("drop_connections",)]),
        ("close 1001", [("close_connections", 1001)]),
        ("close 1008", [("close_connections", 1008, "Pong timeout")]),
        ("serverShutdown", [("shutdown_notice",)]),
        ("serverShutdown, then gone", [("shutdown_notice",), ("close_connections", 1001)]),
        ("refused, then not", [("refuse_connections", 503), ("drop_connections",)]),
        ("stall", [("stall",)]),
        ("mute", [("mute",)]),
        ("unanswered requests", [("ignore_requests", draw.randint(1, 3))]),
        ("events left out", [("skip_events", stream, draw.randint(1, 4))]),
        ("events repeated", [("repeat_events", stream, draw.randint(1, 50))]),
        ("REST refuses", [("refuse_rest", 503), ("drop_connections",)]),
        ("REST never answers", [("stall_rest",), ("drop_connections",)]),
        ("REST lags", [("rest_lag", 1.0), ("drop_connections",)]),
        ("a message that is none", [("send_raw", '{"stream":"' + stream + '","data":{"e":1}}')]),
        ("a broken frame", [("send_raw", b"\xff\xff\xff\xff")]),
    ]


CALM: list[tuple[Any, ...]] = [
    ("accept_connections",),
    ("unstall",),
    ("unmute",),
    ("accept_rest",),
    ("rest_lag", 0.0),
]
"""The orders that end every trouble that lasts."""
