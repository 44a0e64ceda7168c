"""Requests of accounts and of the REST API, which the server counts together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from binance_streams import VENUE, HmacKey
from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.front_ends import FrontEnd
from tests.support.limits import LIMIT

assert VENUE.rest is not None

# So long a window that it hardly ever ends amid a test.
SLOW = msgspec.structs.replace(VENUE, rest=msgspec.structs.replace(VENUE.rest, window=86_400))


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(speed=50, venue=SLOW) as simulator:
        yield simulator


@pytest.fixture
def client_class(front_end: FrontEnd) -> Any:
    return front_end.client_class(venue=SLOW)


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


def _key(simulator: Simulator) -> HmacKey:
    account = simulator.demo_account
    assert account.secret is not None
    return HmacKey(account.api_key, account.secret)
