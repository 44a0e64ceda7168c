"""The state of a subscription, which threads can wait for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from binance_streams_runtime.client.subscription_state import SubscriptionState
from binance_streams_runtime.sync.queue import WaitableQueue


class WaitableState(SubscriptionState[threading.Condition]):
    """A ``SubscriptionState`` that threads can wait for."""

    def __init__(
        self,
        queue: WaitableQueue,
        on_timed_out: Callable[[BaseException], None],
        on_ended: Callable[[], None],
    ) -> None:
        super().__init__(queue, on_timed_out, on_ended, threading.Condition)

    def wait(self, deadline: float | None, known: BaseException | None) -> bool:
        """Wait until it is confirmed or has ended; return False if ``deadline`` comes first.

        Raises the ``timeout``, unless it is the one that is ``known``.
        """
        with self._changed:
            while not self.is_settled(known):
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    return False
                self._changed.wait(left)
        return True
