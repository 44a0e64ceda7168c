"""The state of an account, which a program follows through interruptions."""

from __future__ import annotations

import threading
from decimal import Decimal
from itertools import repeat
from typing import Any

import pytest

from binance_streams import BalanceUpdate, RequestError, RequestTimeout
from binance_streams_simulator import Simulator
from tests.support.accounts import key_of, methods
from tests.support.clients import Connect
from tests.support.limits import LIMIT, MS, wait_until


def test_the_state_is_asked_for_after_the_confirmation(
    connect: Connect, simulator: Simulator
) -> None:
    mine = simulator.add_account(balances={"BTC": "1.5"})
    state = connect(simulator.url).account(key_of(mine)).state(LIMIT)
    assert state.balances["BTC"].free == Decimal("1.5")
    assert state.open_orders == {}
    assert methods(simulator) == [
        "userDataStream.subscribe.signature",
        "account.status",
        "openOrders.status",
    ]


def test_following_through_interruptions(connect: Connect, simulator: Simulator) -> None:
    """After each, one Gap says that the state must be asked for, and it is."""
    mine = simulator.add_account(balances={"BTC": 1, "USDT": 1000})
    client = connect(simulator.url, backoff=lambda: repeat(0.0))
    account: Any = client.account(key_of(mine))
    items = account.follow()
    state, first = next(items)
    assert first is None
    for number in range(2, 6):
        if number % 2:
            attempts = simulator.api_connection_attempts
            simulator.drop_api_connections()
            wait_until(lambda: simulator.api_connection_attempts > attempts)  # noqa: B023
        mine.deposit("BTC", 1)
        mine.place("BTCUSDT", "BUY", "0.001", price=f"{number}.00")
        while state.balances["BTC"].free != number or set(state.open_orders) != set(
            mine.open_orders
        ):
            next(items)
    wait_until(lambda: account.stats().gaps == 2)
    assert {asset: (one.free, one.locked) for asset, one in state.balances.items()} == mine.balances


def test_a_gap_while_the_state_is_asked_for_is_not_lost(
    connect: Connect, simulator: Simulator
) -> None:
    """The notice waits among the events, though nobody iterates yet."""
    mine = simulator.add_account(balances={"BTC": 1})
    account: Any = connect(simulator.url).account(key_of(mine))
    state = account.state(LIMIT)
    simulator.drop_api_connections()
    wait_until(lambda: account.stats().gaps == 1)
    items = account.with_notices()
    while not state.needs_refresh:
        state.apply(next(items))
    account.refresh(state, LIMIT)
    assert not state.needs_refresh


def test_another_attempt_after_an_interruption(connect: Connect, simulator: Simulator) -> None:
    """Both are asked for again, as answers of one connection belong together."""
    mine = simulator.add_account(balances={"BTC": 1})
    account: Any = connect(simulator.url).account(key_of(mine))
    account.wait(LIMIT)
    simulator.cut_api("received", method="openOrders.status")
    assert account.state(LIMIT).balances["BTC"].free == 1
    assert methods(simulator).count("account.status") == 2


def test_what_cannot_heal_is_raised(connect: Connect, simulator: Simulator) -> None:
    mine = simulator.add_account(permissions=("USER_STREAM",))
    account: Any = connect(simulator.url).account(key_of(mine))
    with pytest.raises(RequestError, match="permissions for action"):
        account.state(LIMIT)
    assert methods(simulator).count("account.status") == 1


def test_a_time_limit(connect: Connect, simulator: Simulator) -> None:
    simulator.ignore_api_requests(1_000)
    account: Any = connect(simulator.url).account(key_of(simulator.demo_account))
    with pytest.raises(RequestTimeout, match="was not confirmed within"):
        account.state(20 * MS)


def test_plain_iteration_after_the_state_has_no_notices(
    connect: Connect, simulator: Simulator
) -> None:
    mine = simulator.add_account(balances={"BTC": 1})
    account: Any = connect(simulator.url).account(key_of(mine))
    account.state(LIMIT)
    simulator.drop_api_connections()
    wait_until(lambda: account.stats().gaps == 1)
    threading.Timer(0, lambda: mine.deposit("BTC", 1)).start()
    assert isinstance(account.get(LIMIT), BalanceUpdate)
