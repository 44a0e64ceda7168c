"""The messages of the flood server, made once and the same for every contender.

Ids are consecutive, so that clients that check the sequence report no gap. Standard library only.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.books import diffs
from benchmarks.environment import CAPTURES

_SEED = 20_240_229
_NOW = 1_760_000_000_000
_DEPTH_LEVELS = 80
_VARIANTS = 512
"""Different bodies that a synthetic stream repeats, with new ids each time."""


@dataclass(frozen=True)
class Workload:
    """The streams that are subscribed, and their messages."""

    name: str
    streams: tuple[str, ...]
    source: str
    make: Callable[[int], Iterator[tuple[int, bytes]]]
    """From a number of messages to pairs of the stream's index and the payload."""
    snapshot: Callable[[Sequence[bytes]], dict[str, Any]] | None = None
    """The order book after these payloads, for workloads of which there are snapshots."""


def _price(rng: random.Random) -> str:
    return f"{rng.uniform(60_000, 70_000):.2f}000000"


def _quantity(rng: random.Random) -> str:
    return f"{rng.expovariate(8):.5f}000"


def _agg_trade(rng: random.Random, symbol: str) -> dict[str, object]:
    return {
        "e": "aggTrade", "E": _NOW, "s": symbol, "a": 0, "p": _price(rng), "q": _quantity(rng),
        "f": 0, "l": 0, "T": _NOW - 1, "m": rng.random() < 0.5, "M": True,
    }  # fmt: skip


def _book_ticker(rng: random.Random, symbol: str) -> dict[str, object]:
    return {
        "u": 0, "s": symbol, "b": _price(rng), "B": _quantity(rng), "a": _price(rng),
        "A": _quantity(rng),
    }  # fmt: skip


