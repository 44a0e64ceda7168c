"""How subscriptions to accounts are interrupted, and how they end."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from binance_streams import (
    BalanceUpdate,
    ClientClosed,
    ClockOffset,
    EventStreamTerminated,
    Gap,
    Notice,
    RequestError,
    RequestTimeout,
    ServerShutdown,
    Terminated,
)
from binance_streams_simulator import Simulator
from tests.support.accounts import key_of, methods
from tests.support.clients import Connect
from tests.support.limits import LIMIT, MS, wait_until

SUBSCRIBE = "userDataStream.subscribe.signature"


def notices_of(connect: Connect, url: str, **options: Any) -> tuple[Any, Callable[[type], Any]]:
    """A client, and what waits for the next notice of a type."""
    notices: queue.Queue[Notice] = queue.Queue()

    def next_of(kind: type) -> Any:
        deadline = time.monotonic() + LIMIT
        while True:
            notice = notices.get(timeout=max(0.0, deadline - time.monotonic()))
            if isinstance(notice, kind):
                return notice

    return connect(url, on_notice=notices.put, **options), next_of


@pytest.mark.parametrize("seconds", [-60, 60])
def test_a_clock_that_is_a_minute_off(
    connect: Connect, simulator: Simulator, seconds: float
) -> None:
    """Works, and is reported."""
    simulator.shift_clock(seconds)
    client, next_of = notices_of(connect, simulator.url)
    account = client.account(key_of(simulator.demo_account))
    account.wait(LIMIT)
    assert account.request("account.status").balances
    assert abs(next_of(ClockOffset).seconds - seconds) < 30
    assert methods(simulator).count(SUBSCRIBE) == 1


def test_a_clock_that_is_set_back_meanwhile(connect: Connect, simulator: Simulator) -> None:
    client: Any = connect(simulator.url)
    account = client.account(key_of(simulator.demo_account))
    account.wait(LIMIT)
    simulator.shift_clock(-90)
    simulator.drop_api_connections()
    wait_until(lambda: methods(simulator).count(SUBSCRIBE) == 2)
    account.wait(LIMIT)


def test_one_gap_after_a_lost_connection(connect: Connect, simulator: Simulator) -> None:
    """At once, though no event comes; it says what to do."""
    mine = simulator.add_account()
    client, next_of = notices_of(connect, simulator.url)
    account = client.account(key_of(mine))
    account.wait(LIMIT)
    items = account.with_notices()
    simulator.drop_api_connections()
    gap = next_of(Gap)
    assert gap.stream == account.name
    assert "ask for the account's state" in gap.reason
    mine.deposit("BTC", 1)
    found: list[Any] = []
    while not (found and isinstance(found[-1], BalanceUpdate)):
        found.append(next(items))
    assert [type(item).__name__ for item in found] == ["Disconnected", "Gap", "BalanceUpdate"]


def test_a_terminated_stream_is_subscribed_again(connect: Connect, simulator: Simulator) -> None:
    mine = simulator.add_account()
    client, next_of = notices_of(connect, simulator.url)
    account = client.account(key_of(mine))
    account.wait(LIMIT)
    mine.terminate()
    assert isinstance(account.get(LIMIT), EventStreamTerminated)
    assert next_of(Terminated).stream == account.name
    next_of(Gap)
    account.wait(LIMIT)
    mine.deposit("BTC", 1)
    assert isinstance(account.get(LIMIT), BalanceUpdate)
    assert simulator.api_connection_attempts == 1


def test_a_revoked_key_ends_its_account_alone(connect: Connect, simulator: Simulator) -> None:
    mine, other = simulator.add_account(), simulator.add_account()
    client: Any = connect(simulator.url)
    gone, kept = client.account(key_of(mine)), client.account(key_of(other))
    gone.wait(LIMIT)
    kept.wait(LIMIT)
    mine.revoke(terminates=True)
    events = iter(gone)
    with pytest.raises(RequestError, match="permissions for action") as caught:
        list(events)
    assert caught.value.code == -2015
    other.deposit("BTC", 1)
    assert isinstance(kept.get(LIMIT), BalanceUpdate)
    assert client.accounts == (kept,)


def test_a_shutdown_hands_over(connect: Connect, simulator: Simulator) -> None:
    """To a new connection, beforehand; events of both are not repeated."""
    mine = simulator.add_account()
    client, next_of = notices_of(connect, simulator.url)
    account = client.account(key_of(mine))
    account.wait(LIMIT)
    simulator.api_shutdown_notice()
    next_of(ServerShutdown)
    wait_until(lambda: simulator.api_connection_attempts == 2)
    # Not the same amount twice: within a millisecond, nothing would distinguish the two events.
    for amount in (1, 2, 3):
        mine.deposit("BTC", amount)
    assert [account.get(LIMIT).event_type for _ in range(6)] == [
        *("balanceUpdate", "outboundAccountPosition") * 3
    ]


def test_too_many_requests(connect: Connect, simulator: Simulator) -> None:
    """The client waits as long as the server wants, and so does who waits for it."""
    simulator.refuse_api_requests(-1003, method=SUBSCRIBE, status=429, retry_after=1)
    begun = time.monotonic()
    account: Any = connect(simulator.url).account(key_of(simulator.demo_account))
    account.wait(LIMIT)
    assert time.monotonic() - begun > 0.5
    assert methods(simulator).count(SUBSCRIBE) == 2


def test_waiting_in_vain_names_the_last_error(connect: Connect, simulator: Simulator) -> None:
    simulator.refuse_api_requests(-1003, method=SUBSCRIBE, status=429, retry_after=3600)
    account: Any = connect(simulator.url).account(key_of(simulator.demo_account))

    def cause() -> Any:
        with pytest.raises(RequestTimeout, match="was not confirmed within") as caught:
            account.wait(20 * MS)
        return caught.value.__cause__

    # None until the refusal has come.
    wait_until(cause)
    assert isinstance(cause(), RequestError)
    assert cause().status == 429


def test_closing_ends_the_wait_for_another_attempt(connect: Connect, simulator: Simulator) -> None:
    """However long the server wants to be left alone."""
    simulator.refuse_api_requests(-1003, method="account.status", status=429, retry_after=3600)
    client: Any = connect(simulator.url)
    account = client.account(key_of(simulator.demo_account))
    account.wait(LIMIT)
    errors: queue.Queue[BaseException] = queue.Queue()

    def ask() -> None:
        try:
            account.state()
        except BaseException as error:
            errors.put(error)

    thread = threading.Thread(target=ask)
    thread.start()
    wait_until(lambda: methods(simulator).count("account.status") == 1)
    client.close()
    assert isinstance(errors.get(timeout=LIMIT), ClientClosed)
    thread.join(LIMIT)
