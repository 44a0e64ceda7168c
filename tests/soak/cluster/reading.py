"""What a client of this project makes of the same log: every event once, in order, and no gap."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import pairwise

from binance_streams import Client, Gap, Notice
from tests.soak.cluster.collectors import PREFIX
from tests.soak.cluster.order import NUMBERED, Ids, ids_of, kind_of
from tests.soak.cluster.venue import Sent
from tests.support.nats_cluster import NatsCluster

# Streams whose ids are consecutive: the key of the id, and the attribute that has it.
_NUMBERED = {"trade": ("t", "trade_id"), "aggTrade": ("a", "aggregate_trade_id")}


def read_by_client(url: str, sent: Iterable[Sent], timeout: float = 60.0) -> list[str]:
    """Read the log from its beginning; return what is wrong, in words."""
    expected: dict[str, list[int]] = defaultdict(list)
    for one in sent:
        kind = one.stream.partition("@")[2]
        if kind in _NUMBERED:
            expected[one.stream].append(json.loads(one.payload)[_NUMBERED[kind][0]])
    notices: list[Notice] = []
    wrong: list[str] = []
    url = f"{url}?from=all&prefix={PREFIX}"
    with Client(url, on_notice=notices.append) as client:
        for name, ids in expected.items():
            attribute = _NUMBERED[name.partition("@")[2]][1]
            events = client.subscribe(name, maxsize=10_000_000)
            found: list[int] = []
            try:
                while not found or found[-1] < ids[-1]:
                    found.append(getattr(events.get(timeout=timeout), attribute))
            except TimeoutError:
                wrong.append(f"{name}: nothing after {found[-1:]}, {ids[-1]} is the last")
            # What came before the comparison begins may be there, too.
            found = [one for one in found if one >= ids[0]]
            if found != ids:
                missed, more = {*ids} - {*found}, len(found) - len({*found})
                wrong.append(f"{name}: {len(missed)} missed, {more} twice, of {len(ids)}")
    gaps = [one for one in notices if isinstance(one, Gap)]
    return [*wrong, *(f"a gap was reported: {one}" for one in gaps[:5])]


def read_from_times(
    servers: NatsCluster, streams: Sequence[str], seed: int, count: int = 3
) -> list[str]:
    """Read the log from some moments on; what is wrong compared with what nats-py reads."""
    draw = random.Random(seed)
    stored: dict[str, list[tuple[float, Ids]]] = defaultdict(list)
    for one in servers.messages(f"{PREFIX}.>"):
        name = one.headers["Nats-Msg-Id"].rpartition(":")[0]
        if name in streams and kind_of(name) in NUMBERED:
            stored[name].append((one.time, ids_of(name, one.data)))
    wrong: list[str] = []
    for _ in range(count):
        name = draw.choice(sorted(stored))
        times = sorted(time for time, _ in stored[name])
        # Between two messages, so that it is clear which of them is the first.
        pairs = [(a, b) for a, b in pairwise(times) if b - a > 0.004]
        begin = sum(draw.choice(pairs)) / 2
        expected = sorted(ids for time, ids in stored[name] if time >= begin)
        found, gaps = _read_from(servers.url, name, begin, expected[-1])
        if found != expected or gaps:
            missed = [one for one in expected if one not in {*found}]
            wrong.append(
                f"{name} from {begin:.6f}: {len(missed)} of {len(expected)} missed, "
                f"begins with {found[:1]} for {expected[:1]}, {gaps[:2]}"
            )
    return wrong


def _read_from(url: str, name: str, begin: float, last: Ids) -> tuple[list[Ids], list[Notice]]:
    """The ids of a stream from a moment on, and the gaps."""
    notices: list[Notice] = []
    found: list[Ids] = []
    url = f"{url}?from={begin:.6f}&prefix={PREFIX}"
    with Client(url, on_notice=notices.append) as client:
        messages = client.raw(name, maxsize=10_000_000)
        with suppress(TimeoutError):
            while last not in found[-1:]:
                found.append(ids_of(name, messages.get(timeout=30).data))
    return found, [one for one in notices if isinstance(one, Gap)]
