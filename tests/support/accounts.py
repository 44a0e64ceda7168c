"""What the tests of accounts share."""

from __future__ import annotations

import threading
from typing import Any

from binance_streams import HmacKey
from binance_streams_simulator import Simulator
from tests.support.limits import LIMIT


def key_of(account: Any) -> HmacKey:
    """The key of a simulated account."""
    assert account.secret is not None
    return HmacKey(account.api_key, account.secret)


def methods(simulator: Simulator) -> list[str]:
    """The methods of all requests that have come, but for those of the clock."""
    return [one.method for one in simulator.api_requests if one.method != "time"]


class OwnKey:
    """A key that signs as another one does, in its own time."""

    def __init__(self, account: Any) -> None:
        self._key = key_of(account)
        self.api_key = account.api_key
        self.failure: BaseException | None = None
        self.go_on = threading.Event()
        self.go_on.set()
        self.threads: set[str] = set()

    def sign(self, payload: bytes) -> str:
        self.threads.add(threading.current_thread().name)
        self.go_on.wait(LIMIT)
        # Read once, as a test may change it meanwhile.
        failure = self.failure
        if failure is not None:
            raise failure
        return self._key.sign(payload)
