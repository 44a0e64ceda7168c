"""A program that follows an account, in a world of chance: lags, cuts, and answers from memory."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import TypeAlias

from msgspec.structs import replace

from binance_streams import AccountBalance, AccountStatus, Order
from binance_streams._api import API
from binance_streams_runtime.account.state import BaseAccountState
from binance_streams_runtime.notices import Gap
from tests.support import account_messages
from tests.support.true_account import Moment, TrueAccount

State: TypeAlias = BaseAccountState[AccountStatus[Decimal], AccountBalance[Decimal], Order[Decimal]]

assert API.state is not None
RULES = API.state

GAP = Gap("account vmPU…", None, None)


class AccountWorld:
    """The true account, its events on their way, and what the program knows.

    Answers are from the server's memory. They may be older than events that have arrived, but not
    than the subscription, nor than a change that only an answer can show.
    """

    def __init__(
        self, seed: int, has_positions_after_deltas: bool = True, has_new_words: bool = False
    ) -> None:
        self.random = Random(seed)
        self.true = TrueAccount(
            self.random,
            has_positions_after_deltas=has_positions_after_deltas,
            has_new_words=has_new_words,
        )
        for _ in range(5):
            self.true.step()
        self.cuts = 0
        self.refreshes = 0
        self._is_connected = True
        # The moment at which the server confirmed the subscription, and what it has sent since.
        self._confirmed = len(self.true.moments) - 1
        self._sent = len(self.true.events)
        self._queue: list[object] = []
        self._account: AccountStatus | None = None
        self.state: State | None = None

    def run(self) -> None:
        """Let much happen, with some quiet moments; check what the program knows at these."""
        for _ in range(3):
            self.live(100)
            self.calm_down()
            self.check()

    # What happens

    def live(self, steps: int) -> None:
        """Let so many things happen."""
        ways = [self.true.step, self.deliver, self.consume, self.go_on, self.cut, self.confirm]
        for _ in range(steps):
            self.random.choices(ways, (4, 5, 5, 3, 0.3, 2))[0]()

    def deliver(self) -> None:
        """Let some of the events arrive that the server has sent."""
        if self._is_connected:
            count = self.random.randint(1, 4)
            events = self.true.events[self._sent : self._sent + count]
            self._sent += len(events)
            self._queue += map(account_messages.event_of, events)

    def cut(self) -> None:
        """Lose the connection: what has not arrived never will."""
        self.cuts += self._is_connected
        self._is_connected = False
        # An answer of the old connection is of no use to whoever asks for both.
        self._account = None

    def confirm(self) -> None:
        """Let the server confirm the subscription again."""
        if not self._is_connected:
            self._is_connected = True
            self._confirmed = len(self.true.moments) - 1
            self._sent = len(self.true.events)
            self._queue.append(GAP)

    # What the program does, and the client for it

    def consume(self) -> None:
        """Take the next item as the documentation says; nothing if it waits for answers."""
        if self.state is not None and not self.state.needs_refresh and self._queue:
            self.state.apply(self._queue.pop(0))

    def go_on(self) -> None:
        """Get the next answer if the program waits for some."""
        if not self._is_connected or not (self.state is None or self.state.needs_refresh):
            return
        if self._account is None:
            self._account = account_messages.account_of(self._answer().account)
            return
        orders = account_messages.orders_of(self._answer().orders)
        self._answered(self._account, orders)
        self._account = None

    def _answered(self, account: AccountStatus, orders: list[Order]) -> None:
        if self.state is None:
            self.state = BaseAccountState(RULES, account, orders)
        else:
            self.state.reset(account, orders)
            self.refreshes += 1

    def _answer(self) -> Moment:
        moments = self.true.moments
        unannounced = [place for place, moment in enumerate(moments) if moment.is_unannounced]
        oldest = max(self._confirmed, *unannounced[-1:], len(moments) - 6)
        return moments[self.random.randint(oldest, len(moments) - 1)]

    # The end

    def calm_down(self) -> None:
        """Let everything arrive and be consumed, with nothing new."""
        self.confirm()
        while True:
            self.deliver()
            self.consume()
            self.go_on()
            is_done = self._sent == len(self.true.events) and not self._queue
            if is_done and self.state is not None and not self.state.needs_refresh:
                return

    def check(self) -> None:
        """Raise AssertionError if the program believes anything that is not so."""
        assert self.state is not None
        account = account_messages.account_of(self.true.account)
        assert self.state.balances == {balance.asset: balance for balance in account.balances}
        orders = account_messages.orders_of(self.true.orders)
        expected = {(order.symbol, order.order_id): known_order(order) for order in orders}
        found = {key: known_order(order) for key, order in self.state.open_orders.items()}
        assert found == expected


def known_order(order: Order) -> Order:
    """Leave out what an answer has of an order that was never on the book: -1 for its time."""
    return replace(order, working_time=None) if order.working_time == -1 else order
