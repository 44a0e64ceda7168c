"""The orders of accounts that wait in one market, by price and time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from binance_streams_simulator.accounts.account import Account
from binance_streams_simulator.accounts.orders import Order
from binance_streams_simulator.windows import Trade

OnFill = Callable[[Account, Order, Trade], None]


@dataclass(eq=False)
class WaitingOrder:
    """An order, as the market sees it."""

    account: Account
    order: Order
    on_fill: OnFill

    @property
    def price(self) -> int:
        """At which it trades."""
        return self.order.price

    @property
    def open_quantity(self) -> int:
        """What is left of it."""
        return self.order.open_quantity

    def fill(self, trade: Trade) -> None:
        """Note that it was part of a trade."""
        self.on_fill(self.account, self.order, trade)


class WaitingOrders:
    """All of one symbol, the oldest first."""

    def __init__(self, on_fill: OnFill) -> None:
        self._on_fill = on_fill
        self._orders: dict[int, WaitingOrder] = {}

    def add(self, account: Account, order: Order) -> WaitingOrder:
        """Let an order wait."""
        waiting = self._orders[order.id] = WaitingOrder(account, order, self._on_fill)
        return waiting

    def get(self, order: Order) -> WaitingOrder:
        """Return an order that waits."""
        return self._orders[order.id]

    def remove(self, order: Order) -> None:
        """Forget an order, if it waits."""
        self._orders.pop(order.id, None)

    def next(self, is_bid: bool, price: int) -> WaitingOrder | None:
        """Return the one that trades first at ``price`` or a better one for those who take it."""
        best: WaitingOrder | None = None
        for one in self._orders.values():
            if one.order.new.is_buy != is_bid:
                continue
            worst = price if best is None else best.price
            is_better = one.price >= worst if is_bid else one.price <= worst
            if is_better and (best is None or one.price != worst):
                best = one
        return best
