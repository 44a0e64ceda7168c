"""Books of other markets: another server's weights, and updates that name the one before."""

from __future__ import annotations

from typing import Any

import binance_streams_us
from binance_streams_simulator import Simulator
from tests.support.books import assert_right, is_deep
from tests.support.front_ends import FrontEnd
from tests.support.limits import LIMIT, wait_until

DAY = 24 * 3600.0
"""A window of the request weight that does not end during a test."""


def test_a_book_of_binance_us(front_end: FrontEnd) -> None:
    client_class = front_end.client_class(binance_streams_us)
    with (
        Simulator(market=binance_streams_us, speed=50, rest_window=DAY) as simulator,
        client_class(simulator.url) as client,
    ):
        book: Any = client.order_book("BTCUSDT", verify=True)
        book.wait(LIMIT)
        wait_until(lambda: is_deep(book))
        assert_right(simulator, book)
        weights: dict[int, int] = {100: 1, 1000: 10, 5000: 50}

        def total() -> int:
            return sum(weights[int(call.query["limit"])] for call in simulator.rest_requests)

        # The book may become deeper between the two.
        wait_until(lambda: simulator.used_weight == total())
