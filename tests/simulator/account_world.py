"""One account in a simulated market, in simulated time."""

from __future__ import annotations

from typing import Any

import pytest

from binance_streams import CATALOG
from binance_streams._examples import EXAMPLES
from binance_streams_simulator import Market
from binance_streams_simulator.accounts.exchange import Exchange
from binance_streams_simulator.accounts.keys import AccountKey
from binance_streams_simulator.accounts.lists import OrderList
from binance_streams_simulator.accounts.orders import NewOrder, Order
from binance_streams_simulator.amounts import scaled
from binance_streams_simulator.hub import Hub
from binance_streams_simulator.refusals import Refusal

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
        with pytest.raises(Refusal) as caught:
            self.place(*args, **options)
        return caught.value.code, caught.value.message

    def step(self, count: int = 1) -> None:
        for _ in range(count):
            self.now += 100_000
            list(self.hub.step(self.now))
            self.exchange.trading.trigger()

    def oco(self, is_buy: bool, quantity: int, away: int) -> OrderList:
        """Place a pair around the last price, so many ticks away."""
        self.now += 1
        tick, last = self.instrument.tick, self.instrument.last_trade.price
        sign = -1 if is_buy else 1
        maker = NewOrder(SYMBOL, is_buy, "LIMIT_MAKER", quantity, last + sign * away * tick)
        stop = NewOrder(
            SYMBOL,
            is_buy,
            "STOP_LOSS_LIMIT",
            quantity,
            last - sign * (away + 2) * tick,
            stop_price=last - sign * away * tick,
        )
        return self.exchange.trading.place_pair(self.account, (maker, stop), None)

    def move(self, is_up: bool) -> None:
        """Let somebody take a lot, so that the price moves."""
        levels = list(self.instrument.offers(is_up))[:12]
        self.instrument.take(is_up, levels, self.now)
        self.exchange.trading.trigger()

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
