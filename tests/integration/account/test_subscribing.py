"""Subscribing to accounts: their events, in every way that events can be taken."""

from __future__ import annotations

import queue
from decimal import Decimal
from typing import Any

import pytest

from binance_streams import (
    BalanceUpdate,
    ClientClosed,
    HmacKey,
    OutboundAccountPosition,
    ParameterError,
)
from binance_streams_simulator import Simulator
from tests.support.accounts import key_of, methods
from tests.support.clients import Connect
from tests.support.limits import LIMIT, wait_until


def test_events_of_an_account(connect: Connect, simulator: Simulator) -> None:
    """Typed, in order, with the client's numbers; one by one, and in batches."""
    mine = simulator.add_account()
    account: Any = connect(simulator.url).account(key_of(mine))
    account.wait(LIMIT)
    assert account.subscription == "confirmed"
    mine.deposit("BTC", "0.5")
    update, position = account.get(LIMIT), account.get(LIMIT)
    assert isinstance(update, BalanceUpdate)
    assert (update.asset, update.balance_delta) == ("BTC", Decimal("0.50000000"))
    assert isinstance(position, OutboundAccountPosition)
    assert [balance.asset for balance in position.balances] == ["BTC"]
    mine.withdraw("BTC", "0.25")
    assert next(account).balance_delta == Decimal("-0.25000000")
    batch = next(iter(account.batches(10, 0.0)))
    assert [type(event) for event in batch] == [OutboundAccountPosition]
    assert account.stats().messages == 4


def test_the_same_key_gives_the_same_account(connect: Connect, simulator: Simulator) -> None:
    """As long as it lasts, and with no other options."""
    mine = simulator.add_account()
    client: Any = connect(simulator.url)
    account = client.account(key_of(mine), recv_window=6000.5)
    assert client.account(key_of(mine)) is account
    assert client.accounts == (account,)
    assert client.subscriptions == ()
    for options in ({"maxsize": 5}, {"recv_window": 5000}):
        with pytest.raises(ParameterError, match=r"is subscribed already; unsubscribe\(\) first"):
            client.account(key_of(mine), **options)
    account.wait(LIMIT)
    account.unsubscribe()
    assert list(account) == []
    assert account.subscription == "ended"
    again = client.account(key_of(mine))
    assert again is not account
    again.wait(LIMIT)
    assert client.accounts == (again,)


def test_accounts_share_a_connection(connect: Connect, simulator: Simulator) -> None:
    """And each gets its own events, also through a client that takes all of them."""
    one, other = simulator.add_account(), simulator.add_account()
    client: Any = connect(simulator.url)
    first, second = client.account(key_of(one)), client.account(key_of(other))
    first.wait(LIMIT)
    second.wait(LIMIT)
    assert [sorted(ids.values()) for ids in simulator.api_subscriptions] == [
        sorted((one.api_key, other.api_key))
    ]
    messages = iter(client)
    other.deposit("BNB", 1)
    one.deposit("ETH", 2)
    found = [next(messages) for _ in range(4)]
    assert [(message.stream, type(message.data)) for message in found] == [
        (second.name, BalanceUpdate),
        (second.name, OutboundAccountPosition),
        (first.name, BalanceUpdate),
        (first.name, OutboundAccountPosition),
    ]
    stats = client.stats()
    assert {first.name, second.name} == set(stats.streams)
    assert sum(one.streams for one in stats.connections) == 2


def test_names_show_the_beginning_of_the_key(connect: Connect, simulator: Simulator) -> None:
    client: Any = connect(simulator.url)
    account = client.account(key_of(simulator.demo_account))
    account.wait(LIMIT)
    assert account.name == "account vmPU…"
    assert "Account vmPU… confirmed>" in repr(account)
    assert "1 subscriptions" in repr(client)
    account.unsubscribe()
    wait_until(lambda: simulator.api_subscriptions in ([], [{}]))
    assert "ended" in repr(account)


def test_a_callback(connect: Connect, simulator: Simulator) -> None:
    """It gets all events until the end; the account cannot be iterated."""
    mine = simulator.add_account()
    events: queue.Queue[Any] = queue.Queue()
    client: Any = connect(simulator.url)
    account = client.account(key_of(mine), on_event=events.put)
    other = client.account(key_of(simulator.demo_account))
    account.wait(LIMIT)
    mine.deposit("BTC", 1)
    assert [type(events.get(timeout=LIMIT)) for _ in range(2)] == [
        BalanceUpdate,
        OutboundAccountPosition,
    ]
    with pytest.raises(ParameterError, match="an account without on_event"):
        account.get(1)
    account.unsubscribe()
    mine.deposit("BTC", 1)
    # Its answer comes after the events.
    other.request("time")
    assert events.empty()


def test_a_wrong_secret_ends_it_at_once(connect: Connect, simulator: Simulator) -> None:
    """With the venue's words and what to do; nothing is tried again."""
    account: Any = connect(simulator.url).account(
        HmacKey(simulator.demo_account.api_key, "wrong" * 8)
    )
    with pytest.raises(Exception, match="Signature for this request is not valid") as caught:
        account.wait(LIMIT)
    error: Any = caught.value
    assert (error.code, error.status) == (-1022, 400)
    assert "secret" in error.advice
    assert account.subscription == "ended"
    with pytest.raises(Exception, match="not valid"):
        account.get(LIMIT)
    assert methods(simulator) == ["userDataStream.subscribe.signature"]
    assert simulator.api_connection_attempts == 1


def test_it_ends_with_the_client(connect: Connect, simulator: Simulator) -> None:
    client: Any = connect(simulator.url)
    account = client.account(key_of(simulator.demo_account))
    account.wait(LIMIT)
    events = iter(account)
    client.close()
    assert list(events) == []
    assert account.subscription == "ended"
    with pytest.raises(ClientClosed):
        account.get(1)
    with pytest.raises(ClientClosed):
        account.wait(1)
    with pytest.raises(ClientClosed):
        account.request("time")
    with pytest.raises(ClientClosed):
        client.account(key_of(simulator.demo_account))


def test_times_in_microseconds(connect: Connect, simulator: Simulator) -> None:
    mine = simulator.add_account()
    client: Any = connect(simulator.url, time_unit="microsecond", numbers=str)
    account = client.account(key_of(mine))
    account.wait(LIMIT)
    mine.deposit("BTC", 1)
    update = account.get(LIMIT)
    assert update.event_time > 10**15
    assert update.balance_delta == "1.00000000"
    assert account.request("time").server_time > 10**15
