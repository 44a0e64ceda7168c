"""The snapshots and updates that books are measured with: recorded, and drawn in their likeness.

Standard library only, on any Python.
"""

from __future__ import annotations

import gzip
import json
import random
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from benchmarks.environment import CAPTURES

RECORDING = CAPTURES / "sequences" / "btcusdt_depth_2024-08-08.jsonl.gz"
NAMES = ("recorded", "31 levels", "11 levels")

LEVELS = 5_000
"""Of each side of a drawn book at its beginning: the most that a snapshot has."""
UPDATES = 500

_SEED = 20_240_808
STREAM = "btcusdt@depth@100ms"
_BEST_BID = 6_183_763
"""In ticks of 0.01."""
_MEAN_GAP = 20
"""Ticks from one level to the next, as in the recorded snapshot."""
_FIRST_ID = 50_093_239_218
_NOW = 1_723_161_255_208
NOTHING = "0.00000000"

# Of the 1,082 recorded updates with 33,591 levels: quantiles from 0 to 100 % in steps of 5, of the
# number of levels of an update, and of a level's place on its side, counted from the best one. (The
# largest update had 598 levels; 390 gives the last twentieth its mean.)
_SIZES = (1, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 17, 19, 22, 25, 30, 34, 43, 60, 116, 390)
_MEAN_SIZE = 31
_PLACES = {
    "insert": (
        0, 3, 6, 10, 16, 24, 35, 46, 56, 68, 84, 103, 129, 158, 202, 281, 361, 484, 641, 1_015,
        1_300,
    ),
    "delete": (
        0, 1, 5, 9, 16, 24, 34, 44, 55, 68, 83, 100, 121, 154, 191, 252, 322, 425, 593, 801, 1_300,
    ),
    "change": (
        0, 0, 0, 0, 0, 0, 1, 3, 6, 10, 14, 21, 31, 43, 65, 96, 151, 287, 464, 942, 1_300,
    ),
    "absent": (
        0, 1, 1, 3, 5, 7, 9, 13, 16, 22, 30, 40, 50, 60, 68, 79, 99, 137, 486, 1_069, 1_300,
    ),
}  # fmt: skip
_SHARES = {"insert": 0.398, "delete": 0.383, "change": 0.134, "absent": 0.085}
"""New levels, removals, new quantities, and removals of levels that are not in the book."""
_MOVES = 0.077
"""The share of updates in which a best price changes."""
_MOVED_LEVELS = 7
"""How many of the best levels are removed then."""


@dataclass(frozen=True)
class Diffs:
    """A snapshot, and the messages that continue it."""

    name: str
    source: str
    snapshot: dict[str, Any]
    messages: tuple[str, ...]
    """Messages of the combined stream, without a gap."""

    @property
    def mean_levels(self) -> float:
        """Return how many levels an update has."""
        data = [json.loads(message)["data"] for message in self.messages]
        return sum(len(one["b"]) + len(one["a"]) for one in data) / len(data)


def find(name: str) -> Diffs:
    """Return the sequence of that name; the recorded one needs the recording."""
    match name:
        case "recorded":
            return _recorded()
        case "31 levels":
            return drawn(name, 1.0)
        case "11 levels":
            return drawn(name, 11 / _MEAN_SIZE)
    raise ValueError(f"no sequence {name!r}; allowed: {', '.join(NAMES)}")


def available() -> tuple[str, ...]:
    """Return the names of the sequences that can be had here."""
    return NAMES if RECORDING.exists() else NAMES[1:]


def _recorded() -> Diffs:
    """Read the snapshot and the updates that continue it; the recording has other streams, too."""
    snapshot: dict[str, Any] = {}
    messages = []
    with gzip.open(RECORDING, "rt") as lines:
        for line in lines:
            record = json.loads(line)
            if record["type"] == "rest":
                snapshot = json.loads(record["raw"])
            elif '"depthUpdate"' in record["raw"]:
                messages.append(record["raw"])
    last_id = snapshot["lastUpdateId"]
    messages = [text for text in messages if json.loads(text)["data"]["u"] > last_id]
    return Diffs("recorded", "recorded (BTCUSDT, 2024-08-08)", snapshot, tuple(messages))


def drawn(name: str, scale: float, count: int = UPDATES, levels: int = LEVELS) -> Diffs:
    """Draw a sequence; ``scale`` is how many levels updates have compared to the recorded ones."""
    rng = random.Random(_SEED)
    market = _Market(rng, levels)
    snapshot = market.snapshot()
    sizes = [_at(_SIZES, (number + 0.5) / count) * scale for number in range(count)]
    rng.shuffle(sizes)
    messages = tuple(market.update(max(1, round(size))) for size in sizes)
    return Diffs(
        name, f"drawn with seed {_SEED}, in the likeness of a recording", snapshot, messages
    )


