"""All accounts, what they do, and the events of it in their true order."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from binance_streams_simulator.accounts import events
from binance_streams_simulator.accounts.account import Account, Holding
from binance_streams_simulator.accounts.events import AccountEvent
from binance_streams_simulator.accounts.keys import AccountKey
from binance_streams_simulator.accounts.trading import Trading
from binance_streams_simulator.hub import Hub

_FIRST_UID = 354_937_868


class Exchange:
    """Every account. What happens is put into ``outbox``, for whoever sends it."""

    def __init__(self, clock: Callable[[], int], market_clock: Callable[[], int], hub: Hub) -> None:
        self.now = clock
        self.trading = Trading(hub.market, market_clock, self._touch, self._publish, hub.traded.add)
        self.accounts: list[Account] = []
        self.outbox: list[tuple[Account, AccountEvent]] = []
        self._by_key: dict[str, Account] = {}

    def add(self, key: AccountKey, balances: Mapping[str, int]) -> Account:
        """Add an account; raise ValueError if there is one with this key."""
        account = Account(_FIRST_UID + len(self.accounts), key, self.now())
        self.add_key(account, key)
        self.accounts.append(account)
        account.holdings = {asset: Holding(amount) for asset, amount in balances.items()}
        return account

    def add_key(self, account: Account, key: AccountKey) -> None:
        """Give an account another key; raise ValueError if it is in use."""
        if key.api_key in self._by_key:
            raise ValueError("there is an account with this API key already")
        self._by_key[key.api_key] = account
        account.keys[key.api_key] = key

    def find(self, api_key: str) -> tuple[Account, AccountKey] | None:
        """Return the account of a key, and the key."""
        account = self._by_key.get(api_key)
        return None if account is None else (account, account.keys[api_key])

    def transfer(self, account: Account, asset: str, amount: int) -> None:
        """Deposit an amount, or withdraw it if it is below zero."""
        holding = account.holding(asset)
        if holding.free + amount < 0:
            raise ValueError(f"the account has less than that of {asset}")
        holding.free += amount
        now = self._touch(account)
        self._publish(account, events.balance_update(now, asset, amount))
        self._publish_position(account, asset, now)

    def lock(self, account: Account, asset: str, amount: int) -> None:
        """Lock an amount for another system, or unlock it if it is below zero."""
        holding = account.holding(asset)
        if holding.free < amount or holding.locked_elsewhere + amount < 0:
            raise ValueError(f"the account cannot lock or unlock that much of {asset}")
        holding.free -= amount
        holding.locked += amount
        holding.locked_elsewhere += amount
        now = self._touch(account)
        self._publish(account, events.lock_update(now, asset, amount))
        self._publish_position(account, asset, now)

    def _publish_position(self, account: Account, asset: str, now: int) -> None:
        self._publish(account, events.position(now, now, account.balances([asset])))

    def _publish(self, account: Account, event: AccountEvent) -> None:
        self.outbox.append((account, event))

    def _touch(self, account: Account) -> int:
        """Note that an account changes; return when."""
        account.update_time = max(account.update_time, self.now())
        return account.update_time
