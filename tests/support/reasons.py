"""Why a subscription is not confirmed."""

from __future__ import annotations

from typing import Any

from binance_streams import RequestTimeout
from tests.support.limits import wait_until


def wait_for_reason(subscription: Any, part: str) -> None:
    """Wait until a wait that is too short says why."""

    def is_said() -> bool:
        try:
            subscription.wait(0.01)
        except RequestTimeout as error:
            return part in str(error)
        raise AssertionError("it is confirmed")

    wait_until(is_said)
