"""Snapshots over HTTP, and the venue's procedure for a local book that needs them."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from decimal import Decimal
from typing import Any

import pytest

from tests.support.limits import LIMIT


def get(simulator: Any, path: str) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(simulator.rest_url + path, timeout=LIMIT) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)


def test_ping_and_time(start: Any) -> None:
    simulator = start()
    assert get(simulator, "/api/v3/ping") == (200, {})
    assert get(simulator, "/api/v3/time")[1]["serverTime"] > 1_700_000_000_000


@pytest.mark.parametrize(("query", "count"), [("", 100), ("&limit=5", 5), ("&limit=1000", 1_000)])
def test_a_snapshot_has_as_many_levels_as_asked(start: Any, query: str, count: int) -> None:
    status, snapshot = get(start(), f"/api/v3/depth?symbol=BTCUSDT{query}")
    assert status == 200
    assert list(snapshot) == ["lastUpdateId", "bids", "asks"]
    assert (len(snapshot["bids"]), len(snapshot["asks"])) == (count, count)
    assert Decimal(snapshot["bids"][0][0]) < Decimal(snapshot["asks"][0][0])


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v3/depth", 400, -1102),
        ("/api/v3/depth?symbol=", 400, -1102),
        ("/api/v3/depth?symbol=NOPE", 400, -1121),
        ("/api/v3/depth?symbol=btcusdt", 400, -1100),
        ("/api/v3/depth?symbol=BTCUSDT&limit=x", 400, -1100),
        ("/api/v3/depth?symbol=BTCUSDT&limit=0", 400, -1130),
        ("/api/v3/nothing", 404, -1),
    ],
)
def test_errors_are_the_venues(start: Any, path: str, status: int, code: int) -> None:
    found_status, body = get(start(), path)
    assert (found_status, body["code"]) == (status, code)


@pytest.mark.parametrize("name", ["btcusdt@depth@100ms", "btcusdt@depth"])
def test_a_local_book_can_be_kept_by_the_venues_procedure(
    start: Any, open_peer: Any, name: str
) -> None:
    simulator = start(speed=5.0)
    changes = open_peer(simulator, f"/stream?streams={name}/btcusdt@depth20@100ms")
    is_change = name.__eq__
    buffered = [changes.until(lambda message: is_change(message["stream"]))["data"]]
    while True:
        snapshot = get(simulator, "/api/v3/depth?symbol=BTCUSDT&limit=5000")[1]
        if snapshot["lastUpdateId"] >= buffered[0]["U"]:
            break
    sides = [dict(snapshot[side]) for side in ("bids", "asks")]
    last_id = snapshot["lastUpdateId"]
    is_first, compared = True, 0
    while compared < 5:
        message = changes.next() if not buffered else {"stream": name, "data": buffered.pop()}
        data = message["data"]
        if message["stream"] == name:
            if data["u"] <= last_id:
                continue
            if is_first:
                assert data["U"] <= last_id + 1 <= data["u"] + 1
                is_first = False
            else:
                assert data["U"] == last_id + 1
            last_id = data["u"]
            for side, key in zip(sides, "ba", strict=True):
                for price, quantity in data[key]:
                    side[price] = quantity
                    if not Decimal(quantity):
                        del side[price]
        elif data["lastUpdateId"] == last_id:
            compared += 1
            for side, key, is_bid in zip(sides, ("bids", "asks"), (True, False), strict=True):
                top = sorted(side.items(), key=lambda level: Decimal(level[0]), reverse=is_bid)
                assert [list(level) for level in top[:20]] == data[key]


def test_a_snapshot_and_the_updates_after_it_give_the_later_snapshot(
    start: Any, open_peer: Any
) -> None:
    simulator = start(speed=20.0, book_levels=1_500)
    path = "/api/v3/depth?symbol=BTCUSDT&limit=5000"
    peer = open_peer(simulator, "/ws/btcusdt@depth@100ms")
    update = peer.next()
    first = get(simulator, path)[1]
    last_id = first["lastUpdateId"]
    sides = [dict(first[side]) for side in ("bids", "asks")]
    assert min(map(len, sides)) >= 1_500
    later: Any = None
    while later is None or last_id != later["lastUpdateId"]:
        if later is None or last_id > later["lastUpdateId"]:
            # At least some updates after the first one.
            later = get(simulator, path)[1] if last_id > first["lastUpdateId"] + 50 else later
        if update["u"] > last_id:
            assert update["U"] <= last_id + 1
            last_id = update["u"]
            for side, key in zip(sides, "ba", strict=True):
                for price, quantity in update[key]:
                    side[price] = quantity
                    if not Decimal(quantity):
                        del side[price]
        update = peer.next()
    assert sides == [dict(later[side]) for side in ("bids", "asks")]


def test_a_symbol_made_by_a_subscription_has_a_snapshot(start: Any, open_peer: Any) -> None:
    simulator = start()
    open_peer(simulator).subscribe("newcoin@depth")
    assert get(simulator, "/api/v3/depth?symbol=NEWCOIN&limit=5")[0] == 200


def test_a_symbol_that_nobody_has_subscribed_to_stands_still(start: Any, open_peer: Any) -> None:
    simulator = start(speed=10.0)
    path = "/api/v3/depth?symbol=BTCUSDT&limit=5"
    left = get(simulator, path)
    # Time goes by: another market goes on.
    other = open_peer(simulator, "/ws/ethusdt@trade")
    for _ in range(30):
        other.next()
    assert get(simulator, path) == left
