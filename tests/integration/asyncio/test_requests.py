"""Requests of accounts that are cancelled, or whose event loop ends."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from binance_streams_simulator import Simulator
from tests.support.accounts import OwnKey, methods
from tests.support.limits import LIMIT, MS
from tests.support.loops import LOOPS, client, run, until

ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": 1}


@pytest.mark.parametrize("loop", LOOPS)
def test_a_cancelled_request_is_not_sent(simulator: Simulator, loop: Any) -> None:
    """If it was not sent before: nobody wants an order that is placed seconds later."""
    key = OwnKey(simulator.demo_account)

    async def main() -> None:
        async with client(simulator.url) as connected:
            account: Any = await connected.account(key)
            key.go_on.clear()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(50 * MS):
                    await account.request("order.place", **ORDER)
            key.go_on.set()
            await account.request("account.status")
            assert "order.place" not in methods(simulator)

    run(main, loop)


@pytest.mark.parametrize("loop", LOOPS)
def test_closing_fails_a_request(simulator: Simulator, loop: Any) -> None:
    async def main() -> None:
        async with client(simulator.url) as connected:
            account = await connected.account(OwnKey(simulator.demo_account))
            simulator.ignore_api_requests(1)
            task = asyncio.ensure_future(account.request("time"))
            await until(lambda: len(simulator.api_requests) >= 3)
            await connected.close()
            with pytest.raises(Exception, match="closed"):
                async with asyncio.timeout(LIMIT):
                    await task

    run(main, loop)
