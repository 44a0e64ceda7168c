"""Other people's clients connect to the relay as to the venue, and get what the venue sends."""

from __future__ import annotations

import itertools
import json
import time
from decimal import Decimal
from typing import Any
from urllib.request import urlopen

import pytest

from binance_streams_simulator import Simulator
from tests.relay.clients.conftest import Program, Run
from tests.relay.conftest import newest_trade
from tests.support.limits import LIMIT, wait_until
from tests.support.relays import RunningRelay

# Each with how many connections it opens.
CONNECTIONS = {
    "of_connector.py": 1,
    "of_sdk.py": 1,
    "of_python_binance.py": 2,
    "of_ccxt.py": 2,
    "of_ours.py": 1,
    "of_ws.js": 1,
}
WITH_CANDLES = ["of_connector.py", "of_python_binance.py", "of_ccxt.py"]
WITH_BOOKS = ["of_python_binance.py", "of_ccxt.py", "of_ours.py"]

pytestmark = pytest.mark.slow


def trades_of(simulator: Simulator, first: int, last: int) -> dict[int, list[Any]]:
    """The trades upstream between two ids, by their ids: price and quantity."""
    found: dict[int, list[Any]] = {}
    while first <= last:
        target = f"/api/v3/historicalTrades?symbol=BTCUSDT&fromId={first}&limit=1000"
        with urlopen(simulator.rest_url + target, timeout=LIMIT) as response:
            rows = json.load(response)
        found |= {row["id"]: [row["price"], row["qty"]] for row in rows}
        first = rows[-1]["id"] + 1
    return found


@pytest.mark.parametrize("name", CONNECTIONS)
def test_trades_are_those_of_the_venue_and_a_cut_upstream_is_not_seen(
    name: str, run: Run, relay: RunningRelay, simulator: Simulator
) -> None:
    """All of them, once and in order; what was sent upstream during the cut is missing."""
    program = run(name)
    got = [program.next("trade") for _ in range(50)]
    # Some open the connection of their book long after that of their trades.
    wait_until(lambda: relay.stats().clients_accepted == CONNECTIONS[name])
    simulator.drop_connections()
    last = newest_trade(simulator) + 100
    while got[-1][0] < last:
        got.append(program.next("trade"))
    ids = [id for id, *_ in got]
    assert ids == sorted(set(ids))
    jumps = [later - earlier for earlier, later in itertools.pairwise(ids)]
    assert sum(jump > 1 for jump in jumps) <= 1
    truth = trades_of(simulator, ids[0], ids[-1])
    assert [values for _, *values in got] == [truth[id] for id in ids]
    # It has never connected anew.
    assert relay.stats().clients_accepted == CONNECTIONS[name]
    if name in WITH_CANDLES:
        check_candles(program, simulator)


def check_candles(program: Program, simulator: Simulator) -> None:
    """Those that it has asked for by REST are those of the venue, but for one that goes on."""
    (rows,) = program.first("candles")
    target = "/api/v3/klines?symbol=BTCUSDT&interval=1s&startTime=0&limit=3"
    with urlopen(simulator.rest_url + target, timeout=LIMIT) as response:
        truth = json.load(response)
    # Some clients make texts of the numbers.
    assert [[*map(str, row)] for row in rows[:3]] == [[*map(str, row)] for row in truth]


@pytest.mark.parametrize("name", ["of_connector.py", "of_ws.js"])
def test_requests_are_answered_to_whoever_sent_them(name: str, run: Run) -> None:
    """Of two clients with the same stream, each has a list of its own."""
    one, other = run(name), run(name)
    for program in (one, other):
        program.next("trade")
        assert program.first("pong") in ([], ["are you there"])
    one.go_on()
    answers = dict(next_answer(one) for _ in range(4))
    assert sorted(answers.pop(3)) == ["btcusdt@bookTicker", "btcusdt@trade"]
    assert answers == {2: None, 4: None, 5: ["btcusdt@bookTicker"]}
    other.next("trade")
    one.end()
    other.next("trade")


def next_answer(program: Program) -> tuple[int, Any]:
    """The next answer to a request but the first, by which the client subscribed to trades."""
    while (answer := program.next("answer"))[0] == 1:
        pass
    id, result = answer
    return id, result


@pytest.mark.parametrize("name", WITH_BOOKS)
def test_a_local_order_book_is_that_of_the_venue(name: str, run: Run, simulator: Simulator) -> None:
    """It is again after a cut upstream, from the snapshots of the relay."""
    program = run(name)
    wait_for_the_true_book(program, simulator, 0)
    simulator.drop_connections()
    wait_for_the_true_book(program, simulator, simulator.order_book("BTCUSDT")[0] + 200)


def wait_for_the_true_book(program: Program, simulator: Simulator, after: int) -> None:
    """Wait until the client has the ten best levels a side as they are upstream."""
    deadline = time.monotonic() + LIMIT
    is_true = False
    while not is_true:
        assert time.monotonic() < deadline, "it has other levels"
        id, *sides = program.next("book")
        if id < after:
            continue
        try:
            _, *true_sides = simulator.order_book("BTCUSDT", id)
        except ValueError:
            # It is too old by now.
            continue
        is_true = all(
            exact(side) == exact(true_side[: len(side)]) and len(side) == 10
            for side, true_side in zip(sides, true_sides, strict=True)
        )


def exact(side: list[Any]) -> list[list[Decimal]]:
    return [[Decimal(str(value)) for value in level] for level in side]
