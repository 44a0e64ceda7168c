"""The venue's side of an account, in the venue's words: what happens to it, and what it is then.

Written by the documentation alone. Whatever changes the account takes one step, which has events in
their true order: execution reports, then the balances. Several steps may fall on one millisecond.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from tests.support.true_orders import SYMBOLS, Json, Order, text

_ASSETS = ("BNB", "BTC", "ETH", "USDT")


@dataclass(frozen=True)
class Moment:
    """What the venue would answer at one moment."""

    events: int
    """How many events there had been."""
    account: Json
    orders: list[Json]
    is_unannounced: bool = False
    """Whether events do not show what became of the account: only an answer does."""


class TrueAccount:
    """One account, changed by chance; its history is kept."""

    def __init__(
        self,
        random: Random,
        start: int = 1_700_000_000_000,
        has_positions_after_deltas: bool = True,
        has_new_words: bool = False,
    ) -> None:
        self.random = random
        self.time = start
        self._has_positions_after_deltas = has_positions_after_deltas
        self._has_new_words = has_new_words
        self._free = dict.fromkeys(_ASSETS, 1_000)
        self._locked = dict.fromkeys(_ASSETS, 0)
        self._updated = start
        self._orders: dict[tuple[str, int], Order] = {}
        # Each symbol numbers its orders itself, so the same IDs come again.
        self._last_order = dict.fromkeys(SYMBOLS, 100)
        self._last_number = 0
        self._touched: dict[str, None] = {}
        self._is_unannounced = False
        self.events: list[Json] = []
        self.moments: list[Moment] = [self._moment()]

    @property
    def account(self) -> Json:
        """What ``account.status`` answers now."""
        return self.moments[-1].account

    @property
    def orders(self) -> list[Json]:
        """What ``openOrders.status`` answers now."""
        return self.moments[-1].orders

    def step(self) -> list[Json]:
        """Let something happen; return its events."""
        self.time += self.random.choice((0, 0, 1, 5, 1_000))
        before = len(self.events)
        self._touched.clear()
        self._is_unannounced = False
        self._any()()
        if self._touched:
            self._updated = self.time
            self._send_position()
        self.moments.append(self._moment())
        return self.events[before:]

    def _any(self) -> Callable[[], None]:
        working = [order for order in self._orders.values() if order.status != "PENDING_NEW"]
        if len(self._orders) > 8:
            return self._cancel
        ways: list[tuple[Callable[[], None], int]] = [(self._place, 6), (self._deposit, 1)]
        ways += [(self._lock_elsewhere, 1), (self._reject, 1), (self._place_two, 1)]
        if working:
            ways += [(self._fill, 8), (self._cancel, 3), (self._amend, 2), (self._expire, 1)]
            ways += [(self._prevent, 1)]
            if self._has_new_words:
                ways += [(self._end_in_a_new_way, 1), (self._go_on_in_a_new_way, 1)]
        return self.random.choices([way for way, _ in ways], [weight for _, weight in ways])[0]

    # Orders

    def _new(self, symbol: str, status: str = "NEW", list_id: int = -1) -> Order:
        self._last_order[symbol] += 1
        number = self._last_order[symbol]
        side, price = self.random.choice(("BUY", "SELL")), self.random.randint(1, 9)
        quantity = self.random.randint(2, 9)
        working = None if status == "PENDING_NEW" else self.time
        order = Order(symbol, number, f"mine-{number}", side, price, quantity, self.time, self.time)
        return replace(order, status=status, list_id=list_id, working=working)

    def _place(self) -> None:
        order = self._new(self.random.choice(tuple(SYMBOLS)))
        asset, amount = order.locked
        if self._free[asset] < amount:
            self._report(replace(order, status="REJECTED"), "REJECTED", r="INSUFFICIENT_BALANCES")
            return
        self._change(order, "NEW")
        if self.random.random() < 0.3:
            self._trade(order, self.random.choice((1, order.left)))

    def _place_two(self) -> None:
        """An order, and one that waits until it is filled (OTO)."""
        self._last_number += 1
        list_id = self._last_number
        first, second = (
            self._new("BTCUSDT", "NEW", list_id),
            self._new("BTCUSDT", "PENDING_NEW", list_id),
        )
        asset, amount = first.locked
        if self._free[asset] < amount:
            return
        self._change(first, "NEW")
        self._orders[second.symbol, second.order_id] = second
        self._report(second, "NEW")
        self._report_list(first, "EXEC_STARTED", "EXECUTING")

    def _fill(self) -> None:
        order = self._working()
        self._trade(order, self.random.choice((1, order.left)))

    def _trade(self, order: Order, quantity: int) -> None:
        base, quote = SYMBOLS[order.symbol]
        filled = order.filled + quantity
        status = "FILLED" if filled + order.prevented == order.quantity else "PARTIALLY_FILLED"
        cost = quantity * order.price
        gained, amount = (base, quantity) if order.side == "BUY" else (quote, cost)
        spent, price = (quote, cost) if order.side == "BUY" else (base, quantity)
        self._change(replace(order, filled=filled, status=status), "TRADE", l=text(quantity))
        # The change has freed what the order had locked for it, as if it were canceled.
        self._free[spent] -= price
        self._free[gained] += amount
        self._touched[gained] = None
        if status == "FILLED":
            self._end_list(order, is_filled=True)

    def _cancel(self) -> None:
        order = self._any_order()
        canceled = replace(order, status="CANCELED", name="cancels-it")
        self._change(canceled, "CANCELED", C=order.name)
        self._end_list(order, is_filled=False)

    def _amend(self) -> None:
        order = self._working()
        if order.left < 2:
            return
        name = self.random.choice((order.name, f"{order.name}-b"))
        amended = replace(order, quantity=order.quantity - 1, name=name)
        self._change(amended, "REPLACED", C=order.name)
        if order.list_id != -1 and name != order.name:
            self._report_list(amended, "UPDATED", "EXECUTING")

    def _expire(self) -> None:
        order = self._working()
        self._change(replace(order, status="EXPIRED"), "EXPIRED", eR="EXCHANGE_CANCELED")
        self._end_list(order, is_filled=False)

    def _prevent(self) -> None:
        """A part or all of an order would have met one of the same owner."""
        order = self._working()
        prevented = self.random.choice((1, order.left))
        changed = replace(order, prevented=order.prevented + prevented)
        if changed.left:
            self._change(changed, "TRADE_PREVENTION", B=text(prevented))
        else:
            changed = replace(changed, status="EXPIRED_IN_MATCH")
            self._change(changed, "TRADE_PREVENTION", B=text(prevented))
            self._end_list(order, is_filled=False)

    def _reject(self) -> None:
        order = replace(self._new("BTCUSDT"), status="REJECTED")
        self._report(order, "REJECTED", r="WOULD_MATCH_IMMEDIATELY")

    def _end_in_a_new_way(self) -> None:
        """An order ends by a status that nobody knows yet."""
        order = self._working()
        self._change(replace(order, status="VANISHED"), "EXPIRED")
        self._end_list(order, is_filled=False)

    def _go_on_in_a_new_way(self) -> None:
        """An order stays open by a status that nobody knows yet."""
        self._change(replace(self._working(), status="ASLEEP"), "REPLACED")

    def _end_list(self, order: Order, is_filled: bool) -> None:
        """End what waits for an order, or put it on the book."""
        if order.list_id == -1:
            return
        for waiting in list(self._orders.values()):
            if waiting.list_id != order.list_id or waiting.status != "PENDING_NEW":
                continue
            asset, amount = waiting.locked
            if is_filled and self._free[asset] >= amount:
                self._change(replace(waiting, status="NEW", working=self.time), "NEW")
            else:
                expired = replace(waiting, status="EXPIRED", updated=self.time)
                del self._orders[waiting.symbol, waiting.order_id]
                self._report(expired, "EXPIRED", eR="OTO_PHASE_ONE_EXPIRED")
        self._report_list(order, "ALL_DONE", "ALL_DONE")

    def _working(self) -> Order:
        orders = [order for order in self._orders.values() if order.status != "PENDING_NEW"]
        return self.random.choice(orders)

    def _any_order(self) -> Order:
        return self.random.choice(list(self._orders.values()))

    def _change(self, order: Order, execution: str, **extra: object) -> None:
        """Let an order be what it is now, and report it."""
        order = replace(order, updated=self.time)
        key = order.symbol, order.order_id
        if key in self._orders:
            self._lock(self._orders.pop(key), -1)
        if order.status in ("NEW", "PARTIALLY_FILLED", "ASLEEP"):
            self._orders[key] = order
            self._lock(order, 1)
        self._report(order, execution, **extra)

    def _lock(self, order: Order, sign: int) -> None:
        if order.status == "PENDING_NEW":
            return
        asset, amount = order.locked
        self._free[asset] -= sign * amount
        self._locked[asset] += sign * amount
        self._touched[asset] = None

    # Balances

    def _deposit(self) -> None:
        asset = self.random.choice(_ASSETS)
        amount = self.random.choice((100, 50, -1))
        self._free[asset] += amount
        event = {"e": "balanceUpdate", "E": self.time + 1, "a": asset, "d": text(amount)}
        self._report_amount(event | {"T": self.time})

    def _lock_elsewhere(self) -> None:
        asset = self.random.choice(_ASSETS)
        amount = self.random.choice((1, 2))
        if self._free[asset] < amount:
            return
        self._free[asset] -= amount
        self._locked[asset] += amount
        event = {"e": "externalLockUpdate", "E": self.time + 1, "a": asset, "d": text(amount)}
        self._report_amount(event | {"T": self.time})

    def _report_amount(self, event: Json) -> None:
        """Send a change by an amount; its balance follows, came before, or is not sent."""
        asset = event["a"]
        if not self._has_positions_after_deltas:
            # Not in the millisecond of another change, whose balance would be taken for this one's.
            self.time += 1
            event["T"] = self.time
            self._is_unannounced = True
            self._updated = self.random.choice((self._updated, self.time))
            self.events.append(event)
        elif self.random.random() < 0.5:
            self.events.append(event)
            self._touched[asset] = None
        else:
            self._touched[asset] = None
            self._updated = self.time
            self._send_position()
            self._touched.clear()
            self.events.append(event)

    def _send_position(self) -> None:
        balances = [
            {"a": asset, "f": text(self._free[asset]), "l": text(self._locked[asset])}
            for asset in self._touched
        ]
        event = {"e": "outboundAccountPosition", "E": self.time + 1, "u": self.time, "B": balances}
        self.events.append(event)

    # What it says

    def _report(self, order: Order, execution: str, **extra: object) -> None:
        self._last_number += 1
        self._is_unannounced |= order.status in ("ASLEEP", "VANISHED")
        self.events.append(order.report(execution, self._last_number, **extra))

    def _report_list(self, order: Order, kind: str, status: str) -> None:
        event = {
            "e": "listStatus",
            "E": self.time + 1,
            "s": order.symbol,
            "g": order.list_id,
            "c": "OTO",
            "l": kind,
            "L": status,
            "r": "NONE",
            "C": f"list-{order.list_id}",
            "T": self.time,
            "O": [{"s": order.symbol, "i": order.order_id, "c": order.name}],
        }
        self.events.append(event)

    def _moment(self) -> Moment:
        account = {
            "makerCommission": 15,
            "takerCommission": 15,
            "buyerCommission": 0,
            "sellerCommission": 0,
            "commissionRates": {
                "maker": "0.00150000",
                "taker": "0.00150000",
                "buyer": "0.00000000",
                "seller": "0.00000000",
            },
            "canTrade": True,
            "canWithdraw": True,
            "canDeposit": True,
            "brokered": False,
            "requireSelfTradePrevention": False,
            "preventSor": False,
            "updateTime": self._updated,
            "accountType": "SPOT",
            "balances": [
                {
                    "asset": asset,
                    "free": text(self._free[asset]),
                    "locked": text(self._locked[asset]),
                }
                for asset in _ASSETS
            ],
            "permissions": ["SPOT"],
            "uid": 354937868,
        }
        orders = [order.answer() for order in self._orders.values()]
        return Moment(len(self.events), account, orders, self._is_unannounced)
