"""Order lists: two orders of which one cancels the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from binance_streams_simulator.accounts.account import Account
from binance_streams_simulator.accounts.bookkeeping import unlock
from binance_streams_simulator.accounts.events import AccountEvent
from binance_streams_simulator.accounts.orders import Order
from binance_streams_simulator.moments import Moment

_CONTINGENCY = "OCO"


@dataclass(eq=False)
class OrderList:
    """A pair of orders."""

    id: int
    symbol: str
    client_id: str
    orders: tuple[Order, ...]
    updated: int
    is_done: bool = False
    """Whether it was reported that no order is open any more."""

    @property
    def is_open(self) -> bool:
        """Whether one of the orders may still trade."""
        return any(order.is_open for order in self.orders)

    def described(self) -> dict[str, object]:
        """Return the list as ``orderList.status`` has it."""
        return {
            "orderListId": self.id,
            "contingencyType": _CONTINGENCY,
            "listStatusType": self._status("EXEC_STARTED"),
            "listOrderStatus": self._status("EXECUTING"),
            "listClientOrderId": self.client_id,
            "transactionTime": Moment(self.updated),
            "symbol": self.symbol,
            "orders": [
                {"symbol": self.symbol, "orderId": one.id, "clientOrderId": one.client_id}
                for one in self.orders
            ],
        }

    def event(self, now: int) -> AccountEvent:
        """Return the event about the list."""
        return AccountEvent(
            {
                "e": "listStatus",
                "E": Moment(now),
                "s": self.symbol,
                "g": self.id,
                "c": _CONTINGENCY,
                "l": self._status("EXEC_STARTED"),
                "L": self._status("EXECUTING"),
                "r": "NONE",
                "C": self.client_id,
                "T": Moment(self.updated),
                "O": [{"s": self.symbol, "i": one.id, "c": one.client_id} for one in self.orders],
            }
        )

    def _status(self, open_status: str) -> str:
        return open_status if self.is_open else "ALL_DONE"


class OrderLists:
    """The lists of all accounts."""

    def __init__(self, publish: Callable[[Account, AccountEvent], None]) -> None:
        self._publish = publish
        self._lists: dict[int, tuple[Account, OrderList]] = {}

    def add(self, account: Account, orders: tuple[Order, ...], client_id: str) -> OrderList:
        """Make a list of two new orders."""
        id = len(self._lists)
        made = OrderList(id, orders[0].new.symbol, client_id, orders, account.update_time)
        for order in orders:
            order.list_id = id
        self._lists[id] = account, made
        return made

    def of(self, order: Order) -> OrderList | None:
        """Return the list of an order."""
        return self._lists[order.list_id][1] if order.list_id >= 0 else None

    def all(self, account: Account) -> list[OrderList]:
        """Return the lists of an account, the oldest first."""
        return [one for owner, one in self._lists.values() if owner is account]

    def activate(self, account: Account, order: Order) -> Order | None:
        """Let an order have what its list has locked; return the other one, if it is open."""
        found = self.of(order)
        if found is None:
            return None
        other = next(one for one in found.orders if one is not order)
        if not other.is_open:
            return None
        order.locked, other.locked = order.locked + other.locked, 0
        unlock(account, order, order.required_lock)
        return other

    def finish(self, account: Account, order: Order) -> None:
        """Report that the list of an order is done, if it is."""
        found = self.of(order)
        if found is not None and not found.is_open and not found.is_done:
            found.is_done = True
            found.updated = account.update_time
            self.report(account, found)

    def report(self, account: Account, one: OrderList) -> None:
        """Report what has become of a list."""
        self._publish(account, one.event(account.update_time))
