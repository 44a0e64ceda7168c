"""What a client of this project makes of the same log: every event once, in order, and no gap."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable

from binance_streams import Client, Gap, Notice
from tests.soak.cluster.collectors import PREFIX
from tests.soak.cluster.venue import Sent

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