_Changed = tuple[dict[int, str], dict[int, str]]
"""New quantities of bids and asks by their keys."""


def applied(snapshot: dict[str, Any], updates: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return the snapshot of a book after updates, by the rules alone."""
    last_id = snapshot["lastUpdateId"]
    sides = [dict(snapshot["bids"]), dict(snapshot["asks"])]
    for data in updates:
        last_id = data["u"]
        for side, levels in zip(sides, (data["b"], data["a"]), strict=True):
            side.update(levels)
    bids, asks = (
        sorted(([Decimal(price), price, quantity] for price, quantity in side.items()))
        for side in sides
    )
    return {
        "lastUpdateId": last_id,
        "bids": [level[1:] for level in reversed(bids) if level[2] != NOTHING],
        "asks": [level[1:] for level in asks if level[2] != NOTHING],
    }


class _Market:
    """A book whose levels change as often, and as far from its best ones, as the recorded ones."""

    def __init__(self, rng: random.Random, levels: int) -> None:
        self._rng = rng
        self._id = _FIRST_ID
        # Bids and asks in ticks, the best one first: those of bids are negative.
        self._sides = self._side(-_BEST_BID, levels), self._side(_BEST_BID + 1, levels)

    def _side(self, best: int, levels: int) -> list[int]:
        keys = [best]
        while len(keys) < levels:
            keys.append(keys[-1] + 1 + int(self._rng.expovariate(1 / (_MEAN_GAP - 1))))
        return keys

    def snapshot(self) -> dict[str, Any]:
        return {
            "lastUpdateId": self._id,
            "bids": [[_price(-key), self._quantity()] for key in self._sides[0]],
            "asks": [[_price(key), self._quantity()] for key in self._sides[1]],
        }

    def update(self, size: int) -> str:
        """Change so many levels, and return the message that says so."""
        changed: _Changed = {}, {}
        if self._rng.random() < _MOVES:
            self._move(self._rng.randrange(2), changed)
        size -= len(changed[0]) + len(changed[1])
        for kind in self._rng.choices(list(_SHARES), list(_SHARES.values()), k=max(0, size)):
            self._change(kind, self._rng.randrange(2), changed)
        first = self._id + 1
        self._id += len(changed[0]) + len(changed[1])
        data = {
            "e": "depthUpdate", "E": _NOW, "s": "BTCUSDT", "U": first, "u": self._id,
            "b": [[_price(-key), text] for key, text in sorted(changed[0].items())],
            "a": [[_price(key), text] for key, text in sorted(changed[1].items())],
        }  # fmt: skip
        return json.dumps({"stream": STREAM, "data": data}, separators=(",", ":"))

    def _move(self, side: int, changed: _Changed) -> None:
        """Remove the best levels of a side, and let the other one follow."""
        keys, others = self._sides[side], self._sides[1 - side]
        for _ in range(1 + int(self._rng.expovariate(1 / (_MOVED_LEVELS - 1)))):
            changed[side][keys.pop(0)] = NOTHING
        best = 1 - keys[0]
        if others[0] > best:
            others.insert(0, best)
            changed[1 - side][best] = self._quantity()

    def _change(self, kind: str, side: int, changed: _Changed) -> None:
        """Change a level behind the best one, which only changes its quantity."""
        keys = self._sides[side]
        place = int(_at(_PLACES[kind], self._rng.random()))
        if kind == "change":
            changed[side][keys[place]] = self._quantity()
        elif kind == "delete":
            changed[side][keys.pop(max(1, place))] = NOTHING
        else:
            key = self._free(keys, max(1, place))
            changed[side][key] = NOTHING
            if kind == "insert":
                changed[side][key] = self._quantity()
                keys.insert(bisect_left(keys, key), key)

    def _free(self, keys: list[int], place: int) -> int:
        """Return a price without a level before that place, or further away if there is no room."""
        while keys[place] - keys[place - 1] < 2:
            place += 1
        return self._rng.randrange(keys[place - 1] + 1, keys[place])

    def _quantity(self) -> str:
        return f"{0.00001 + self._rng.expovariate(8):.5f}000"


def _at(quantiles: tuple[int, ...], share: float) -> float:
    """Return the value below which that share of all values is."""
    whole, part = divmod(share * (len(quantiles) - 1), 1)
    low, high = quantiles[int(whole)], quantiles[int(whole) + 1]
    return low + part * (high - low)


def _price(ticks: int) -> str:
    return f"{ticks // 100}.{ticks % 100:02d}000000"
