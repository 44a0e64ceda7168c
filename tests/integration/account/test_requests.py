"""Requests of accounts: what comes of them, and what a program learns if nothing does."""

from __future__ import annotations

import queue
import threading
import time
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from binance_streams import (
    VENUE,
    ClientClosed,
    ConnectionLost,
    ParameterError,
    RequestError,
    RequestTimeout,
    SigningError,
)
from binance_streams_simulator import Simulator
from tests.support.accounts import OwnKey, key_of, methods
from tests.support.clients import Connect
from tests.support.front_ends import FrontEnd
from tests.support.limits import LIMIT, MS, wait_until


def test_results(connect: Connect, simulator: Simulator) -> None:
    """Typed if the spec has a type, otherwise plain JSON; signed if the method needs it."""
    account: Any = connect(simulator.url).account(key_of(simulator.demo_account))
    assert abs(account.request("time").server_time / 1000 - time.time()) < LIMIT
    assert account.request("v3/ping") is not None
    status = account.request("account.status", omitZeroBalances=True)
    balances = {balance.asset: balance.free for balance in status.balances}
    assert balances["USDT"] == Decimal(10_000)
    assert account.request("openOrders.status", symbol="BTCUSDT", recvWindow=6000.5) == []
    account.wait(LIMIT)


def test_what_is_wrong_is_said_before_anything_is_sent(
    connect: Connect, simulator: Simulator
) -> None:
    account: Any = connect(simulator.url).account(key_of(simulator.demo_account))
    account.wait(LIMIT)
    before = len(simulator.api_requests)
    for method, params in (
        ("account.statuss", {}),
        ("account.status", {"symbol": "BTCUSDT"}),
        ("openOrders.status", {"symbol": 5}),
        ("order.status", {"symbol": "BTCUSDT", "orderId": "5"}),
        ("order.place", {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "price": 0.1}),
        ("account.status", {"timestamp": 5}),
    ):
        with pytest.raises(ParameterError):
            account.request(method, **params)
    assert len(simulator.api_requests) == before


def test_a_refusal(connect: Connect, simulator: Simulator) -> None:
    """Has the venue's code and words, and what to do; the subscription goes on."""
    account: Any = connect(simulator.url).account(key_of(simulator.demo_account))
    account.wait(LIMIT)
    simulator.refuse_api_requests(-1022, method="account.status")
    with pytest.raises(RequestError) as caught:
        account.request("account.status")
    assert (caught.value.code, caught.value.status) == (-1022, 400)
    assert caught.value.message == "Signature for this request is not valid."
    assert caught.value.advice
    assert account.subscription == "confirmed"
    assert account.request("account.status").balances


def test_it_needs_no_subscription(connect: Connect, simulator: Simulator) -> None:
    """A key that may not subscribe may ask, and so does an account that has ended."""
    mine = simulator.add_account(permissions=("USER_DATA",))
    account: Any = connect(simulator.url).account(key_of(mine))
    with pytest.raises(RequestError, match="permissions for action"):
        account.wait(LIMIT)
    assert account.request("account.status").balances


def test_no_answer(connect: Connect, simulator: Simulator) -> None:
    """Of an order, nobody knows whether it was placed."""
    client: Any = connect(simulator.url, request_timeout=LIMIT)
    account = client.account(key_of(simulator.demo_account))
    account.wait(LIMIT)
    simulator.cut_api("executed", method="order.place")
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}
    with pytest.raises(ConnectionLost, match="sent"):
        account.request("order.place", **order, price="1.00", quantity=Decimal(1))
    account.wait(LIMIT)
    assert methods(simulator).count("order.place") == 1


def test_an_ignored_request_times_out(front_end: FrontEnd, simulator: Simulator) -> None:
    """It says what is known of it; the connection is not to blame."""
    api = VENUE.api
    assert api is not None
    venue = msgspec.structs.replace(VENUE, api=msgspec.structs.replace(api, processing_timeout=0))
    simulator.ignore_api_requests(method="ping")
    with front_end.client_class(venue=venue)(simulator.url, request_timeout=200 * MS) as client:
        account = client.account(key_of(simulator.demo_account))
        with pytest.raises(RequestTimeout, match="ping was not"):
            account.request("ping")


