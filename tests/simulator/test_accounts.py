"""Orders of accounts in the simulated market: what is filled, and what is reported."""

from __future__ import annotations

import pytest

from binance_streams_simulator.accounts.symbols import assets_of
from binance_streams_simulator.amounts import ONE, scaled
from binance_streams_simulator.market import LOT
from binance_streams_simulator.refusals import Refusal
from tests.simulator.account_world import SYMBOL, World


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
    with pytest.raises(Refusal) as caught:
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
        with pytest.raises(Refusal):
            world.exchange.trading.amend(world.account, order, quantity)


def test_a_stop_order_works_once_its_price_is_reached(world: World) -> None:
    tick, (bid, ask) = world.instrument.tick, world.best
    order = world.place(
        True, ONE, ask + 90 * tick, type="STOP_LOSS_LIMIT", stop_price=ask + 5 * tick
    )
    report, _ = world.events()
    assert (report["w"], scaled(report["P"]), "W" in report) == (False, ask + 5 * tick, False)
    assert order.described()["workingTime"] == -1
    with pytest.raises(ValueError, match="stop price"):
        world.exchange.trading.trade(world.account, SYMBOL, order.id, None)
    world.move(is_up=False)
    assert world.events() == []
    world.move(is_up=True)
    kinds = world.kinds()
    assert kinds[:2] == ["NEW", "TRADE"]
    assert world.log[-len(kinds)]["w"] is True
    assert order.fills
    assert world.refusal(
        False, ONE, bid, type="STOP_LOSS_LIMIT", stop_price=world.instrument.last_trade.price
    ) == (-2010, "Order would trigger immediately.")


@pytest.mark.parametrize("is_buy", [True, False])
def test_one_order_of_a_pair_cancels_the_other(world: World, is_buy: bool) -> None:
    """Funds are locked once, and the list ends when both orders have ended."""
    pair = world.oco(is_buy, 2 * ONE, away=6)
    maker, stop = pair.orders
    assert world.kinds() == ["NEW", "NEW", "listStatus", "outboundAccountPosition"]
    assert world.log[-2]["L"] == "EXECUTING"
    assert sorted([maker.locked, stop.locked]) == [0, max(maker.required_lock, stop.required_lock)]
    world.exchange.trading.trade(world.account, SYMBOL, maker.id, ONE)
    assert world.kinds() == ["TRADE", "EXPIRED", "outboundAccountPosition"]
    assert (stop.status, stop.expiry_reason) == ("EXPIRED", "OCO_TRIGGER")
    assert (maker.locked, stop.locked) == (maker.required_lock, 0)
    world.exchange.trading.trade(world.account, SYMBOL, maker.id, None)
    assert world.kinds() == ["TRADE", "listStatus", "outboundAccountPosition"]
    assert world.log[-2]["L"] == "ALL_DONE"


@pytest.mark.parametrize("is_buy", [True, False])
def test_a_stop_that_is_reached_ends_its_pair(world: World, is_buy: bool) -> None:
    maker, stop = world.oco(is_buy, LOT * 100, away=6).orders
    world.events()
    world.move(is_up=is_buy)
    assert (maker.status, stop.working is not None) == ("EXPIRED", True)
    assert world.kinds()[:2] == ["NEW", "EXPIRED"]


def test_a_pair_is_canceled_as_a_whole(world: World) -> None:
    pair = world.oco(True, ONE, away=6)
    world.events()
    answer = world.exchange.trading.cancel(world.account, pair.orders[1])
    assert (answer["listOrderStatus"], len(answer["orderReports"])) == ("ALL_DONE", 2)  # type: ignore[arg-type]
    assert world.kinds() == ["CANCELED", "CANCELED", "listStatus", "outboundAccountPosition"]
    assert world.account.holdings["USDT"].locked == 0


def test_a_pair_must_be_around_the_price(world: World) -> None:
    with pytest.raises(Refusal, match="relationship of the prices"):
        world.oco(True, ONE, away=-6)


def test_a_market_without_orders_of_accounts_is_the_same(world: World) -> None:
    """The seed alone decides what happens."""
    other = World()
    world.step(50)
    other.step(50)
    assert world.instrument.trades.newest(99, world.now) == other.instrument.trades.newest(
        99, other.now
    )
