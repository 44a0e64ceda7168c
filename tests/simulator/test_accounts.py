"""Orders of accounts in the simulated market: what is filled, and that an account adds up."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from binance_streams import CATALOG
from binance_streams._examples import EXAMPLES
from binance_streams_simulator import Market
from binance_streams_simulator.accounts.exchange import Exchange
from binance_streams_simulator.accounts.keys import AccountKey
from binance_streams_simulator.accounts.orders import NewOrder, Order
from binance_streams_simulator.accounts.symbols import assets_of
from binance_streams_simulator.amounts import ONE, scaled
from binance_streams_simulator.api.errors import ApiRefusal
from binance_streams_simulator.hub import Hub
from binance_streams_simulator.market import LOT

SYMBOL = "BTCUSDT"
START = 1_767_225_600_000_000


class World:
    """One account in a market, in simulated time."""

    def __init__(self, seed: int = 3, usdt: str = "1000000", btc: str = "1000") -> None:
        self.now = START
        self.hub = Hub(CATALOG, EXAMPLES, Market(seed, (SYMBOL,), self.now, levels=30))
        self.exchange = Exchange(lambda: self.now, lambda: self.now, self.hub)
        key = AccountKey("k" * 64, "secret")
        self.account = self.exchange.add(key, {"USDT": scaled(usdt), "BTC": scaled(btc)})
        self.instrument = self.hub.market.instrument(SYMBOL, self.now)
        self.log: list[Any] = []

    def place(self, is_buy: bool, quantity: int = 0, price: int = 0, **options: Any) -> Order:
        self.now += 1
        options.setdefault("type", "LIMIT" if price else "MARKET")
        new = NewOrder(SYMBOL, is_buy, quantity=quantity, price=price, **options)
        return self.exchange.trading.place(self.account, new)

    def refusal(self, *args: Any, **options: Any) -> tuple[int, str]:
        with pytest.raises(ApiRefusal) as caught:
            self.place(*args, **options)
        return caught.value.code, caught.value.message

    def step(self, count: int = 1) -> None:
        for _ in range(count):
            self.now += 100_000
            list(self.hub.step(self.now))

    def events(self) -> list[Any]:
        """The events since the last time, times in microseconds."""
        found = [event.values for _, event in self.exchange.outbox]
        self.exchange.outbox.clear()
        self.log += found
        return found

    def kinds(self) -> list[str]:
        return [str(one.get("x", one["e"])) for one in self.events()]

    @property
    def best(self) -> tuple[int, int]:
        """The best bid and the best ask."""
        return self.instrument.book.bids.best, self.instrument.book.asks.best


@pytest.fixture
def world() -> World:
    return World()


def test_a_symbol_is_two_assets() -> None:
    assert assets_of("BTCUSDT") == ("BTC", "USDT")
    assert assets_of("BNBBTC") == ("BNB", "BTC")
    assert assets_of("USDTTRY") == ("USDT", "TRY")
    assert assets_of("１２３４５６") == ("１２３", "４５６")


def test_a_limit_order_waits_and_locks(world: World) -> None:
    bid, _ = world.best
    order = world.place(True, quantity=2 * ONE, price=bid - world.instrument.tick)
    report, position = world.events()
    assert (report["x"], report["X"], report["w"]) == ("NEW", "NEW", True)
    assert (report["i"], report["t"], report["C"], report["N"]) == (order.id, -1, "", None)
    needed = 2 * (bid - world.instrument.tick)
    assert world.account.holdings["USDT"].locked == needed
    assert [row["a"] for row in position["B"]] == ["BTC", "USDT"]
    assert scaled(position["B"][1]["l"]) == needed


def test_an_order_that_crosses_takes_from_the_book(world: World) -> None:
    """Its trades are those of the market, so that streams have them."""
    (price, offered), (next_price, _) = list(world.instrument.offers(True))[:2]
    order = world.place(True, quantity=offered + LOT, price=next_price)
    assert order.status == "FILLED"
    assert [(fill.price, fill.quantity) for fill in order.fills] == [
        (price, offered),
        (next_price, LOT),
    ]
    assert [fill.id for fill in order.fills] == [
        trade.id for trade in world.instrument.trades.newest(2, world.now)
    ]
    assert world.instrument.book.asks.quantity(price) == 0
    assert world.kinds() == ["NEW", "TRADE", "TRADE", "outboundAccountPosition"]
    assert world.account.holdings["USDT"].locked == 0
    bought = sum(fill.quantity - fill.commission for fill in order.fills)
    assert world.account.holdings["BTC"].free == 1000 * ONE + bought


def test_the_market_fills_what_waits(world: World) -> None:
    """As the maker, at its own price, with trades that everybody sees."""
    bid, ask = world.best
    buy = world.place(True, quantity=5 * ONE, price=bid)
    sell = world.place(False, quantity=5 * ONE, price=ask)
    world.events()
    world.step(400)
    assert buy.fills
    assert sell.fills
    public = {trade.id: trade for trade in world.instrument.trades.newest(10_000, world.now)}
    for order in (buy, sell):
        for fill in order.fills:
            assert (public[fill.id].price, public[fill.id].quantity) == (
                order.price,
                fill.quantity,
            )
            assert public[fill.id].is_buyer_maker is order.new.is_buy
            assert fill.is_maker
    kinds = world.kinds()
    assert kinds == ["TRADE", "outboundAccountPosition"] * (len(kinds) // 2)


def test_what_is_not_filled_at_once_may_expire(world: World) -> None:
    bid, ask = world.best
    ioc = world.place(True, quantity=100 * ONE, price=ask, time_in_force="IOC")
    assert (ioc.status, ioc.expiry_reason) == ("EXPIRED", "UNFILLED_IOC_QUANTITY_EXPIRED")
    assert world.kinds() == ["NEW", "TRADE", "EXPIRED", "outboundAccountPosition"]
    fok = world.place(False, quantity=100 * ONE, price=bid, time_in_force="FOK")
    assert (fok.status, fok.expiry_reason) == ("EXPIRED", "UNFILLED_FOK_ORDER_EXPIRED")
    assert world.kinds() == ["NEW", "EXPIRED", "outboundAccountPosition"]
    huge = world.place(False, quantity=900 * ONE)
    assert (huge.status, huge.expiry_reason) == ("EXPIRED", "INSUFFICIENT_LIQUIDITY")
    assert all(holding.locked == 0 for holding in world.account.holdings.values())


def test_a_market_order_may_say_what_it_spends(world: World) -> None:
    order = world.place(True, quote_quantity=ONE)
    assert order.status == "FILLED"
    assert 0 <= ONE - order.quote_filled <= world.best[1] * LOT // ONE + len(order.fills)


def test_the_market_refuses_in_the_venues_words(world: World) -> None:
    bid, ask = world.best
    tick = world.instrument.tick
    refusal = world.refusal
    assert refusal(True, ONE, bid + 1) == (-1013, "Filter failure: PRICE_FILTER")
    assert refusal(True, LOT + 1, bid) == (-1013, "Filter failure: LOT_SIZE")
    assert refusal(True, LOT, tick) == (-1013, "Filter failure: NOTIONAL")
    assert refusal(True, ONE, ask, type="LIMIT_MAKER") == (
        -2010,
        "Order would immediately match and take.",
    )
    assert refusal(False, 1001 * ONE, ask) == (
        -2010,
        "Account has insufficient balance for requested action.",
    )
    # Rejections of the matching engine are reported, with a reason.
    reports = world.events()
    assert [(one["X"], one["r"]) for one in reports] == [
        ("REJECTED", "WOULD_MATCH_IMMEDIATELY"),
        ("REJECTED", "INSUFFICIENT_BALANCES"),
    ]
    world.place(True, ONE, bid, client_id="mine")
    assert refusal(True, ONE, bid, client_id="mine") == (-2010, "Duplicate order sent.")
    assert not any(order.status == "REJECTED" for order in world.account.orders.values())


def test_a_canceled_order_has_two_client_ids(world: World) -> None:
    bid, _ = world.best
    order = world.place(True, ONE, bid, client_id="mine")
    world.events()
    answer = world.exchange.trading.cancel(world.account, order, "gone")
    report, _ = world.events()
    assert (report["x"], report["c"], report["C"]) == ("CANCELED", "gone", "mine")
    assert (answer["clientOrderId"], answer["origClientOrderId"]) == ("gone", "mine")
    with pytest.raises(ApiRefusal) as caught:
        world.exchange.trading.cancel(world.account, order)
    assert (caught.value.code, caught.value.message) == (-2011, "Unknown order sent.")


def test_an_amended_order_keeps_its_place_and_locks_less(world: World) -> None:
    bid, _ = world.best
    order = world.place(True, 3 * ONE, bid, client_id="mine")
    world.events()
    answer = world.exchange.trading.amend(world.account, order, 2 * ONE, "smaller")
    report, _ = world.events()
    assert (report["x"], report["X"], report["q"]) == ("REPLACED", "NEW", "2.00000000")
    assert (report["c"], report["C"]) == ("smaller", "mine")
    assert answer["executionId"] == report["I"]
    assert world.account.holdings["USDT"].locked == 2 * bid
    for quantity in (2 * ONE, 4 * ONE):
        with pytest.raises(ApiRefusal):
            world.exchange.trading.amend(world.account, order, quantity)


def test_a_market_without_orders_of_accounts_is_the_same(world: World) -> None:
    """The seed alone decides what happens."""
    other = World()
    world.step(50)
    other.step(50)
    assert world.instrument.trades.newest(99, world.now) == other.instrument.trades.newest(
        99, other.now
    )


operations = st.lists(
    st.tuples(
        st.sampled_from(["limit", "market", "quote", "maker", "ioc", "fok"] * 2)
        | st.sampled_from(["cancel", "amend", "fill", "expire", "deposit", "lock", "step"]),
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
        assert order.locked == (order.required_lock if order.is_open else 0)
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
