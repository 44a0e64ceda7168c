"""How orders are placed, filled, amended and canceled, and what each of it does to an account."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import NoReturn

from binance_streams_simulator.accounts import events
from binance_streams_simulator.accounts.account import Account
from binance_streams_simulator.accounts.bookkeeping import lock, quote_of, settle, unlock
from binance_streams_simulator.accounts.events import AccountEvent
from binance_streams_simulator.accounts.lists import OrderList, OrderLists
from binance_streams_simulator.accounts.orders import Fill, NewOrder, Order
from binance_streams_simulator.accounts.rules import (
    check_filters,
    check_new,
    check_pair,
    insufficient,
    refused_cancel,
    unknown_symbol,
    would_match,
    would_trigger,
)
from binance_streams_simulator.accounts.symbols import assets_of
from binance_streams_simulator.accounts.waiting import WaitingOrders
from binance_streams_simulator.amounts import ONE
from binance_streams_simulator.book import Level
from binance_streams_simulator.market import LOT, Instrument, Market
from binance_streams_simulator.refusals import Refusal
from binance_streams_simulator.windows import Trade

_FIRST_EXECUTION = 8_641_984
Publish = Callable[[Account, AccountEvent], None]


class Trading:
    """Every order, in the market that the streams are about. Orders of accounts never meet.

    ``on_traded`` gets each symbol whose market must go on from now on.
    """

    def __init__(
        self,
        market: Market,
        market_clock: Callable[[], int],
        touch: Callable[[Account], int],
        publish: Publish,
        on_traded: Callable[[str], None],
    ) -> None:
        self._market = market
        self._market_clock = market_clock
        self._touch = touch
        self._publish = publish
        self._on_traded = on_traded
        self.lists = OrderLists(publish)
        self._waiting: dict[str, WaitingOrders] = {}
        # Those whose stop price has not been reached.
        self._stops: list[tuple[Account, Order]] = []
        # Ids of orders are unique only within a symbol.
        self._order_ids: dict[str, itertools.count[int]] = {}
        self._execution_ids = itertools.count(_FIRST_EXECUTION)
        self._client_ids = itertools.count(1)

    @property
    def listed(self) -> tuple[str, ...]:
        """The symbols that are listed."""
        return self._market.listed

    def instrument(self, symbol: str) -> Instrument:
        """Return the market of a symbol; raise Refusal if there is none."""
        if not self._market.has(symbol) or symbol != symbol.upper():
            raise unknown_symbol()
        return self._market.instrument(symbol, self._market_clock())

    # Placing

    def place(self, account: Account, new: NewOrder) -> Order:
        """Place an order; raise Refusal if the market does not want it."""
        instrument = self.instrument(new.symbol)
        check_filters(account, new, instrument)
        check_new(account, new)
        order = self._new(account, new, instrument)
        plan = [] if new.stop_price else self._plan(instrument, new)
        if not order.quantity:
            order.quantity = _total(plan)
        if not order.quantity:
            raise Refusal(-1013, "Filter failure: LOT_SIZE")
        self._check(account, order, instrument, plan)
        self._lock(account, order, plan)
        self._accept(account, order)
        if new.stop_price:
            self._stops.append((account, order))
        else:
            self._work(account, order, instrument, plan)
        self._publish_position(account, order)
        return order

    def place_pair(
        self, account: Account, pair: tuple[NewOrder, NewOrder], list_client_id: str | None
    ) -> OrderList:
        """Place two orders of which one cancels the other: one for a profit, one for a stop."""
        instrument = self.instrument(pair[0].symbol)
        for new in pair:
            check_filters(account, new, instrument)
            check_new(account, new)
        orders = tuple(self._new(account, new, instrument) for new in pair)
        check_pair(orders, instrument.last_trade.price)
        for order in orders:
            plan = [] if order.new.stop_price else self._plan(instrument, order.new)
            self._check(account, order, instrument, plan)
        # It is locked only once, as only one of them trades.
        self._lock(account, max(orders, key=lambda order: order.required_lock), [])
        made = self.lists.add(account, orders, list_client_id or self._client_id())
        for order in orders:
            self._accept(account, order)
            if order.new.stop_price:
                self._stops.append((account, order))
            else:
                self._wait(instrument, account, order)
        self.lists.report(account, made)
        self._publish_position(account, orders[0])
        return made

    def _new(self, account: Account, new: NewOrder, instrument: Instrument) -> Order:
        now = self._touch(account)
        return Order(
            id=next(self._order_ids.setdefault(instrument.symbol, itertools.count(1))),
            new=new,
            client_id=new.client_id or self._client_id(),
            created=now,
            updated=now,
            quantity=new.quantity,
            working=None if new.stop_price else now,
        )

    def _check(
        self, account: Account, order: Order, instrument: Instrument, plan: list[Level]
    ) -> None:
        if order.new.type == "LIMIT_MAKER" and plan:
            self._reject(account, order, "WOULD_MATCH_IMMEDIATELY", would_match())
        if order.new.stop_price and order.new.is_reached(instrument.last_trade.price):
            reason = "STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY"
            self._reject(account, order, reason, would_trigger())

    def _accept(self, account: Account, order: Order) -> None:
        account.orders[order.new.symbol, order.id] = order
        self._on_traded(order.new.symbol)
        self._report(account, order, "NEW")

    def _work(
        self, account: Account, order: Order, instrument: Instrument, plan: list[Level]
    ) -> None:
        """Let an order trade with what is there, and wait or expire with the rest."""
        new = order.new
        is_killed = new.time_in_force == "FOK" and _total(plan) < order.quantity
        trades = instrument.take(new.is_buy, [] if is_killed else plan, self._market_clock())
        for trade in trades:
            self._fill(account, order, trade, is_maker=False)
        if not order.is_open:
            return
        if new.type == "MARKET":
            self._expire(account, order, "INSUFFICIENT_LIQUIDITY")
        elif is_killed:
            self._expire(account, order, "UNFILLED_FOK_ORDER_EXPIRED")
        elif new.time_in_force == "IOC":
            self._expire(account, order, "UNFILLED_IOC_QUANTITY_EXPIRED")
        else:
            self._wait(instrument, account, order)

    def trigger(self) -> None:
        """Let those orders work whose stop price has been reached."""
        for account, order in self._stops.copy():
            instrument = self.instrument(order.new.symbol)
            if not order.is_open or not order.new.is_reached(instrument.last_trade.price):
                continue
            self._forget(order)
            other = self.lists.activate(account, order)
            order.working = order.updated = self._touch(account)
            self._report(account, order, "NEW")
            if other is not None:
                self._expire(account, other, "OCO_TRIGGER")
            self._work(account, order, instrument, self._plan(instrument, order.new))
            self._publish_position(account, order)

    def _plan(self, instrument: Instrument, new: NewOrder) -> list[Level]:
        """Return what a new order trades with at once."""
        limit = new.price or None
        left, budget = new.quantity, new.quote_quantity
        plan = []
        for price, offered in instrument.offers(new.is_buy, limit):
            if new.quantity:
                share = min(offered, left)
            else:
                share = min(offered, budget * ONE // price // LOT * LOT)
            if not share:
                break
            plan.append((price, share))
            left -= share
            budget -= quote_of(price, share)
        return plan

    def _lock(self, account: Account, order: Order, plan: list[Level]) -> None:
        """Lock what a new order may need; reject it if there is less."""
        new = order.new
        if new.type == "MARKET" and new.is_buy:
            needed = sum(quote_of(price, quantity) for price, quantity in plan)
        else:
            needed = order.required_lock
        if not lock(account, order, needed):
            self._reject(account, order, "INSUFFICIENT_BALANCES", insufficient())

    def _reject(self, account: Account, order: Order, reason: str, refusal: Refusal) -> NoReturn:
        order.status, order.working = "REJECTED", None
        self._report(account, order, "REJECTED", reject_reason=reason)
        raise refusal

    def _wait(self, instrument: Instrument, account: Account, order: Order) -> None:
        waiting = self._waiting.get(instrument.symbol)
        if waiting is None:
            waiting = self._waiting[instrument.symbol] = WaitingOrders(self._on_fill)
            instrument.makers = waiting
        waiting.add(account, order)

    # Trading

    def trade(self, account: Account, symbol: str, order_id: int, quantity: int | None) -> None:
        """Let somebody trade with a waiting order; None is all that is left of it."""
        order = self._open(account, symbol, order_id)
        share = order.open_quantity if quantity is None else quantity
        if not 0 < share <= order.open_quantity:
            raise ValueError("an order is filled by more than nothing, and no more than is left")
        if not order.is_in_book:
            raise ValueError("the order's stop price has not been reached")
        waiting = self._waiting[symbol].get(order)
        self.instrument(symbol).trade_with(waiting, order.new.is_buy, share, self._market_clock())

    def _on_fill(self, account: Account, order: Order, trade: Trade) -> None:
        self._touch(account)
        self._fill(account, order, trade, is_maker=True)
        self._publish_position(account, order)

    def _fill(self, account: Account, order: Order, trade: Trade, is_maker: bool) -> None:
        other = self.lists.activate(account, order)
        fill = settle(account, order, trade, is_maker)
        if not order.is_open:
            self._forget(order)
        self._report(account, order, "TRADE", fill=fill)
        if other is not None:
            self._expire(account, other, "OCO_TRIGGER")
        self.lists.finish(account, order)

    # Ends

    def cancel(
        self, account: Account, order: Order, new_client_id: str | None = None
    ) -> dict[str, object]:
        """Cancel an open order, and its list with it; return the answer."""
        if not order.is_open:
            raise refused_cancel()
        found = self.lists.of(order)
        if found is not None:
            return self.cancel_list(account, found, new_client_id)
        answer = self._cancel(account, order, new_client_id)
        self._publish_position(account, order)
        return answer

    def cancel_list(
        self, account: Account, found: OrderList, new_client_id: str | None = None
    ) -> dict[str, object]:
        """Cancel the open orders of a list; return the answer."""
        orders = [order for order in found.orders if order.is_open]
        if not orders:
            raise refused_cancel()
        new_client_id = new_client_id or self._client_id()
        reports = [self._cancel(account, order, new_client_id) for order in orders]
        self._publish_position(account, orders[0])
        return {**found.described(), "orderReports": reports}

    def _cancel(
        self, account: Account, order: Order, new_client_id: str | None
    ) -> dict[str, object]:
        original_id = order.client_id
        order.client_id = new_client_id or self._client_id()
        self._end(account, order, "CANCELED")
        self._report(account, order, "CANCELED", original_id=original_id)
        self.lists.finish(account, order)
        return order.canceled(original_id)

    def amend(
        self, account: Account, order: Order, quantity: int, new_client_id: str | None = None
    ) -> dict[str, object]:
        """Reduce an open order; return the answer."""
        if not order.is_open:
            raise Refusal(-2038, "Unknown order sent.")
        if self.lists.of(order) is not None:
            raise Refusal(-2038, "Order amend is not supported for this symbol.")
        if quantity >= order.quantity:
            is_same = quantity == order.quantity
            raise Refusal(
                -2038,
                "The requested action would change no state; rejecting"
                if is_same
                else "Order amend (quantity increase) is not supported.",
            )
        if quantity <= order.filled:
            raise Refusal(-2038, "Unsupported order combination")
        original_id = order.client_id
        order.client_id = new_client_id or self._client_id()
        order.quantity = quantity
        order.updated = self._touch(account)
        unlock(account, order, order.required_lock)
        execution_id = self._report(account, order, "REPLACED", original_id=original_id)
        self._publish_position(account, order)
        return order.amended(original_id, execution_id)

    def expire(self, account: Account, symbol: str, order_id: int) -> None:
        """Let the venue itself end an open order."""
        order = self._open(account, symbol, order_id)
        found = self.lists.of(order)
        for one in (order,) if found is None else found.orders:
            if one.is_open:
                self._expire(account, one, "EXCHANGE_CANCELED")
        self._publish_position(account, order)

    def _expire(self, account: Account, order: Order, reason: str) -> None:
        order.expiry_reason = reason
        self._end(account, order, "EXPIRED")
        self._report(account, order, "EXPIRED")
        self.lists.finish(account, order)

    def _end(self, account: Account, order: Order, status: str) -> None:
        order.updated = self._touch(account)
        order.status = status
        unlock(account, order, 0)
        self._forget(order)

    def _open(self, account: Account, symbol: str, order_id: int) -> Order:
        order = account.orders.get((symbol, order_id))
        if order is None or not order.is_open:
            raise ValueError(f"the account has no open order {order_id} of {symbol}")
        return order

    def _forget(self, order: Order) -> None:
        waiting = self._waiting.get(order.new.symbol)
        if waiting is not None:
            waiting.remove(order)
        self._stops = [one for one in self._stops if one[1] is not order]

    # Events

    def _report(
        self,
        account: Account,
        order: Order,
        execution: str,
        *,
        fill: Fill | None = None,
        reject_reason: str = "NONE",
        original_id: str = "",
    ) -> int:
        execution_id = next(self._execution_ids)
        report = order.report(
            account.update_time,
            execution_id,
            execution,
            fill=fill,
            reject_reason=reject_reason,
            original_id=original_id,
        )
        self._publish(account, report)
        return execution_id

    def _publish_position(self, account: Account, order: Order) -> None:
        now = account.update_time
        balances = account.balances(assets_of(order.new.symbol))
        self._publish(account, events.position(now, now, balances))

    def _client_id(self) -> str:
        return f"sim{next(self._client_ids):019d}"


def _total(plan: list[Level]) -> int:
    return sum(quantity for _, quantity in plan)
