"""The examples of accounts do against the simulator what they say, and end on Ctrl-C."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from binance_streams_simulator import SimulatedAccount, Simulator
from tests.support.programs import Program


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def account(
    simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> SimulatedAccount:
    """An account whose key the environment names, with an order that no market will fill."""
    account = simulator.demo_account
    assert account.secret is not None
    (tmp_path / "binance.secret").write_text(f"{account.secret}\n")
    monkeypatch.setenv("BINANCE_API_KEY", account.api_key)
    monkeypatch.setenv("BINANCE_SECRET_FILE", str(tmp_path / "binance.secret"))
    monkeypatch.delenv("BINANCE_KEY_FILE", raising=False)
    account.place("BTCUSDT", "BUY", 2, price=1)
    return account


def test_balances(simulator: Simulator, account: SimulatedAccount) -> None:
    """All that are not zero, and nothing else."""
    with Program("examples/balances.py", simulator.url) as program:
        program.wait_for_end()
    printed = {line.split()[0]: line.split()[2::2] for line in program.out.splitlines()}
    held = {asset: list(map(str, amounts)) for asset, amounts in account.balances.items()}
    assert {asset: [Decimal(text) for text in texts] for asset, texts in printed.items()} == {
        asset: [Decimal(text) for text in texts] for asset, texts in held.items()
    }


def test_follow_orders(simulator: Simulator, account: SimulatedAccount) -> None:
    """It prints what happens, and after a loss what is open then."""
    (order,) = account.open_orders.values()
    with Program("examples/follow_orders.py", simulator.url) as program:
        printed = program.wait_for(r"^open orders: 1\n  BTCUSDT BUY 2\.0+ at 1\.0+\n")
        account.fill("BTCUSDT", order.order_id, 1)
        line = r"^BTCUSDT BUY PARTIALLY_FILLED, 1\.0+ of 2\.0+ filled; open orders: 1\n"
        printed = program.wait_for(line, after=printed)
        simulator.refuse_api_connections()
        simulator.drop_api_connections()
        account.place("ETHUSDT", "BUY", 1, price=2)
        account.cancel("BTCUSDT", order.order_id)
        simulator.accept_api_connections()
        printed = program.wait_for(r"^open orders: 1\n  ETHUSDT BUY 1\.0+ at ", after=printed)
        program.interrupt()


def test_asyncio_follow_orders(simulator: Simulator, account: SimulatedAccount) -> None:
    """One task prints what happens, the other one what is so."""
    (order,) = account.open_orders.values()
    with Program("examples/asyncio_follow_orders.py", simulator.url) as program:
        printed = program.wait_for(r"^1 open orders; free: .*USDT 9998\.0+")
        account.cancel("BTCUSDT", order.order_id)
        program.wait_for(
            r"^BTCUSDT BUY 2\.0+ at 1\.0+: CANCELED\n",
            r"^0 open orders; free: .*USDT 10000\.0+",
            after=printed,
        )
        program.interrupt()
