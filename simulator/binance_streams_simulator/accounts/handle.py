"""An account as tests use it: from any thread."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from binance_streams_simulator.accounts.account import Account
from binance_streams_simulator.amounts import Amount, decimal, scaled
from binance_streams_simulator.api.service import ApiService

T = TypeVar("T")
Run = Callable[[Callable[[ApiService], T]], T]


class SimulatedAccount:
    """An account of a simulator, as its owner's other programs would use it.

    Every method may be called from any thread. Events are sent before it returns.

    Args:
        api_key: The API key.
        secret: The secret of an HMAC key, None if the key has a public half.
    """

    def __init__(
        self, account: Account, api_key: str, secret: str | None, run: Run[object]
    ) -> None:
        self.api_key = api_key
        self.secret = secret
        self._account = account
        self._run = run

    def __repr__(self) -> str:
        return f"<SimulatedAccount {self.api_key[:4]}…>"

    @property
    def balances(self) -> dict[str, tuple[Decimal, Decimal]]:
        """What is free and what is locked of each asset."""
        found: dict[str, tuple[Decimal, Decimal]] = {}

        def look(service: ApiService) -> None:
            for asset, holding in self._account.holdings.items():
                found[asset] = decimal(holding.free), decimal(holding.locked)

        self._run(look)
        return found

    def deposit(self, asset: str, amount: Amount) -> None:
        """Add to what is free of an asset: ``balanceUpdate``, ``outboundAccountPosition``."""
        self._change(
            lambda service: service.exchange.transfer(self._account, asset, scaled(amount))
        )

    def withdraw(self, asset: str, amount: Amount) -> None:
        """Take away from what is free of an asset; raise ValueError if it is less than that."""
        self._change(
            lambda service: service.exchange.transfer(self._account, asset, -scaled(amount))
        )

    def lock(self, asset: str, amount: Amount) -> None:
        """Let another system lock an amount, as collateral: ``externalLockUpdate``.

        Below zero it is unlocked. Raises ValueError if there is less than that.
        """
        self._change(lambda service: service.exchange.lock(self._account, asset, scaled(amount)))

    def terminate(self) -> None:
        """End all subscriptions to the account: ``eventStreamTerminated``."""
        self._run(lambda service: service.terminate(self._account))

    def revoke(self, *, terminates: bool = False) -> None:
        """Make the API key invalid: signatures no longer count, and sessions end.

        Args:
            terminates: Whether subscriptions that were made with it end, too. What the venue does
                is not documented.
        """
        self._run(lambda service: service.revoke(self.api_key, terminates))

    def _change(self, work: Callable[[ApiService], None]) -> None:
        def change(service: ApiService) -> None:
            work(service)
            service.publish()

        self._run(change)
