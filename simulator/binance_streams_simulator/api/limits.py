"""The request weight of the WebSocket API, which it shares with the REST API."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from binance_streams_runtime.catalog.rest import RestLimits
from binance_streams_simulator.api.errors import ApiRefusal
from binance_streams_simulator.rest.errors import RestError
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
        """Count a request; raise ApiRefusal if it is one too many."""
        if self._weights is None:
            return
        try:
            self._weights.spend(address, weight, self._clock() / _SECOND)
        except RestError as error:
            self._on_violation(f"{what}: {error.status}: {error.message}")
            raise ApiRefusal(error.code, error.message, error.status, error.retry_after) from None

    def described(self, address: str) -> list[Mapping[str, object]]:
        """Return what an address has used, as answers have it."""
        if self._limits is None or self._weights is None:
            return []
        used = self._weights.used(address, self._clock() / _SECOND)
        return [{**described(self._limits), "count": used}]
