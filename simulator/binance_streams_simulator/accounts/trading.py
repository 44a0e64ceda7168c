"""How orders are placed, filled, amended and canceled, and what each of it does to an account."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import NoReturn

from binance_streams_simulator.accounts import events
from binance_streams_simulator.accounts.account import COMMISSION, Account
from binance_streams_simulator.accounts.events import AccountEvent
from binance_streams_simulator.accounts.orders import Fill, NewOrder, Order
from binance_streams_simulator.accounts.rules import (
    check_filters,
    check_new,
    insufficient,
    refused_cancel,
    would_match,
)
from binance_streams_simulator.accounts.symbols import assets_of
from binance_streams_simulator.accounts.waiting import WaitingOrders
from binance_streams_simulator.amounts import ONE
from binance_streams_simulator.api.errors import BAD_SYMBOL, ApiRefusal
from binance_streams_simulator.book import Level
from binance_streams_simulator.market import LOT, Instrument, Market
from binance_streams_simulator.windows import Trade

_FIRST_EXECUTION = 8_641_984
Publish = Callable[[Account, AccountEvent], None]


class Trading:
    """Every order, in the market that the streams are about. Orders of accounts never meet.

    ``on_traded`` is told the symbols that go on from now on.
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
        self._waiting: dict[str, WaitingOrders] = {}
        # Ids of orders are unique only within a symbol.
        self._order_ids: dict[str, itertools.count[int]] = {}
        self._execution_ids = itertools.count(_FIRST_EXECUTION)
        self._client_ids = itertools.count(1)

    @property
    def listed(self) -> tuple[str, ...]:
        """The symbols that are listed."""
        return self._market.listed

    def instrument(self, symbol: str) -> Instrument:
        """Return the market of a symbol; raise ApiRefusal if there is none."""
        if not self._market.has(symbol) or symbol != symbol.upper():
            raise ApiRefusal(*BAD_SYMBOL)
        return self._market.instrument(symbol, self._market_clock())

    # Placing

    def place(self, account: Account, new: NewOrder) -> Order:
        """Place an order; raise ApiRefusal if the market does not want it."""
        instrument = self.instrument(new.symbol)
        check_filters(account, new, instrument)
        check_new(account, new)
        plan = self._plan(instrument, new)
        if not new.quantity and not plan:
            raise ApiRefusal(-1013, "Filter failure: LOT_SIZE")
        now = self._touch(account)
        order = Order(
            id=next(self._order_ids.setdefault(new.symbol, itertools.count(1))),
            new=new,
            client_id=new.client_id or self._client_id(),
            created=now,
            updated=now,
            quantity=new.quantity or sum(quantity for _, quantity in plan),
            working=now,
        )
        if new.type == "LIMIT_MAKER" and plan:
            self._reject(account, order, "WOULD_MATCH_IMMEDIATELY", would_match())
        self._lock(account, order, plan)
        account.orders[new.symbol, order.id] = order
        self._on_traded(new.symbol)
        self._report(account, order, "NEW")
        is_killed = new.time_in_force == "FOK" and _total(plan) < order.quantity
        trades = instrument.take(new.is_buy, [] if is_killed else plan, self._market_clock())
        for trade in trades:
            self._fill(account, order, trade, is_maker=False)
        if order.is_open:
            if new.type == "MARKET":
                self._expire(account, order, "INSUFFICIENT_LIQUIDITY")
            elif is_killed:
                self._expire(account, order, "UNFILLED_FOK_ORDER_EXPIRED")
            elif new.time_in_force == "IOC":
                self._expire(account, order, "UNFILLED_IOC_QUANTITY_EXPIRED")
            else:
                self._wait(instrument, account, order)
        self._publish_position(account, order)
        return order

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
            budget -= _quote(price, share)
        return plan

    def _lock(self, account: Account, order: Order, plan: list[Level]) -> None:
        """Lock what a new order may need; reject it if there is less."""
        new = order.new
        if new.type == "MARKET" and new.is_buy:
            needed = sum(_quote(price, quantity) for price, quantity in plan)
        else:
            needed = order.required_lock
        holding = account.holding(_paid(order))
        if holding.free < needed:
            self._reject(account, order, "INSUFFICIENT_BALANCES", insufficient())
        holding.free -= needed
        holding.locked += needed
        order.locked = needed

    def _reject(self, account: Account, order: Order, reason: str, refusal: ApiRefusal) -> NoReturn:
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
        waiting = self._waiting[symbol].get(order)
        self.instrument(symbol).trade_with(waiting, order.new.is_buy, share, self._market_clock())

    def _on_fill(self, account: Account, order: Order, trade: Trade) -> None:
        self._touch(account)
        self._fill(account, order, trade, is_maker=True)
        self._publish_position(account, order)

    def _fill(self, account: Account, order: Order, trade: Trade, is_maker: bool) -> None:
        base, quote_asset = assets_of(order.new.symbol)
        quote = _quote(trade.price, trade.quantity)
        if order.new.is_buy:
            paid, got, got_asset = quote, trade.quantity, base
        else:
            paid, got, got_asset = trade.quantity, quote, quote_asset
        commission = got * COMMISSION // 10_000
        account.holding(_paid(order)).locked -= paid
        account.holding(got_asset).free += got - commission
        order.locked -= paid
        order.filled += trade.quantity
        order.quote_filled += quote
        order.status = "PARTIALLY_FILLED" if order.open_quantity else "FILLED"
        if order.price or not order.open_quantity:
            self._unlock(account, order, order.required_lock)
        order.updated = account.update_time
        fill = Fill(
            trade.id,
            trade.price,
            trade.quantity,
            quote,
            commission,
            got_asset,
            order.updated,
            is_maker,
        )
        order.fills.append(fill)
        if not order.is_open:
            self._forget(order)
        self._report(account, order, "TRADE", fill=fill)

    # Ends

    def cancel(
        self, account: Account, order: Order, new_client_id: str | None = None
    ) -> dict[str, object]:
        """Cancel an open order; return the answer."""
        if not order.is_open:
            raise refused_cancel()
        original_id = order.client_id
        order.client_id = new_client_id or self._client_id()
        self._end(account, order, "CANCELED")
        self._report(account, order, "CANCELED", original_id=original_id)
        self._publish_position(account, order)
        return order.canceled(original_id)

    def amend(
        self, account: Account, order: Order, quantity: int, new_client_id: str | None = None
    ) -> dict[str, object]:
        """Reduce an open order; return the answer."""
        if not order.is_open:
            raise ApiRefusal(-2038, "Unknown order sent.")
        if quantity >= order.quantity:
            is_same = quantity == order.quantity
            raise ApiRefusal(
                -2038,
                "The requested action would change no state; rejecting"
                if is_same
                else "Order amend (quantity increase) is not supported.",
            )
        if quantity <= order.filled:
            raise ApiRefusal(-2038, "Unsupported order combination")
        original_id = order.client_id
        order.client_id = new_client_id or self._client_id()
        order.quantity = quantity
        order.updated = self._touch(account)
        self._unlock(account, order, order.required_lock)
        execution_id = self._report(account, order, "REPLACED", original_id=original_id)
        self._publish_position(account, order)
        return order.amended(original_id, execution_id)

    def expire(self, account: Account, symbol: str, order_id: int) -> None:
        """Let the venue itself end an open order."""
        order = self._open(account, symbol, order_id)
        self._touch(account)
        self._expire(account, order, "EXCHANGE_CANCELED")
        self._publish_position(account, order)

    def _expire(self, account: Account, order: Order, reason: str) -> None:
        order.expiry_reason = reason
        self._end(account, order, "EXPIRED")
        self._report(account, order, "EXPIRED")

    def _end(self, account: Account, order: Order, status: str) -> None:
        order.updated = self._touch(account)
        order.status = status
        self._unlock(account, order, 0)
        self._forget(order)

    def _open(self, account: Account, symbol: str, order_id: int) -> Order:
        order = account.orders.get((symbol, order_id))
        if order is None or not order.is_open:
            raise ValueError(f"the account has no open order {order_id} of {symbol}")
        return order

    def _unlock(self, account: Account, order: Order, required: int) -> None:
        holding = account.holding(_paid(order))
        holding.free += order.locked - required
        holding.locked -= order.locked - required
        order.locked = required

    def _forget(self, order: Order) -> None:
        waiting = self._waiting.get(order.new.symbol)
        if waiting is not None:
            waiting.remove(order)

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


def _quote(price: int, quantity: int) -> int:
    return price * quantity // ONE


def _total(plan: list[Level]) -> int:
    return sum(quantity for _, quantity in plan)


def _paid(order: Order) -> str:
    """Return the asset that an order pays with."""
    base, quote = assets_of(order.new.symbol)
    return quote if order.new.is_buy else base
