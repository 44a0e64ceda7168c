"""The balances and open orders of an account, and how they follow the events.

Answers and events are not ordered against each other, and events have no numbers. What is relied on
instead, and why it is enough, is on the page ``docs/design/account.md``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, Generic, TypeVar

from binance_streams_runtime.catalog.api import AccountRules
from binance_streams_runtime.notices import Dropped, Gap, Undecodable

AccountT = TypeVar("AccountT")
"""What the server says of the account itself."""
BalanceT = TypeVar("BalanceT")
OrderT = TypeVar("OrderT")

# An answer may be older than events that have been applied: so many are applied to it again, and as
# many orders are known to be closed.
_MOST_RECENT = 1_000

_MISSING = (Gap, Dropped, Undecodable)


class BaseAccountState(Generic[AccountT, BalanceT, OrderT]):
    """The balances and open orders of an account, as one program follows them.

    It is the server's state after the last event that was applied, if each item of
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
        self._events = (rules.report_event, rules.position_event, *rules.delta_events)
        # What was applied since events were last missing, and the orders that it closed.
        self._recent: deque[Any] = deque(maxlen=_MOST_RECENT)
        self._closed: dict[Any, None] = {}
        self.reset(account, orders)

    def __repr__(self) -> str:
        text = f"balances={len(self.balances)} open_orders={len(self.open_orders)}"
        return f"<{type(self).__name__} {text}{' needs_refresh' * self.needs_refresh}>"

    def reset(self, account: AccountT, orders: Iterable[OrderT]) -> None:
        """Go on from newer answers of the server; ``Account.refresh`` calls this.

        They may be older than events that have been applied since events were last missing, so
        these are applied again.
        """
        rules = self._rules
        self.account = account
        self._answered: int = getattr(account, rules.update_time)
        self.update_time = self._answered
        self.balances = {self._asset(balance): balance for balance in _of(account, rules.balances)}
        # When the balance of an asset last changed, if an event has told it.
        self._changed: dict[str, int] = {}
        self.open_orders = {
            self._order_key(order): order
            for order in orders
            if self._order_key(order) not in self._closed
        }
        for event in self._recent:
            self._follow(event)
        self.needs_refresh = False

    def apply(self, item: object) -> bool:
        """Apply an event or a notice; return whether a balance or an open order has changed.

        What is older than the state, or no news, changes nothing. So does whatever says nothing of
        balances and orders: other notices, events of order lists.
        """
        if isinstance(item, _MISSING):
            self._lose()
        if not isinstance(item, self._events):
            return False
        self._recent.append(item)
        return self._follow(item)

    def _lose(self) -> None:
        """Note that events are missing: those before them prove nothing any more."""
        self._recent.clear()
        self._closed.clear()
        self.needs_refresh = True

    def _follow(self, event: Any) -> bool:
        if isinstance(event, self._rules.report_event):
            return self._follow_report(event)
        if isinstance(event, self._rules.position_event):
            return self._follow_position(event)
        self._follow_delta(
            self._asset(event), getattr(event, self._rules.delta_events[type(event)])
        )
        return False

    def _follow_report(self, report: Any) -> bool:
        """Take the order of a report, unless what is known of it is newer.

        Reports of the same time are taken: they come in their order, so the last one is right.
        """
        key, status = self._order_key(report), self._status(report)
        if status not in self._known:
            # A new word: only the server can say whether such an order is open.
            self._lose()
            return False
        if key in self._closed:
            return False
        known = self.open_orders.get(key)
        order = self._rules.order_of(report)
        if known is not None and self._order_time(order) < self._order_time(known):
            return False
        if status in self._rules.closed:
            self._close(key)
            return known is not None
        self.open_orders[key] = order
        return bool(order != known)

    def _close(self, key: Any) -> None:
        """Note that an order is closed, which it remains."""
        self.open_orders.pop(key, None)
        self._closed[key] = None
        if len(self._closed) > _MOST_RECENT:
            del self._closed[next(iter(self._closed))]

    def _follow_position(self, position: Any) -> bool:
        """Take the balances of an event, unless what is known of an asset is newer."""
        time: int = getattr(position, self._rules.position_time)
        self.update_time = max(self.update_time, time)
        has_changed = False
        for change in _of(position, self._rules.position_balances):
            asset = self._asset(change)
            if time < self._changed.get(asset, self._answered):
                continue
            self._changed[asset] = time
            balance = self._rules.balance_of(change)
            has_changed |= balance != self.balances.get(asset)
            self.balances[asset] = balance
        return has_changed

    def _follow_delta(self, asset: str, time: int | None) -> None:
        """Ask for the state if it may be without a change that is known only by its amount.

        An event with the balance may have come before; an answer of the same time may be older.
        """
        if time is None or (self._answered <= time and self._changed.get(asset, -1) < time):
            self.needs_refresh = True


def _of(source: Any, attribute: str) -> Iterable[Any]:
    items: Iterable[Any] = getattr(source, attribute)
    return items
