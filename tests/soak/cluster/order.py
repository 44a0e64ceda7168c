"""Whether a program got what the venue sent: each event once, in order, from some moment on."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from tests.soak.cluster.venue import Sent
from tests.support.nats_log import StoredMessage

NUMBERED = {"trade": ("t", "t"), "aggTrade": ("a", "a"), "depth": ("U", "u")}
"""The keys of the first and the last id, of streams whose ids are consecutive."""

RISING = {"bookTicker": "u", "kline_1m": "E"}
"""The keys of the numbers of streams in which these only rise."""

Ids = tuple[int, int]


def kind_of(stream: str) -> str:
    """The kind of a stream: ``depth`` of ``btcusdt@depth@100ms``."""
    return stream.split("@")[1]


def ids_of(stream: str, payload: bytes) -> Ids:
    """The first and the last id of a message of a stream in ``NUMBERED``."""
    first, last = NUMBERED[kind_of(stream)]
    event = json.loads(payload)
    return event[first], event[last]


def late_ones(stored: Iterable[StoredMessage]) -> set[bytes]:
    """What stands behind a later message of its stream in the log, if numbers only rise.

    A reader may have delivered that one before, as it waits for none that may not exist.
    """
    highest: dict[str, int] = {}
    late: set[bytes] = set()
    for one in stored:
        name = one.headers["Nats-Msg-Id"].rpartition(":")[0]
        key = RISING.get(kind_of(name))
        if key is not None:
            value = json.loads(one.data)[key]
            if value < highest.setdefault(name, value):
                late.add(one.data)
            highest[name] = max(highest[name], value)
    return late


def ids_sent(sent: Iterable[Sent]) -> dict[str, list[Ids]]:
    """The ids that the venue sent, of streams whose ids are consecutive."""
    found: dict[str, list[Ids]] = defaultdict(list)
    for one in sent:
        if kind_of(one.stream) in NUMBERED:
            found[one.stream].append(ids_of(one.stream, one.payload))
    return found


def difference(name: str, sent: Sequence[Ids], lives: Sequence[Sequence[Ids]]) -> list[str]:
    """What is wrong with the ids that a program got in its lives, in words.

    Each life begins with what follows the one before, or earlier; within it, nothing comes twice.
    """
    wrong: list[str] = []
    found: set[Ids] = set()
    before: int | None = None
    for life in lives:
        for (_, last), (first, _) in pairwise(life):
            if first != last + 1:
                wrong.append(f"{name}: {first} came after {last}")
        if life and before is not None and life[0][0] > before + 1:
            wrong.append(f"{name}: {life[0][0]} came first in a life, {before} last before it")
        if life:
            before = max(life[-1][1], before or 0)
        found.update(life)
    missed = [ids for ids in sent if ids not in found]
    if missed:
        wrong.append(f"{name}: {len(missed)} of {len(sent)} missed, {missed[0]} the first of them")
    return wrong
