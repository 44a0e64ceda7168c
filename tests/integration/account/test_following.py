"""A program that follows an account is right after any interruption, over real connections."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

from binance_streams import ClientClosed, Gap, HmacKey
from binance_streams_simulator import SimulatedAccount, Simulator
from tests.support.clients import Connect
from tests.support.limits import LIMIT, wait_until
from tests.support.watching import at_once

Orders = dict[tuple[str, int], tuple[Any, ...]]
Balances = dict[str, tuple[Decimal, Decimal]]


class Follower:
    """A program that follows an account in a thread of its own."""

    def __init__(self, account: Any) -> None:
        self.known: tuple[Balances, Orders] | None = None
        self.gaps = 0
        self.error: BaseException | None = None
        self._account = account
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            for state, item in self._account.follow():
                self.gaps += isinstance(item, Gap)
                balances = {
                    asset: (balance.free, balance.locked)
                    for asset, balance in state.balances.items()
                }
                orders = {key: _known(order) for key, order in state.open_orders.items()}
                self.known = balances, orders
        except BaseException as error:
            self.error = error

    def stop(self) -> None:
        """End the subscription, and with it the program."""
        self._account.unsubscribe()
        self._thread.join(LIMIT)
        # It may have been asking for the state just then.
        if self.error is not None and not isinstance(self.error, ClientClosed):
            raise self.error


def _known(order: Any) -> tuple[Any, ...]:
    return (
        *(order.client_order_id, str(order.side), str(order.order_status), order.price),
        *(order.quantity, order.cumulative_filled_quantity, order.transaction_time),
    )


def truth(account: SimulatedAccount) -> tuple[Balances, Orders]:
    """What the server has; its times are in microseconds."""
    orders = {
        key: (
            *(order.client_order_id, order.side, order.status, order.price),
            *(order.quantity, order.filled, order.update_time // 1000),
        )
        for key, order in account.open_orders.items()
    }
    return account.balances, orders


class Trader:
    """Changes an account by chance."""

    def __init__(self, account: SimulatedAccount, chance: Random) -> None:
        self._account = account
        self._chance = chance

    def act(self) -> None:
        """Change something; that may be refused, as the account may lack something."""
        account, chance = self._account, self._chance
        orders = list(account.open_orders.values())
        if not orders or (len(orders) < 6 and chance.random() < 0.4):
            account.place("BTCUSDT", "BUY", 3, price=chance.randint(1, 9))
            return
        order = chance.choice(orders)
        way: Callable[[], object] = chance.choice(
            (
                lambda: account.fill(order.symbol, order.order_id, 1),
                lambda: account.fill(order.symbol, order.order_id),
                lambda: account.cancel(order.symbol, order.order_id),
                lambda: account.expire(order.symbol, order.order_id),
                lambda: account.amend(order.symbol, order.order_id, order.filled + 1),
                lambda: account.deposit("USDT", 10),
                lambda: account.lock("BNB", Decimal("0.01")),
            )
        )
        try:
            way()
        except ValueError:
            account.deposit("USDT", 1)


def trouble(simulator: Simulator, chance: Random) -> None:
    """Let something go wrong with the connection, after which the client need not wait."""
    method = chance.choice(("account.status", "openOrders.status"))
    ways: tuple[Callable[[], object], ...] = (
        simulator.drop_api_connections,
        simulator.drop_api_connections,
        simulator.close_api_connections,
        lambda: simulator.cut_api(chance.choice(("received", "executed", "answered"))),
        lambda: simulator.cut_api(chance.choice(("received", "executed")), 1, method),
        lambda: simulator.refuse_api_requests(-1001, 1, method),
        lambda: simulator.hold_api_answers(1, method),
        lambda: simulator.delay_api(answers=chance.choice((0, 0.02)), events=0.01),
        lambda: simulator.delay_api(events=0.02),
        lambda: simulator.repeat_account_events(2),
    )
    chance.choice(ways)()


def check_following(simulator: Simulator, account: Any, owner: SimulatedAccount, times: int) -> int:
    """Let trouble come so many times; what is known must become what is so. Return the gaps."""
    chance = Random(times)
    trader = Trader(owner, chance)
    follower = Follower(account)

    def is_right() -> bool:
        # An answer that waits for an event must not wait forever.
        simulator.release_api_answers()
        assert follower.error is None
        return follower.known == truth(owner)

    for _ in range(times):
        for _ in range(chance.randint(0, 3)):
            trader.act()
        trouble(simulator, chance)
        for _ in range(chance.randint(0, 3)):
            trader.act()
        if chance.random() < 0.5:
            wait_until(is_right)
    wait_until(is_right)
    follower.stop()
    return follower.gaps


def test_a_followed_state_is_the_servers(simulator: Simulator, connect: Connect) -> None:
    owner = simulator.add_account(balances={"BTC": 10, "BNB": 10, "USDT": 10_000})
    assert owner.secret is not None
    client = connect(simulator.url, backoff=at_once)
    account = client.account(HmacKey(owner.api_key, owner.secret))
    assert check_following(simulator, account, owner, 40) > 0