def _depth(rng: random.Random, symbol: str) -> dict[str, object]:
    def side(descending: bool) -> list[list[str]]:
        prices = sorted((_price(rng) for _ in range(_DEPTH_LEVELS // 2)), reverse=descending)
        return [[price, _quantity(rng)] for price in prices]

    return {
        "e": "depthUpdate", "E": _NOW, "s": symbol, "U": 0, "u": 0, "b": side(True),
        "a": side(False),
    }  # fmt: skip


def _kline(rng: random.Random, symbol: str) -> dict[str, object]:
    candle = {
        "t": _NOW, "T": _NOW + 59_999, "s": symbol, "i": "1m", "f": 100, "L": 200, "o": _price(rng),
        "c": _price(rng), "h": _price(rng), "l": _price(rng), "v": _quantity(rng), "n": 101,
        "x": False, "q": _price(rng), "V": _quantity(rng), "Q": _price(rng), "B": "0",
    }  # fmt: skip
    return {"e": "kline", "E": _NOW, "s": symbol, "k": candle}


_Body = Callable[[random.Random, str], dict[str, object]]


def _number(event: dict[str, object], index: int) -> None:
    """Set the ids and times of the ``index``-th event of a stream."""
    match event.get("e"):
        case "aggTrade":
            event["a"] = event["f"] = event["l"] = 3_000_000_000 + index
        case "trade":
            event["t"] = 4_000_000_000 + index
        case "depthUpdate":
            event["U"], event["u"] = 50_000_000_001 + index * 10, 50_000_000_010 + index * 10
        case None:
            event["u"] = 60_000_000_000 + index
    if "E" in event:
        event["E"] = _NOW + index


_IDS = {
    "aggTrade": ("a", "f", "l"), "trade": ("t",), "depthUpdate": ("U", "u"), None: ("u",),
}  # fmt: skip


class _Template:
    """An event's JSON split at its ids, so that a message costs the server one join."""

    def __init__(self, event: dict[str, object]) -> None:
        marked = dict(event)
        self._kind = event.get("e")
        keys = [*_IDS.get(self._kind, ()), *(("E",) if "E" in event else ())]  # type: ignore[call-overload]
        for key in keys:
            marked[key] = f"\0{key}"
        pieces = json.dumps(marked, separators=(",", ":")).split('"\\u0000')
        self._head = pieces[0]
        self._rest = [
            (piece[: piece.index('"')], piece[piece.index('"') + 1 :]) for piece in pieces[1:]
        ]

    def fill(self, index: int) -> bytes:
        event: dict[str, object] = {} if self._kind is None else {"e": self._kind}
        event["E"] = 0
        _number(event, index)
        return (self._head + "".join(f"{event[key]}{text}" for key, text in self._rest)).encode()


def _single(name: str, suffix: str, body: _Body) -> Workload:
    return _spread(name, suffix, body, ("BTCUSDT",), f"made with seed {_SEED}")


def _spread(name: str, suffix: str, body: _Body, symbols: tuple[str, ...], source: str) -> Workload:
    def make(count: int) -> Iterator[tuple[int, bytes]]:
        rng = random.Random(_SEED)
        variants = max(1, _VARIANTS // len(symbols))
        bodies = [[_Template(body(rng, symbol)) for _ in range(variants)] for symbol in symbols]
        for number in range(count):
            index, stream = divmod(number, len(symbols))
            yield stream, bodies[stream][index % variants].fill(index)

    return Workload(name, tuple(f"{s.lower()}{suffix}" for s in symbols), source, make)


def symbols(count: int) -> tuple[str, ...]:
    """Return names of fictitious trading pairs, all of one length."""
    return tuple(f"S{number:04d}USDT" for number in range(count))


# How often each kind comes in 100 messages of the mix; two candles share theirs.
_MIX = {
    "@bookTicker": ("bookTicker", 40), "@depth": ("diffDepth", 20), "@aggTrade": ("aggTrade", 15),
    "@trade": ("trade", 15), "@kline_1m": ("kline", 3), "@kline_5m": ("kline", 2),
    "@miniTicker": ("miniTicker", 3), "@ticker": ("ticker", 2),
}  # fmt: skip
_KEYS = {
    "bookTicker": "usbBaA", "diffDepth": "eEsUuba", "aggTrade": "eEsapqflTmM", "trade": "eEstpqTmM",
    "kline": "eEsk", "miniTicker": "eEscohlvq", "ticker": "eEspPwxcQbBaAohlvqOCFLn",
}  # fmt: skip
_MIX_SYMBOLS = 25


def _recorded(kind: str) -> list[dict[str, object]]:
    """Return recorded payloads of one kind that have today's form."""
    payloads = []
    for line in (CAPTURES / f"{kind}.jsonl").read_text().splitlines():
        record = json.loads(line)
        payload = json.loads(record["raw"])
        payload = payload.get("data", payload)
        if record["captured"] is True and _is_of_today(kind, payload):
            payloads.append(payload)
        if len(payloads) == _VARIANTS:
            break
    return payloads


def _is_of_today(kind: str, payload: dict[str, object]) -> bool:
    """Return whether it has today's keys, and depth levels without the third item of 2017."""
    if set(payload) != set(_KEYS[kind]):
        return False
    if kind != "diffDepth":
        return True
    sides = payload["b"], payload["a"]
    return all(len(level) == 2 for side in sides for level in side)  # type: ignore[attr-defined]


def _mix() -> Workload:
    pairs = [(f"S{number:02d}USDT", suffix) for suffix in _MIX for number in range(_MIX_SYMBOLS)]
    streams = tuple(symbol.lower() + suffix for symbol, suffix in pairs)
    has_captures = CAPTURES.is_dir()

    def make(count: int) -> Iterator[tuple[int, bytes]]:
        rng = random.Random(_SEED)
        bodies: list[list[_Template]] = []
        for symbol, suffix in pairs:
            kind = _MIX[suffix][0]
            payloads = _recorded(kind) if has_captures else []
            chosen = rng.sample(payloads, min(20, len(payloads))) or [_made(rng, kind)]
            bodies.append([_Template(_readdressed(payload, symbol, suffix)) for payload in chosen])
        weights = [share for _, share in _MIX.values() for _ in range(_MIX_SYMBOLS)]
        sent = [0] * len(pairs)
        for stream in rng.choices(range(len(pairs)), weights, k=count):
            index = sent[stream]
            sent[stream] += 1
            yield stream, bodies[stream][index % len(bodies[stream])].fill(index)

    source = (
        f"recorded messages, readdressed to {len(pairs)} streams with running ids"
        if has_captures
        else f"made with seed {_SEED}, as the recordings are not here"
    )
    return Workload("mix", streams, source, make)


def _readdressed(payload: dict[str, object], symbol: str, suffix: str) -> dict[str, object]:
    changed: dict[str, object] = {**payload, "s": symbol}
    candle = payload.get("k")
    if isinstance(candle, dict):
        changed["k"] = {**candle, "s": symbol, "i": suffix.removeprefix("@kline_")}
    return changed


def _made(rng: random.Random, kind: str) -> dict[str, object]:
    """Make a payload of a kind for which there is no recording with today's keys."""
    makers = {
        "bookTicker": _book_ticker, "diffDepth": _depth, "aggTrade": _agg_trade, "kline": _kline,
    }  # fmt: skip
    if kind in makers:
        event = makers[kind](rng, "X")
        if kind == "diffDepth":
            event["b"], event["a"] = event["b"][:5], event["a"][:5]  # type: ignore[index]
        return event
    if kind == "trade":
        return {
            "e": "trade", "E": _NOW, "s": "X", "t": 0, "p": _price(rng), "q": _quantity(rng),
            "T": _NOW, "m": True, "M": True,
        }  # fmt: skip
    event = {"e": "24hrMiniTicker" if kind == "miniTicker" else "24hrTicker", "E": _NOW, "s": "X"}
    for key in _KEYS[kind][3:]:
        event[key] = _NOW if key in "OCFLn" and kind == "ticker" else _price(rng)
    return event


def _book() -> Workload:
    """Make the updates of one order book, drawn in the likeness of recorded ones."""

    def make(count: int) -> Iterator[tuple[int, bytes]]:
        for message in diffs.drawn("31 levels", 1.0, count).messages:
            yield 0, json.dumps(json.loads(message)["data"], separators=(",", ":")).encode()

    def snapshot(payloads: Sequence[bytes]) -> dict[str, Any]:
        return diffs.applied(diffs.drawn("31 levels", 1.0, 0).snapshot, map(json.loads, payloads))

    return Workload("book", (diffs.STREAM,), f"made with seed {_SEED}", make, snapshot)


def spread(count: int) -> Workload:
    """Make aggTrade of ``count`` symbols in turn, for the cost of many streams."""
    return _spread(
        f"aggTrade:{count}", "@aggTrade", _agg_trade, symbols(count), f"made with seed {_SEED}"
    )


def find(name: str) -> Workload:
    """Return the workload of that name; ``aggTrade:N`` has N streams."""
    kind, _, count = name.partition(":")
    match kind:
        case "aggTrade" if count:
            return spread(int(count))
        case "aggTrade":
            return _single(name, "@aggTrade", _agg_trade)
        case "bookTicker":
            return _single(name, "@bookTicker", _book_ticker)
        case "depth":
            return _single(name, "@depth", _depth)
        case "kline":
            return _single(name, "@kline_1m", _kline)
        case "mix":
            return _mix()
        case "book":
            return _book()
    raise ValueError(f"no workload {name!r}; allowed: {', '.join(NAMES)}, aggTrade:N")


NAMES = ("aggTrade", "bookTicker", "depth", "kline", "mix")
