"""The state of a subscription, which threads can wait for."""

from __future__ import annotations

import time
from collections.abc import Callable

from binance_streams_runtime.client.subscription_state import SubscriptionState
from binance_streams_runtime.driver.wakeup import Wakeup
from binance_streams_runtime.sync.queue import WaitableQueue


class WaitableState(SubscriptionState[Wakeup]):
    """A ``SubscriptionState`` that threads can wait for."""

    def __init__(
        self,
        queue: WaitableQueue,
        on_timed_out: Callable[[BaseException], None],
        on_ended: Callable[[], None],
    ) -> None:
        # One for both: a subscription has its memory a thousand times.
        super().__init__(queue, on_timed_out, on_ended, lambda: queue.wakeup)
        self._waitable = queue

    def wait(self, deadline: float | None, known: BaseException | None) -> bool:
        """Wait until it is confirmed or has ended; return False if ``deadline`` comes first.

        Raises the ``timeout``, unless it is the one that is ``known``.
        """

        def has_changed() -> bool:
            return self.value != "pending" or self.has_news(known)

        while not self.is_settled(known):
            if not self._waitable.wait_until(has_changed, self._changed, deadline):
                return False
        return True

    def pause(self, seconds: float) -> None:
        """Wait so many seconds, or until it has ended."""
        deadline = time.monotonic() + seconds
        self._waitable.wait_until(lambda: self.value == "ended", self._changed, deadline)