def test_closing_fails_what_waits(connect: Connect, simulator: Simulator) -> None:
    client: Any = connect(simulator.url)
    account = client.account(key_of(simulator.demo_account))
    account.wait(LIMIT)
    simulator.ignore_api_requests(2)
    outcomes: queue.Queue[BaseException] = queue.Queue()

    def ask() -> None:
        try:
            account.request("account.status")
        except BaseException as error:
            outcomes.put(error)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    wait_until(lambda: methods(simulator).count("account.status") == 2)
    client.close()
    assert [type(outcomes.get(timeout=LIMIT)) for _ in threads] == [ClientClosed] * 2
    for thread in threads:
        thread.join(LIMIT)


def test_many_threads(connect: Connect, simulator: Simulator) -> None:
    """Each gets its own answer."""
    mine = simulator.add_account()
    orders = [
        mine.place("BTCUSDT", "BUY", "0.001", price=price) for price in ("1.00", "2.00", "3.00")
    ]
    account: Any = connect(simulator.url).account(key_of(mine))
    results: queue.Queue[Any] = queue.Queue()

    def ask(order: int) -> None:
        found = account.request("order.status", symbol="BTCUSDT", orderId=order)
        results.put((order, found.order_id))

    threads = [threading.Thread(target=ask, args=(order,)) for order in orders * 3]
    for thread in threads:
        thread.start()
    assert sorted(results.get(timeout=LIMIT) for _ in threads) == sorted(
        (order, order) for order in orders * 3
    )
    for thread in threads:
        thread.join(LIMIT)


@pytest.mark.callbacks_wait
def test_in_a_callback(connect: Connect, simulator: Simulator, front_end: FrontEnd) -> None:
    """It may send requests itself."""
    mine = simulator.add_account()
    found: queue.Queue[Any] = queue.Queue()

    def ask(event: Any) -> None:
        found.put(account.request("account.status"))

    account: Any = connect(simulator.url).account(key_of(mine), on_event=ask)
    account.wait(LIMIT)
    mine.deposit("DOGE", 5)
    balances = found.get(timeout=LIMIT).balances
    assert "DOGE" in {balance.asset for balance in balances}


def test_a_slow_key_holds_up_nobody_else(connect: Connect, simulator: Simulator) -> None:
    mine, other = OwnKey(simulator.demo_account), simulator.add_account()
    mine.go_on.clear()
    client: Any = connect(simulator.url)
    slow, quick = client.account(mine), client.account(key_of(other))
    quick.wait(LIMIT)
    assert slow.subscription == "pending"
    mine.go_on.set()
    slow.wait(LIMIT)
    assert len(mine.threads) == 1


def test_a_key_that_fails(connect: Connect, simulator: Simulator) -> None:
    """Its own error is the cause; the key is asked again, as a vault may have been away."""
    key = OwnKey(simulator.demo_account)
    key.failure = OSError("the vault is sealed")
    account: Any = connect(simulator.url).account(key)
    with pytest.raises(SigningError) as caught:
        account.wait(LIMIT)
    assert caught.value.__cause__ is key.failure
    assert methods(simulator) == []
    key.failure = None
    # Another attempt may just be failing.
    wait_until(lambda: account.subscription == "confirmed")


def test_a_key_that_gives_no_text(connect: Connect, simulator: Simulator) -> None:
    """Is at fault itself, so the account ends."""
    key = OwnKey(simulator.demo_account)
    key.sign = lambda payload: payload  # type: ignore[assignment, method-assign, return-value]
    account: Any = connect(simulator.url).account(key)
    with pytest.raises(SigningError, match="object of type bytes"):
        account.wait(LIMIT)
    assert account.subscription == "ended"
    with pytest.raises(SigningError):
        account.request("account.status")
    assert methods(simulator) == []


def test_a_request_while_reading_is_paused(connect: Connect, simulator: Simulator) -> None:
    """It may have been done: its answer is not read."""
    mine = simulator.add_account()
    client: Any = connect(simulator.url)
    account = client.account(key_of(mine), overflow="block", maxsize=1)
    account.wait(LIMIT)
    engine = getattr(client, "_real", client)._engine
    for _ in range(3):
        mine.deposit("BTC", 1)
    wait_until(lambda: engine._driver.is_paused)
    engine._queries.patience = 50 * MS
    with pytest.raises(RequestTimeout, match=r"reading is paused.*nobody knows"):
        account.request("account.status")
