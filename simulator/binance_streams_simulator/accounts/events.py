"""The events of accounts, as the venue writes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from binance_streams_simulator.amounts import formatted
from binance_streams_simulator.moments import Moment, encoded


class AccountEvent:
    """One event; it is encoded once for each unit of times."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self.values = values
        self._texts: dict[int, bytes] = {}

    @property
    def type(self) -> str:
        """The event type, such as ``executionReport``."""
        return str(self.values["e"])

    def frame_text(self, subscription_id: int, divisor: int) -> bytes:
        """Return the text of a frame with the event, for one subscription."""
        text = self._texts.get(divisor)
        if text is None:
            text = self._texts[divisor] = encoded(self.values, divisor)
        return b'{"subscriptionId":%d,"event":%b}' % (subscription_id, text)


def position(now: int, update_time: int, balances: Iterable[tuple[str, int, int]]) -> AccountEvent:
    """Return the event with balances that may have changed: asset, free and locked."""
    rows = [
        {"a": asset, "f": formatted(free), "l": formatted(locked)}
        for asset, free, locked in balances
    ]
    times = {"E": Moment(now), "u": Moment(update_time)}
    return AccountEvent({"e": "outboundAccountPosition", **times, "B": rows})


def balance_update(now: int, asset: str, delta: int) -> AccountEvent:
    """Return the event for a deposit, a withdrawal or a transfer."""
    return AccountEvent(
        {
            "e": "balanceUpdate",
            "E": Moment(now),
            "a": asset,
            "d": formatted(delta),
            "T": Moment(now),
        }
    )


def lock_update(now: int, asset: str, delta: int) -> AccountEvent:
    """Return the event for what another system has locked, or unlocked."""
    return AccountEvent(
        {
            "e": "externalLockUpdate",
            "E": Moment(now),
            "a": asset,
            "d": formatted(delta),
            "T": Moment(now),
        }
    )


def terminated(now: int) -> AccountEvent:
    """Return the event that ends a subscription."""
    return AccountEvent({"e": "eventStreamTerminated", "E": Moment(now)})
