"""Whatever an account does, it adds up, and its events say what it has."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from binance_streams_simulator.amounts import ONE, scaled
from binance_streams_simulator.market import LOT
from tests.simulator.account_world import SYMBOL, World

operations = st.lists(
    st.tuples(
        st.sampled_from(["limit", "market", "quote", "maker", "ioc", "fok", "stop", "oco"] * 2)
        | st.sampled_from(["cancel", "amend", "fill", "expire", "deposit", "lock", "step", "move"]),
        st.booleans(),
        st.integers(0, 2**31),
    ),
    max_size=40,
)


@given(st.integers(1, 50), operations)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_an_account_adds_up_whatever_happens(seed: int, steps: list[tuple[str, bool, int]]) -> None:
    """Nothing appears or vanishes: balances are what came in, and what fills and fees say."""
    world = World(seed, usdt="100", btc="20")
    moved = {"USDT": 0, "BTC": 0}
    for kind, flag, number in steps:
        operate(world, moved, kind, flag, number)
        check(world, moved)
    follow(world)


def operate(world: World, moved: dict[str, int], kind: str, flag: bool, number: int) -> None:
    trading, account = world.exchange.trading, world.account
    waiting = [order for order in account.orders.values() if order.is_open]
    order = waiting[number % len(waiting)] if waiting else None
    side = world.instrument.book.asks if flag else world.instrument.book.bids
    price = side.best + (number % 9 - 4) * world.instrument.tick
    quantity = (1 + number % 300_000) * LOT
    try:
        if kind == "step":
            world.step(1 + number % 5)
        elif kind in ("deposit", "lock"):
            asset = "USDT" if flag else "BTC"
            amount = number % (3 * ONE) - ONE
            if kind == "deposit":
                world.exchange.transfer(account, asset, amount)
                moved[asset] += amount
            else:
                world.exchange.lock(account, asset, amount)
        elif kind == "move":
            world.move(flag)
        elif kind == "oco":
            world.oco(flag, quantity, 1 + number % 7)
        elif kind == "stop":
            stop = price + (5 if flag else -5) * world.instrument.tick
            world.place(flag, quantity, price, type="STOP_LOSS_LIMIT", stop_price=stop)
        elif kind == "market":
            world.place(flag, quantity)
        elif kind == "quote":
            world.place(flag, quote_quantity=number % (5 * ONE))
        elif kind == "maker":
            world.place(flag, quantity, price, type="LIMIT_MAKER")
        elif kind in ("limit", "ioc", "fok"):
            in_force = "GTC" if kind == "limit" else kind.upper()
            world.place(flag, quantity, price, time_in_force=in_force)
        elif order is not None:
            if kind == "cancel":
                trading.cancel(account, order)
            elif kind == "expire":
                trading.expire(account, SYMBOL, order.id)
            elif kind == "amend":
                trading.amend(account, order, order.quantity // 2 // LOT * LOT)
            else:
                share = max(LOT, order.open_quantity // 2 // LOT * LOT)
                trading.trade(account, SYMBOL, order.id, share)
    except ValueError:
        pass


def check(world: World, moved: dict[str, int]) -> None:
    """What is held is what fills, fees and transfers make of the beginning."""
    account = world.account
    expected = {"USDT": 100 * ONE + moved["USDT"], "BTC": 20 * ONE + moved["BTC"]}
    locked = {"USDT": 0, "BTC": 0}
    for order in account.orders.values():
        sign = 1 if order.new.is_buy else -1
        for fill in order.fills:
            expected["BTC"] += sign * fill.quantity
            expected["USDT"] -= sign * fill.quote
            expected[fill.commission_asset] -= fill.commission
        assert order.filled == sum(fill.quantity for fill in order.fills) <= order.quantity
        assert order.quote_filled == sum(fill.quote for fill in order.fills)
        assert order.is_open or order.locked == 0
        pair = world.exchange.trading.lists.of(order)
        needed = [one.required_lock for one in (pair.orders if pair else [order]) if one.is_open]
        if pair is None or len(needed) < 2:
            assert order.locked == (order.required_lock if order.is_open else 0)
        else:
            assert sum(one.locked for one in pair.orders) == max(needed)
        locked["USDT" if order.new.is_buy else "BTC"] += order.locked
    for asset, holding in account.holdings.items():
        assert holding.free >= 0
        assert holding.locked == locked[asset] + holding.locked_elsewhere
        assert holding.free + holding.locked == expected[asset]


def follow(world: World) -> None:
    """The events alone lead to the same orders and balances."""
    balances = {"USDT": ("100.00000000", "0.00000000"), "BTC": ("20.00000000", "0.00000000")}
    orders: dict[int, Any] = {}
    executions: list[int] = []
    times: list[int] = []
    for event in world.events():
        times.append(event["E"])
        if event["e"] == "outboundAccountPosition":
            balances.update((row["a"], (row["f"], row["l"])) for row in event["B"])
        elif event["e"] == "executionReport":
            executions.append(event["I"])
            orders[event["i"]] = event
    assert executions == sorted(set(executions))
    assert times == sorted(times)
    for asset, (free, locked) in balances.items():
        holding = world.account.holdings[asset]
        assert (scaled(free), scaled(locked)) == (holding.free, holding.locked)
    open_ids = {id for id, one in orders.items() if one["X"] in ("NEW", "PARTIALLY_FILLED")}
    assert open_ids == {order.id for order in world.account.orders.values() if order.is_open}
    for (_, id), order in world.account.orders.items():
        last = orders[id]
        assert (scaled(last["z"]), scaled(last["q"])) == (order.filled, order.quantity)
        assert (last["X"], last["c"]) == (order.status, order.client_id)
