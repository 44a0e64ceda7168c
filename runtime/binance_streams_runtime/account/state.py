"""The balances and open orders of an account, and how they follow the events.

Answers and events are not ordered against each other, and events have no numbers. What is relied on
instead, and why it is enough, is on the page ``docs/design/account.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, Generic, TypeVar

from binance_streams_runtime.catalog.api import AccountRules
from binance_streams_runtime.notices import Dropped, Gap, Undecodable

AccountT = TypeVar("AccountT")
"""What the server says of the account itself."""
BalanceT = TypeVar("BalanceT")
OrderT = TypeVar("OrderT")

# Orders whose last report is remembered, as an answer may be older than events already applied.
_MOST_ORDERS = 1_000

_MISSING = (Gap, Dropped, Undecodable)


class BaseAccountState(Generic[AccountT, BalanceT, OrderT]):
    """The balances and open orders of an account, as one program follows them.

    It equals the server's state after the last event that was applied, if each item of
    ``with_notices()`` is applied in its order, notices too. If one of them shows that events are
    missing, ``needs_refresh`` is True until ``Account.refresh`` has asked for the state again.

    A state belongs to the thread or task that iterates the events.
    """

    account: AccountT
    """What the server said of the account when it was last asked; events do not change it."""
    balances: dict[str, BalanceT]
    """What the account holds, by asset."""
    open_orders: dict[tuple[str, int], OrderT]
    """The open orders, by symbol and order ID. A closed order is no longer among them."""
    update_time: int
    """When the account's balances last changed, as far as is known: a Unix time in the
    connection's unit."""
    needs_refresh: bool
    """Whether the state must be asked for again, as the events do not show what it is."""

    def __init__(self, rules: AccountRules, account: AccountT, orders: Iterable[OrderT]) -> None:
        """Begin with the answers to the two requests that ``rules`` names."""
        self._rules = rules
        self._asset = attrgetter(rules.asset)
        self._order_key: Callable[[Any], Any] = attrgetter(*rules.order_id)
        self._order_time = attrgetter(rules.order_time)
        self._status = attrgetter(rules.status)
        self._known = rules.open | rules.closed
        # The last event of each asset and of each order since events were last missing: its time,
        # and the balance, or the order, None if it is closed. The time never goes back, though the
        # server's may: events come in their order, so only answers need to be compared with them.
        self._event_balances: dict[str, tuple[int, BalanceT]] = {}
        self._event_orders: dict[Any, tuple[int, OrderT | None]] = {}
        self.reset(account, orders)

    def __repr__(self) -> str:
        text = f"balances={len(self.balances)} open_orders={len(self.open_orders)}"
        return f"<{type(self).__name__} {text}{' needs_refresh' * self.needs_refresh}>"

    def reset(self, account: AccountT, orders: Iterable[OrderT]) -> None:
        """Go on from newer answers of the server; ``Account.refresh`` calls this.

        They may be older than events applied since events were last missing; those that are newer
        than the answers remain.
        """
        rules = self._rules
        self.account = account
        self._answered: int = getattr(account, rules.update_time)
        self.update_time = self._answered
        self.balances = {self._asset(balance): balance for balance in _of(account, rules.balances)}
        for asset, (time, balance) in self._event_balances.items():
            if time >= self._answered:
                self.balances[asset] = balance
                self.update_time = max(self.update_time, time)
        self.open_orders = {self._order_key(order): order for order in orders}
        for key, (time, reported) in self._event_orders.items():
            if reported is None:
                self.open_orders.pop(key, None)
            elif self._is_news(time, key):
                self.open_orders[key] = reported
        self.needs_refresh = False

    def apply(self, item: object) -> bool:
        """Apply an event or a notice; return whether a balance or an open order has changed.

        An event that is older than the state, or says what is known, changes nothing; neither do
        other notices, and events that are about neither balances nor orders.
        """
        if isinstance(item, self._rules.report_event):
            return self._follow_report(item)
        if isinstance(item, self._rules.position_event):
            return self._follow_position(item)
        time = self._rules.delta_events.get(type(item))
        if time is not None:
            self._follow_delta(self._asset(item), getattr(item, time))
        elif isinstance(item, _MISSING):
            # Earlier events no longer prove that an answer is old.
            self._event_balances.clear()
            self._event_orders.clear()
            self.needs_refresh = True
        return False

    def _follow_report(self, report: Any) -> bool:
        """Take the order of a report, unless the server's answer is newer."""
        key, status = self._order_key(report), self._status(report)
        if status not in self._known:
            # Unknown to the spec: only the server can say whether such an order is open.
            self._event_orders.pop(key, None)
            self.needs_refresh = True
            return False
        order = self._rules.order_of(report)
        time, before = self._event_orders.pop(key, (0, order))
        time = max(time, self._order_time(order))
        # A closed order remains closed.
        current = None if before is None or status in self._rules.closed else order
        self._event_orders[key] = time, current
        if len(self._event_orders) > _MOST_ORDERS:
            del self._event_orders[next(iter(self._event_orders))]
        if current is None:
            return self.open_orders.pop(key, None) is not None
        if not self._is_news(time, key):
            return False
        known = self.open_orders.get(key)
        self.open_orders[key] = current
        return bool(current != known)

    def _is_news(self, time: int, key: Any) -> bool:
        """Return whether what was reported is not older than what is known of an order.

        At the same time, too: the answer may be from before the last change of a millisecond.
        """
        known = self.open_orders.get(key)
        return known is None or bool(self._order_time(known) <= time)

    def _follow_position(self, position: Any) -> bool:
        """Take the balances of an event, unless the server's answer is newer."""
        event_time: int = getattr(position, self._rules.position_time)
        self.update_time = max(self.update_time, event_time)
        has_changed = False
        for change in _of(position, self._rules.position_balances):
            asset = self._asset(change)
            time = max(event_time, self._time_of(asset))
            balance = self._rules.balance_of(change)
            self._event_balances[asset] = time, balance
            # At the same time, too: the answer may be from before the last change of a millisecond.
            if time >= self._answered:
                has_changed |= balance != self.balances.get(asset)
                self.balances[asset] = balance
        return has_changed

    def _follow_delta(self, asset: str, time: int | None) -> None:
        """Ask for the state if it may be without a change that is known only by its amount.

        The event with the balance may have come before; an answer of the same time may be older.
        """
        if time is not None and time <= self._time_of(asset):
            return
        self._event_balances.pop(asset, None)
        if time is None or self._answered <= time:
            self.needs_refresh = True

    def _time_of(self, asset: str) -> int:
        """Return the time of the last event with the balance of an asset."""
        return self._event_balances[asset][0] if asset in self._event_balances else -1


def _of(source: Any, attribute: str) -> Iterable[Any]:
    items: Iterable[Any] = getattr(source, attribute)
    return items
