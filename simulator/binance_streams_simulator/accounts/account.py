"""One account: its keys, its balances and its orders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from binance_streams_simulator.accounts.keys import AccountKey
from binance_streams_simulator.accounts.orders import Order
from binance_streams_simulator.amounts import ONE, formatted
from binance_streams_simulator.moments import Moment

COMMISSION = 10
"""In units of 0.01 percent, for makers and takers alike."""


@dataclass
class Holding:
    """What an account has of one asset, in units of 1e-8."""

    free: int = 0
    locked: int = 0
    locked_elsewhere: int = 0
    """The part of ``locked`` that no order has locked."""


class Account:
    """What the venue knows of an account."""

    def __init__(self, uid: int, key: AccountKey, now: int) -> None:
        self.uid = uid
        self.keys: dict[str, AccountKey] = {key.api_key: key}
        self.holdings: dict[str, Holding] = {}
        self.orders: dict[tuple[str, int], Order] = {}
        """Every order by symbol and id, the oldest first."""
        self.update_time = now
        """When the account last changed, in microseconds."""

    def holding(self, asset: str) -> Holding:
        """Return what the account has of an asset."""
        return self.holdings.setdefault(asset, Holding())

    def balances(self, assets: Iterable[str]) -> list[tuple[str, int, int]]:
        """Return asset, free and locked of each asset, once."""
        found = ((asset, self.holding(asset)) for asset in dict.fromkeys(assets))
        return [(asset, holding.free, holding.locked) for asset, holding in found]

    def described(self, omits_zeros: bool) -> dict[str, object]:
        """Return the account as ``account.status`` has it."""
        balances = [
            {"asset": asset, "free": formatted(one.free), "locked": formatted(one.locked)}
            for asset, one in sorted(self.holdings.items())
            if not omits_zeros or one.free or one.locked
        ]
        rate, none = formatted(COMMISSION * ONE // 10_000), formatted(0)
        return {
            "makerCommission": COMMISSION,
            "takerCommission": COMMISSION,
            "buyerCommission": 0,
            "sellerCommission": 0,
            "canTrade": True,
            "canWithdraw": True,
            "canDeposit": True,
            "commissionRates": {"maker": rate, "taker": rate, "buyer": none, "seller": none},
            "brokered": False,
            "requireSelfTradePrevention": False,
            "preventSor": False,
            "updateTime": Moment(self.update_time),
            "accountType": "SPOT",
            "balances": balances,
            "permissions": ["SPOT"],
            "uid": self.uid,
        }
