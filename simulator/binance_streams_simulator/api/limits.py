"""Request weight, which the WebSocket API shares with the REST API, and the count of new orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from binance_streams_runtime.catalog.rest import RestLimits
from binance_streams_simulator.accounts.account import Account
from binance_streams_simulator.refusals import Refusal
from binance_streams_simulator.rest.weights import UsedWeight, described

_SECOND = 1_000_000


class ApiLimits:
    """Counts request weight in the ledger of the REST API."""

    def __init__(
        self,
        limits: RestLimits | None,
        weights: UsedWeight | None,
        clock: Callable[[], int],
        on_violation: Callable[[str], None],
    ) -> None:
        self._limits = limits
        self._weights = weights
        # Not shifted, as windows are those of the REST API.
        self._clock = clock
        self._on_violation = on_violation

    def spend(self, address: str, weight: int, what: str) -> None:
        """Count a request; raise Refusal if it is one too many."""
        if self._weights is None:
            return
        try:
            self._weights.spend(address, weight, self._clock() / _SECOND)
        except Refusal as error:
            self._on_violation(f"{what}: {error.status}: {error.message}")
            raise

    @property
    def all(self) -> list[Mapping[str, object]]:
        """The limits, as the server describes them."""
        return [] if self._limits is None else [described(self._limits)]

    def described(self, address: str) -> list[Mapping[str, object]]:
        """Return what an address has used, as answers have it."""
        if self._limits is None or self._weights is None:
            return []
        used = self._weights.used(address, self._clock() / _SECOND)
        return [{**described(self._limits), "count": used}]


class OrderCounts:
    """Counts the new orders of each account. Windows begin at full multiples of their length."""

    def __init__(self, clock: Callable[[], int], limit: int) -> None:
        self._clock = clock
        self._limits = {("SECOND", 10, 10): limit, ("DAY", 1, 86_400): 160_000}
        self._counts: dict[tuple[int, int], tuple[int, int]] = {}

    def count(self, account: Account) -> None:
        """Count an order; raise Refusal if it is one too many."""
        now = self._clock() // _SECOND
        for (unit, count, seconds), limit in self._limits.items():
            if self._used(account, seconds) >= limit:
                raise Refusal(
                    -1015,
                    f"Too many new orders; current limit is {limit} orders per {count} {unit}.",
                    429,
                    seconds - now % seconds,
                )
        for _, _, seconds in self._limits:
            used = self._used(account, seconds) + 1
            self._counts[account.uid, seconds] = now // seconds, used

    def described(self, account: Account) -> list[Mapping[str, object]]:
        """Return how many orders an account has placed, as answers have it."""
        return [
            {
                "rateLimitType": "ORDERS",
                "interval": unit,
                "intervalNum": count,
                "limit": limit,
                "count": self._used(account, seconds),
            }
            for (unit, count, seconds), limit in self._limits.items()
        ]

    def _used(self, account: Account, seconds: int) -> int:
        window, used = self._counts.get((account.uid, seconds), (-1, 0))
        return used if window == self._clock() // _SECOND // seconds else 0
