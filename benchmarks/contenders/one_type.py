"""Hard-coded types of each workload, with strings as numbers, for libraries that decode nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from benchmarks.contend import NotPossible, Task


class AggTrade(msgspec.Struct, gc=False):
    """An event of ``@aggTrade``."""

    e: str
    E: int
    s: str
    a: int
    p: str
    q: str
    f: int
    l: int  # noqa: E741
    T: int
    m: bool


class BookTicker(msgspec.Struct, gc=False):
    """An event of ``@bookTicker``."""

    u: int
    s: str
    b: str
    B: str
    a: str
    A: str


class Level(msgspec.Struct, gc=False, array_like=True):
    """One price and its quantity."""

    price: str
    quantity: str


class Depth(msgspec.Struct, gc=False):
    """An event of ``@depth``."""

    e: str
    E: int
    s: str
    U: int
    u: int
    b: list[Level]
    a: list[Level]


class Candle(msgspec.Struct, gc=False):
    """The candle in a kline."""

    t: int
    T: int
    s: str
    i: str
    f: int
    L: int
    o: str
    c: str
    h: str
    l: str  # noqa: E741
    v: str
    n: int
    x: bool
    q: str
    V: str
    Q: str


class Kline(msgspec.Struct, gc=False):
    """An event of ``@kline_1m``."""

    e: str
    E: int
    s: str
    k: Candle


def _depth(d: Any) -> object:
    best, worst = d.b[0], d.a[-1]
    return d.E, d.s, d.U, d.u, best.price, best.quantity, worst.price, worst.quantity


def _kline(d: Any) -> object:
    k = d.k
    return d.E, d.s, k.t, k.i, k.o, k.h, k.l, k.c, k.v, k.n, k.x


KINDS: dict[str, tuple[Any, Any]] = {
    "aggTrade": (AggTrade, lambda d: (d.E, d.s, d.a, d.p, d.q, d.T, d.m)),
    "bookTicker": (BookTicker, lambda d: (d.u, d.s, d.b, d.B, d.a, d.A)),
    "depth": (Depth, _depth),
    "kline": (Kline, _kline),
}


def prepare(task: Task) -> tuple[Callable[[Any], Any], Callable[[Any], None]]:
    """Return what decodes a message, and the user's code."""
    if len(task.streams) > 1:
        raise NotPossible("it has one hard-coded type and no routing")
    kind, read = KINDS[task.kind]
    handle = task.meter.handler(read, lambda event: int(event.f))
    return msgspec.json.Decoder(kind).decode, handle
