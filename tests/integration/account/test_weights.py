"""Requests of accounts and of the REST API, which the server counts together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from binance_streams import VENUE, HmacKey, RequestTimeout
from binance_streams_simulator import Simulator
from binance_streams_simulator.rest.weights import with_rest_limits
from tests.support.clients import Connect
from tests.support.front_ends import FrontEnd
from tests.support.limits import LIMIT, MS

WINDOW = 2400 * 3600.0
"""Seconds, at full multiples of which both sides count anew: not during a test."""


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """A server that calls its window a minute, as clients expect it."""
    with Simulator(speed=50) as simulator:
        simulator._do(lambda server: setattr(server.rest.weights, "window", WINDOW))
        yield simulator


@pytest.fixture
def client_class(front_end: FrontEnd) -> Any:
    """Clients that expect no other minute to begin."""
    return front_end.client_class(venue=with_rest_limits(VENUE, None, WINDOW))


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
