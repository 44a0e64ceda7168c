"""Names of any alphabet reach the server."""

from __future__ import annotations

import pytest

from binance_streams_simulator import Simulator
from tests.support.clients import Connect
from tests.support.limits import LIMIT, in_time, wait_until
from tests.support.raw_server import Peer, RawServer

"""Nothing may ever be sent there."""


# Methods whose first parameter is a symbol.


@pytest.mark.parametrize("symbol", ["币安人生USDT", "ÄÖÜUSDT", "ЁЖUSDT", "ÉUSDT"])
def test_letters_of_any_alphabet_are_taken(
    connect: Connect, simulator: Simulator, symbol: str
) -> None:
    subscription = connect(simulator.url).trade(symbol)
    assert in_time(lambda: subscription.get(LIMIT)).symbol == symbol.upper()
    assert simulator.subscriptions == [{f"{symbol.lower()}@trade"}]


def test_non_ascii_names_arrive_as_utf_8(connect: Connect) -> None:
    payloads: list[bytes] = []

    def handle(peer: Peer) -> None:
        peer.shake()
        payloads.append(peer.read_frame()[1])
        peer.drain()

    with RawServer(handle) as server:
        connect(server.url, request_timeout=LIMIT).trade("币安人生USDT")
        wait_until(lambda: payloads)
    assert "币安人生usdt@trade".encode() in payloads[0]
