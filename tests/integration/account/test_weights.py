"""Requests of accounts and of the REST API, which the server counts together."""

from __future__ import annotations

import time
from typing import Any

import pytest

from binance_streams import HmacKey, RequestTimeout
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.limits import LIMIT, MS, wait_until


@pytest.fixture(autouse=True)
def _amid_a_minute() -> None:
    """The server counts anew from each full minute on, and nobody knows its clock exactly."""
    wait_until(lambda: 3 < time.time() % 60 < 50)


def test_what_both_have_used_is_counted_together(connect: Connect, simulator: Simulator) -> None:
    """As the server says, with what others have used."""
    client: Any = connect(simulator.url)
    simulator.set_used_weight(1000)
    account = client.account(_key(simulator))
    account.request("account.status")
    account.wait(LIMIT)
    stats = client.stats()
    # The server's time, the subscription, the request; and the connection.
    assert (stats.api_requests, stats.api_weight) == (3, 1 + 2 + 20 + 2)
    book = client.order_book("BTCUSDT", depth=100)
    book.wait(LIMIT)
    account.request("account.status")
    stats = client.stats()
    assert stats.rest_requests == 1
    assert stats.rest_weight_used == simulator.used_weight == 1000 + 45 + stats.rest_weight


def test_a_request_for_which_there_is_no_weight_is_not_sent(
    connect: Connect, simulator: Simulator
) -> None:
    """It says how much is used, and when there is room."""
    client: Any = connect(simulator.url, request_timeout=50 * MS)
    account = client.account(_key(simulator))
    account.wait(LIMIT)
    simulator.set_used_weight(5990)
    account.request("time")
    with pytest.raises(RequestTimeout) as caught:
        account.request("account.status")
    assert "s, as 5991 of 6000 request weight are used; there is room in " in str(caught.value)
    assert simulator.violations == []


def _key(simulator: Simulator) -> HmacKey:
    account = simulator.demo_account
    assert account.secret is not None
    return HmacKey(account.api_key, account.secret)
